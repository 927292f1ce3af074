import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import * as Y from 'yjs';
import { HALVES, NAUGHTY } from './support/naughty.js';
import { NODES, aDocument, next, until } from './support/people.js';
import { replayed, spliced } from './support/replay.js';
import { writer } from './support/yjs.js';

const { end, txns } = JSON.parse(readFileSync(new URL('./traces/clownschool.json', import.meta.url), 'utf8'));

/** More than fits into a message, in characters of one to four bytes. */
const PASTE = Array.from({ length: 69_106 }, (_, i) => String.fromCodePoint([0x61 + (i % 26), 0xe4, 0x4e00 + (i % 999), 0x1f600 + (i % 60), 10][i % 5])).join('');

test('a recorded session of two authors is the same text for who was there, was cut off, or came late', async (t) => {
  const steps = txns.slice(0, 200);
  const length = steps.reduce((text, [, splices]) => spliced(text, splices), '').length;
  steps.push([1, [[length, 0, PASTE]]], ...txns.slice(200));
  const { texts, joins, handOvers } = await replayed(t, NODES, steps);
  const wanted = steps.reduce((text, [, splices]) => spliced(text, splices), '');
  texts.forEach((text) => assert.ok(text === wanted, `${text.length} of ${wanted.length} characters`));
  assert.ok(joins.length >= 2, 'one of them was cut off');
  assert.equal(handOvers, steps.filter(([author], i) => i > 0 && author !== steps[i - 1][0]).length);
});

test('the same session with Yjs', async (t) => {
  const name = aDocument();
  const authors = [0, 1].map((i) => writer(t, `author ${i}`, NODES[i], name, 'view'));
  const reader = writer(t, 'reader', NODES[1], name, 'view');
  authors.forEach(({ joined }) => joined.on('requested', ({ by }) => joined.answer(by.session, true)));
  [reader, ...authors].forEach(({ client }) => client.connect());
  await Promise.all([reader, ...authors].map(({ provider }) => provider.whenSynced()));
  let holder = null;
  for (const [author, splices] of txns) {
    const one = authors[author];
    if (one !== holder) {
      await holder?.provider.whenSaved();
      await one.joined.request();
      await until(() => one.provider.writable, 'the lock is here');
      holder = one;
    }
    one.doc.transact(() => splices.forEach(([at, gone, put]) => (one.text.delete(at, gone), one.text.insert(at, put))));
  }
  await holder.provider.whenSaved();
  const late = writer(t, 'late', NODES[0], name, 'view');
  late.client.connect();
  await late.provider.whenSynced();
  await until(() => [reader, ...authors, late].every(({ text }) => text.toString() === end), 'all have the same text');
});

/** A text as a value and, where a JSON reader takes it, as a name. */
const named = (text) => ({ [text.slice(0, 30_000)]: [text] });

test('naughty texts are the same for all, as updates, messages, signals and within Yjs', async (t) => {
  const name = aDocument();
  const [ada, ben] = ['ada', 'ben'].map((who, i) => writer(t, who, NODES[i], name, i ? 'view' : 'edit', { doc: new Y.Doc() }));
  const texts = Object.values(NAUGHTY);
  const told = [];
  const said = [];
  ada.client.connect();
  await until(() => ada.provider.writable, 'she has the lock');
  ben.client.connect();
  await ben.provider.whenSynced();
  ben.joined.on('entry', ({ kind, data }) => kind !== 'rights' && (kind === 'message' ? said : told).push(data));
  for (const text of texts) {
    ada.text.insert(ada.text.length, text);
    ada.doc.getMap('all').set(text, text);
  }
  await ada.provider.whenSaved();
  await until(() => ben.text.toString() === texts.join(''), 'he has the text');
  assert.deepEqual(ben.doc.getMap('all').toJSON(), Object.fromEntries(texts.map((text) => [text, text])));
  for (const text of [...texts, ...HALVES]) {
    const outcomes = await Promise.all([ada.joined.say(text), ada.joined.update(ada.joined.rights.epoch, named(text))]);
    outcomes.forEach(({ applied }) => assert.equal(applied, true, JSON.stringify(text.slice(0, 20))));
  }
  const all = [...texts, ...HALVES];
  const last = JSON.stringify(named(all.at(-1)));
  await until(() => said.length === all.length && JSON.stringify(told.at(-1)) === last, 'he has heard all');
  assert.deepEqual(said, all);
  assert.deepEqual(told.slice(-all.length), all.map(named));
  for (const text of [...texts, ...HALVES].filter(({ length }) => length < 1000)) {
    const heard = next(ben.joined, 'signal', ({ data }) => data?.text === text);
    ada.joined.signal({ text });
    await heard;
  }
});
