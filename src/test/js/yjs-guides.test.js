import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { Window } from 'happy-dom';
import { NODES, aDocument, until } from './support/people.js';
import { writer } from './support/yjs.js';

const PAGE = new URL('../../src/site/markdown/integration.md', import.meta.url);
const NODE = NODES[0];

/** A guide as it is in the manual, with another node and document, in a file beside this one. */
function guide(name, document, more = '') {
  const [, code] = new RegExp(`<!-- test: ${name} -->\n\`\`\`js\n([\\s\\S]*?)\`\`\``).exec(readFileSync(PAGE, 'utf8')) ?? [];
  assert.ok(code.includes("'ws://127.0.0.1:8080/socket'") && code.includes("'notes'"));
  const file = new URL(`guide-${name}.mjs`, import.meta.url);
  writeFileSync(file, code.replace('ws://127.0.0.1:8080/socket', NODE).replace("'notes'", `'${document}'`) + more);
  return file;
}

test('the guide to a bot works as pasted: it asks for the lock, writes, gives the lock on and ends', async (t) => {
  const name = aDocument();
  const ada = writer(t, 'ada', NODE, name, 'edit');
  ada.client.connect();
  await until(() => ada.provider.writable, 'she has the lock');
  ada.text.insert(0, 'hello');
  await ada.provider.whenSaved();
  ada.joined.on('requested', ({ by }) => ada.joined.answer(by.session, true));
  const flags = typeof WebSocket === 'function' && process.execArgv.includes('--experimental-websocket') ? ['--experimental-websocket'] : [];
  const bot = spawn(process.execPath, [...flags, fileURLToPath(guide('bot', name))], { stdio: ['ignore', 'pipe', 'pipe'] });
  t.after(() => bot.kill());
  let printed = '';
  [bot.stdout, bot.stderr].forEach((stream) => stream.on('data', (text) => (printed += text)));
  const status = await new Promise((resolve) => bot.on('exit', resolve));
  assert.equal(status, 0, printed);
  await until(() => ada.text.toString() === 'This document had 5 characters.\nhello', 'she has it');
  await until(() => ada.joined.rights.holder === null, 'the lock is free');
});

test('the guide to CodeMirror 6 works as pasted: read-only without the lock, edits and cursors of others, asked and answered, saved', async (t) => {
  const name = aDocument();
  const { default: awareness } = await import('y-protocols/awareness').then((all) => ({ default: all }));
  const ben = writer(t, 'ben', NODE, name, 'edit', { awarenessProtocol: awareness });
  ben.client.connect();
  await until(() => ben.provider.writable, 'he has the lock');
  ben.text.insert(0, 'by ben');

  const window = new Window({ url: 'http://127.0.0.1/' });
  window.document.body.innerHTML = '<div id="editor"></div><p id="saved"></p><p id="holder"></p><button id="ask"></button>';
  const had = {};
  const names = ['window', 'document', 'navigator', 'MutationObserver', 'Node', 'HTMLElement', 'Element', 'getComputedStyle', 'requestAnimationFrame',
    'cancelAnimationFrame', 'getSelection', 'confirm'];
  for (const key of names) {
    had[key] = Object.getOwnPropertyDescriptor(globalThis, key);
    const value = key === 'window' ? window : key === 'confirm' ? () => true : window[key];
    Object.defineProperty(globalThis, key, { value: typeof value === 'function' && /^[a-z]/.test(key) && key !== 'confirm' ? value.bind(window) : value, configurable: true, writable: true });
  }
  t.after(async () => {
    await window.happyDOM.abort();
    names.forEach((key) => (had[key] ? Object.defineProperty(globalThis, key, had[key]) : delete globalThis[key]));
  });
  const { view, provider, client, notes } = await import(guide('codemirror', name, '\nexport { view, provider, client, notes };\n'));
  t.after(() => client.close());
  const shown = (place) => window.document.querySelector(place).textContent;
  await until(() => view.state.doc.toString() === 'by ben', 'it shows the text');
  await until(() => shown('#holder') === 'ben edits' && shown('#saved') === 'saved', 'it says so');
  assert.equal(view.state.readOnly, true);

  ben.joined.on('requested', ({ by }) => ben.joined.answer(by.session, true));
  window.document.querySelector('#ask').onclick();
  await until(() => view.state.readOnly === false && shown('#holder') === 'Ada edits', 'the lock is here');
  view.dispatch({ changes: { from: 0, insert: 'and ada ' }, selection: { anchor: 3 } });
  await until(() => ben.text.toString() === 'and ada by ben', 'he has what was typed');
  await until(() => shown('#saved') === 'saved', 'it is saved');
  const hers = () => [...ben.provider.awareness.getStates().values()].find(({ user }) => user?.name === 'Ada');
  await until(() => hers()?.user.color === '#c2410c' && hers().user.role === 'holder', 'he sees who it is');

  const asked = ben.joined.request();
  await until(() => view.state.readOnly === true, 'asked, it gives the lock on');
  await asked;
  await until(() => ben.provider.writable, 'he has it');
  await provider.destroy();
  await until(() => hers() === undefined, 'the cursor is gone');
  view.destroy();
});
