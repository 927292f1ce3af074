import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'esbuild';
import * as awarenessProtocol from 'y-protocols/awareness';
import { aPage, importMap, printed, written } from './support/guides.js';
import { NODES, aDocument, person, until } from './support/people.js';
import { writer } from './support/yjs.js';

const NODE = NODES[0];

test('the guide to a bot works as printed: it asks for the lock, writes, gives the lock on and ends', async (t) => {
  const name = aDocument();
  const ada = writer(t, 'ada', NODE, name, 'edit');
  ada.client.connect();
  await until(() => ada.provider.writable, 'she has the lock');
  ada.text.insert(0, 'hello');
  await ada.provider.whenSaved();
  ada.joined.on('requested', ({ by }) => ada.joined.answer(by.session, true));
  const flags = typeof WebSocket === 'function' && process.execArgv.includes('--experimental-websocket') ? ['--experimental-websocket'] : [];
  const file = written('bot', printed('bot', 'js', NODE, name));
  const bot = spawn(process.execPath, [...flags, fileURLToPath(file)], { stdio: ['ignore', 'pipe', 'pipe'] });
  t.after(() => bot.kill());
  let said = '';
  [bot.stdout, bot.stderr].forEach((stream) => stream.on('data', (text) => (said += text)));
  const status = await new Promise((resolve) => bot.on('exit', resolve));
  assert.equal(status, 0, said);
  await until(() => ada.text.toString() === 'This document had 5 characters.\nhello', 'she has it');
  await until(() => ada.joined.rights.holder === null, 'the lock is free');
});

test('the guide to CodeMirror 6 works as printed: read-only without the lock, edits and cursors of others, asked and answered, saved', async (t) => {
  const name = aDocument();
  const ben = writer(t, 'ben', NODE, name, 'edit', { awarenessProtocol });
  ben.client.connect();
  await until(() => ben.provider.writable, 'he has the lock');
  ben.text.insert(0, 'by ben');

  const { find, shown, leaving } = aPage(t, '<div id="editor"></div><p id="saved"></p><p id="holder"></p><button id="ask"></button>');
  const { view, provider, client } = await import(written('codemirror', `${printed('codemirror', 'js', NODE, name)}\nexport { view, provider, client };\n`));
  t.after(() => client.close());
  await until(() => view.state.doc.toString() === 'by ben', 'it shows the text');
  await until(() => shown('#holder') === 'ben edits' && shown('#saved') === 'saved', 'it says so');
  assert.equal(view.state.readOnly, true);

  ben.joined.on('requested', ({ by }) => ben.joined.answer(by.session, true));
  find('#ask').onclick();
  await until(() => view.state.readOnly === false && shown('#holder') === 'Ada edits', 'the lock is here');
  view.dispatch({ changes: { from: 0, insert: 'and ada ' }, selection: { anchor: 3 } });
  assert.equal(leaving(), true);
  await until(() => ben.text.toString() === 'and ada by ben', 'he has what was typed');
  await until(() => shown('#saved') === 'saved' && !leaving(), 'it is saved');
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

/** Somebody with the plain client, who holds the lock and answers requests. */
async function ben(t, name) {
  const client = person(t, 'ben', NODE);
  const notes = client.document(name, 'edit');
  client.connect();
  notes.on('requested', ({ by }) => notes.answer(by.session, true));
  await until(() => notes.writable, 'he has the lock');
  return notes;
}

test('the guide to a plain page works as printed: read-only without the lock, edits and carets of others, asked and answered, saved', async (t) => {
  const name = aDocument();
  const notes = await ben(t, name);
  const texts = [];
  const kept = { text: '' };
  notes.on('entry', ({ kind, data }) => {
    kept.text = kind === 'update' ? kept.text.slice(0, data[0]) + data[2] + kept.text.slice(data[0] + data[1]) : kept.text;
  });
  notes.signal({ at: 2, color: '#00aa00' }, { keep: true });
  notes.update(notes.rights.epoch, [0, 0, 'by ben']);
  await notes.whenSaved();

  const html = '<textarea id="editor" readonly></textarea><ul id="others"></ul><p id="saved"></p><p id="holder"></p><button id="ask"></button>';
  const { window, find, shown, leaving } = aPage(t, html);
  const { client } = await import(written('plain', `${printed('plain', 'js', NODE, name)}\nexport { client };\n`));
  t.after(() => client.close());
  const area = find('#editor');
  const type = (text) => {
    area.value = text;
    area.dispatchEvent(new window.Event('input'));
    texts.push(text);
  };
  await until(() => area.value === 'by ben' && shown('#holder') === 'ben edits' && shown('#saved') === 'saved', 'it shows the text, and whose it is');
  assert.equal(area.readOnly, true);
  await until(() => find('#others').innerHTML.includes('ben at 2') && /00aa00|0, 170, 0/.test(find('#others').innerHTML), 'it shows where he is');

  find('#ask').onclick();
  await until(() => !area.readOnly && shown('#holder') === 'Ada edits', 'the lock is here');
  for (const text of ['by ben!', 'by ben and!', 'by ben and ada!', 'y ben and ada!', 'ada!', 'ada! ada!']) {
    type(text);
    assert.equal(leaving(), true);
  }
  await until(() => shown('#saved') === 'saved' && !leaving(), 'it is saved');
  await until(() => kept.text === texts.at(-1), 'he has what was typed');
  assert.equal(area.value, texts.at(-1));

  await notes.request();
  await until(() => area.readOnly && shown('#holder') === 'ben edits', 'asked, it gives the lock on');
  await until(() => notes.writable, 'he has it');
  notes.update(notes.rights.epoch, [0, 3, 'ben']);
  await until(() => area.value === 'ben! ada!', 'it shows what he writes');
});

test('the guide to React works as printed: read-only without the lock, edits of others, asked and answered, saved', async (t) => {
  const name = aDocument();
  const notes = await ben(t, name);
  const form = {};
  notes.on('entry', ({ kind, data }) => kind === 'update' && Object.assign(form, data));
  let hers = null;
  notes.on('signal', ({ data }) => (hers = data.color));
  notes.update(notes.rights.epoch, { title: 'by ben' });
  await notes.whenSaved();

  const { leaving } = aPage(t, '');
  const warn = console.error;
  console.error = (...words) => /react-test-renderer is deprecated|not wrapped in act/.test(words[0]) || warn(...words);
  t.after(() => (console.error = warn));
  const { StrictMode, createElement } = await import('react');
  const { default: TestRenderer } = await import('react-test-renderer');
  const { code } = transformSync(`${printed('react', 'jsx', NODE, name)}\nexport { client };\n`, { loader: 'jsx', jsx: 'automatic', format: 'esm' });
  const { Notes, client } = await import(written('react', code));
  t.after(() => client.close());
  const root = TestRenderer.create(createElement(StrictMode, null, createElement(Notes)));
  await until(() => root.toJSON(), 'it is drawn');
  const all = (part) => root.root.findAll(part);
  const input = () => root.root.findByType('input').props;
  const shown = (id) => all(({ props, type }) => type === 'p' && props.id === id)[0]?.children.join('');
  const press = (id) => all(({ props, type }) => type === 'button' && props.id === id)[0].props.onClick();
  await until(() => input().value === 'by ben' && shown('holder') === 'ben edits' && shown('saved') === 'saved', 'it shows the field');
  assert.equal(input().readOnly, true);

  press('ask');
  await until(() => !input().readOnly && shown('holder') === 'Ada edits', 'the lock is here');
  for (const value of ['by ben!', 'by ben and', 'by ben and ada']) {
    input().onChange({ target: { value } });
    assert.equal(leaving(), true);
  }
  await until(() => form.title === 'by ben and ada' && shown('saved') === 'saved' && !leaving(), 'it is saved, and he has it');
  assert.equal(input().value, 'by ben and ada');
  const his = () => all(({ type }) => type === 'li').find(({ children }) => children.join('') === 'ben')?.props.style.color;
  notes.signal({ color: '#00aa00' });
  await until(() => his() === '#00aa00', 'he has his colour');
  await until(() => hers === '#c2410c', 'and she hers');

  const asked = notes.request();
  await until(() => all(({ props, type }) => type === 'button' && props.id === 'yes').length === 1, 'he asks');
  press('yes');
  await asked;
  await until(() => input().readOnly && shown('holder') === 'ben edits', 'he has it');
  root.unmount();
  await until(() => root.toJSON() === null, 'it is gone');
});

test('the import map of the guides has all that the modules of a node import', async () => {
  const map = importMap();
  const origin = new URL(NODE.replace(/^ws/, 'http')).origin;
  const bare = new Set();
  const seen = new Set();
  const follow = async (url) => {
    if (seen.has(url)) {
      return;
    }
    seen.add(url);
    const answer = await fetch(url);
    assert.equal(answer.status, 200, url);
    assert.match(answer.headers.get('content-type'), /javascript/);
    assert.equal(answer.headers.get('access-control-allow-origin'), '*');
    const specifiers = [...(await answer.text()).matchAll(/^(?:import|export) .*?from '([^']+)';$/gm)].map(([, specifier]) => specifier);
    specifiers.filter((specifier) => !specifier.startsWith('.')).forEach((specifier) => bare.add(specifier));
    await Promise.all(specifiers.filter((specifier) => specifier.startsWith('.')).map((specifier) => follow(new URL(specifier, url).href)));
  };
  const ours = Object.entries(map).filter(([name]) => name.startsWith('baton-client'));
  assert.deepEqual(ours.map(([name]) => name), ['baton-client', 'baton-client/yjs']);
  await Promise.all(ours.map(([, url]) => follow(url.replace('http://127.0.0.1:8080', origin))));
  assert.deepEqual([...bare].filter((specifier) => !(specifier in map)), []);
  assert.ok(bare.has('yjs') && seen.size > 10);
});
