/** What not every place has that JavaScript runs in. */

/** Milliseconds on a clock that does not go back, where there is one. @returns {number} */
export const now = () => globalThis.performance?.now?.() ?? Date.now();

/** The bytes of a text in UTF-8. @param {string} text @returns {number} */
export function size(text) {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    // Each half of a surrogate pair is two of its four bytes.
    bytes += unit < 0x80 ? 0 : unit < 0x800 || (unit & 0xf800) === 0xd800 ? 1 : 2;
  }
  return bytes;
}

/** A text that nobody else has made. @returns {string} */
export function unique() {
  const bytes = new Uint8Array(9);
  if (globalThis.crypto?.getRandomValues) {
    crypto.getRandomValues(bytes);
  } else {
    bytes.forEach((_, i) => (bytes[i] = Math.random() * 256));
  }
  return Array.from(bytes, (byte) => byte.toString(36).padStart(2, '0')).join('');
}

/**
 * A text in pieces of at most so many UTF-16 units; no surrogate pair is parted.
 * @param {string} text
 * @param {number} most
 * @returns {string[]}
 */
export function pieces(text, most) {
  const all = [];
  for (let at = 0; at < text.length; ) {
    let end = at + most;
    if ((text.charCodeAt(end - 1) & 0xfc00) === 0xd800) {
      end--;
    }
    all.push(text.slice(at, end));
    at = end;
  }
  return all;
}
