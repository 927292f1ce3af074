import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { Window } from 'happy-dom';

const PAGE = new URL('../../../src/site/markdown/editors.md', import.meta.url);

/** What a browser has globally, and editors ask for. */
const GLOBALS = ['window', 'document', 'navigator', 'MutationObserver', 'Node', 'HTMLElement', 'Element', 'Text', 'getComputedStyle', 'requestAnimationFrame',
  'cancelAnimationFrame', 'getSelection', 'confirm', 'innerHeight', 'innerWidth'];

/** A code block of the guides as it is printed, with another node and document. */
export function printed(name, language, node, document) {
  const [, code] = new RegExp(`<!-- test: ${name} -->\n\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(readFileSync(PAGE, 'utf8')) ?? [];
  assert.ok(code?.includes("'ws://127.0.0.1:8080/socket'") && code.includes("'notes'"), `there is a guide ${name}`);
  return code
    .replace('ws://127.0.0.1:8080/socket', node)
    .replace("'notes'", `'${document}'`)
    .replace('http://127.0.0.1:8080/client/baton.js', 'baton-client');
}

/** Writes code into a file beside the tests, where it finds their packages. */
export function written(name, code) {
  const file = new URL(`../guide-${name}.mjs`, import.meta.url);
  writeFileSync(file, code);
  return file;
}

/** A page, as far as editors need one, until the test ends. Whoever is asked there says yes. */
export function aPage(t, html) {
  const window = new Window({ url: 'http://127.0.0.1/' });
  window.document.body.innerHTML = html;
  const had = {};
  for (const key of GLOBALS) {
    had[key] = Object.getOwnPropertyDescriptor(globalThis, key);
    const of = key === 'window' ? window : key === 'confirm' ? () => true : window[key];
    const value = typeof of === 'function' && /^[a-z]/.test(key) && key !== 'confirm' ? of.bind(window) : of;
    Object.defineProperty(globalThis, key, { value, configurable: true, writable: true });
  }
  t.after(async () => {
    await window.happyDOM.abort();
    GLOBALS.forEach((key) => (had[key] ? Object.defineProperty(globalThis, key, had[key]) : delete globalThis[key]));
  });
  return {
    window,
    find: (place) => window.document.querySelector(place),
    shown: (place) => window.document.querySelector(place).textContent,
    /** Whether somebody who leaves the page now is asked. */
    leaving: () => {
      const event = new window.Event('beforeunload', { cancelable: true });
      window.dispatchEvent(event);
      return event.defaultPrevented;
    },
  };
}

/** The import map that the guides print. */
export function importMap() {
  const [, text] = /<!-- test: import map -->\n```html\n<script type="importmap">\n([\s\S]*?)\n<\/script>/.exec(readFileSync(PAGE, 'utf8')) ?? [];
  return JSON.parse(text).imports;
}
