/** @param {string} id @returns {any} */
export const byId = (id) => document.getElementById(id);

/**
 * An element. Text is only ever text: nothing that comes from the node is read as markup.
 *
 * @param {string} tag
 * @param {Record<string, any>} [properties] `class`, `on…` handlers, else properties of the element
 * @param {...(Node | string)} children
 * @returns {any}
 */
export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(properties)) {
    if (key === 'class') {
      element.className = value;
    } else if (key.startsWith('on')) {
      element.addEventListener(key.slice(2), value);
    } else if (key.startsWith('data-') || key.startsWith('aria-') || key === 'role') {
      element.setAttribute(key, value);
    } else {
      element[key] = value;
    }
  }
  element.append(...children);
  return element;
}

/**
 * Puts buttons in place of others without taking the focus away from one that stays.
 *
 * @param {HTMLElement} parent
 * @param {{id: string, label: string, act: () => void, primary?: boolean, small?: boolean, disabled?: boolean}[]} wanted
 */
export function buttons(parent, wanted) {
  const focused = /** @type {HTMLElement} */ (document.activeElement);
  const key = parent.contains(focused) ? focused.dataset.id : undefined;
  const old = new Map([...parent.children].map((child) => [/** @type {HTMLElement} */ (child).dataset.id, child]));
  const now = wanted.map(({ id, label, act, primary, small, disabled }) => {
    const button = /** @type {HTMLButtonElement} */ (old.get(id) ?? el('button', { type: 'button', 'data-id': id }));
    button.className = [primary && 'primary', small && 'small'].filter(Boolean).join(' ');
    button.disabled = disabled ?? false;
    button.onclick = act;
    if (button.textContent !== label) {
      button.textContent = label;
    }
    return button;
  });
  if (now.length !== parent.children.length || now.some((button, i) => parent.children[i] !== button)) {
    parent.replaceChildren(...now);
    now.find((button) => button.dataset.id === key)?.focus();
  }
}

/**
 * Draws something anew for whoever has only a keyboard: what had the focus keeps it, or where it has gone or does
 * nothing any more, the heading above it gets it. Not the next button, which another press of the same key would set
 * off.
 *
 * @param {HTMLElement} heading
 * @param {() => void} draw
 */
export function keepingFocus(heading, draw) {
  const focused = /** @type {any} */ (document.activeElement);
  draw();
  if (focused === document.body || (document.activeElement === focused && !focused.disabled)) {
    return;
  }
  if (document.activeElement === document.body || focused.disabled) {
    (focused.isConnected && !focused.disabled ? focused : heading).focus();
  }
}

/** Says something to those who listen instead of looking. @param {string} text @param {boolean} [now] */
export function announce(text, now = false) {
  const live = byId(now ? 'announce-now' : 'announce');
  live.textContent = '';
  setTimeout(() => (live.textContent = text), 50);
}

/** @param {string} text @returns {number} always the same for the same text, 0 to 7 */
export function hue(text) {
  let sum = 7;
  for (const character of text) {
    sum = (sum * 31 + /** @type {number} */ (character.codePointAt(0))) % 9973;
  }
  return sum % 8;
}

/** @param {string} name */
export function initials(name) {
  const words = name.trim().split(/\s+/);
  const letters = words.length > 1 ? [words[0], words[words.length - 1]] : [words[0]];
  return letters.map((word) => [...word][0] ?? '').join('').toUpperCase();
}

/** @param {number} millis @returns {string} with a tenth below ten seconds */
export function seconds(millis) {
  const left = Math.max(0, millis) / 1000;
  return left < 10 ? `${left.toFixed(1)} s` : left < 120 ? `${Math.ceil(left)} s` : `${Math.ceil(left / 60)} min`;
}

/**
 * A time of day. @param {number} at milliseconds since 1970 @param {boolean} [exact] with seconds, and with the date
 * unless it is today's
 */
export function clock(at, exact = false) {
  const when = new Date(at);
  const time = when.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', ...(exact && { second: '2-digit' }) });
  return exact && when.toDateString() !== new Date().toDateString() ? `${when.toLocaleDateString()}, ${time}` : time;
}
