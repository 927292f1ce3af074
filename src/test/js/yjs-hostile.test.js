import assert from 'node:assert/strict';
import test from 'node:test';
import * as awarenessProtocol from 'y-protocols/awareness';
import * as Y from 'yjs';
import { BatonClient } from 'baton-client';
import { BatonProvider } from 'baton-client/yjs';
import { NODES, aDocument, chance, person, until } from './support/people.js';
import { base64, rawMember, signalFor, writer } from './support/yjs.js';

const tell = (doc) => base64(Y.encodeStateAsUpdate(doc));

/** A member who writes and signals whatever they like. */
async function hostile(t, name, document) {
  const client = person(t, name, NODES.at(-1));
  const joined = client.document(document, 'edit');
  client.connect();
  await until(() => joined.holding, `${name} has the lock`);
  return { client, joined, write: (data) => joined.update(joined.rights.epoch, data) };
}

function text(content) {
  const doc = new Y.Doc();
  doc.getText('text').insert(0, content);
  return doc;
}

test('a bad entry is skipped and reported once with its seq and sender; the rest of its batch is applied, also for who comes later', async (t) => {
  const name = aDocument();
  const eve = await hostile(t, 'eve', name);
  const good = [text('one '), text('two '), text('three ')];
  const outcomes = await Promise.all([
    eve.write({ y: tell(good[0]) }),
    eve.write({ y: '####' }),
    eve.write({ y: tell(good[1]) }),
    eve.write({ y: 'AQE=' }),
    eve.write({ y: '' }),
    eve.write('no object'),
    eve.write({ y: tell(good[2]) }),
  ]);
  const bad = [1, 3, 4, 5].map((i) => outcomes[i].seq);
  for (const turn of ['first', 'again']) {
    const ada = writer(t, 'ada', NODES[0], name, 'view');
    ada.client.connect();
    await ada.provider.whenSynced();
    for (const part of ['one ', 'two ', 'three ']) {
      assert.ok(ada.text.toString().includes(part), `${turn}: ${part}`);
    }
    const reported = ada.problems.filter(({ code }) => code === 'bad-entry');
    assert.deepEqual(reported.map(({ seq }) => seq), bad);
    assert.ok(reported.every(({ session, user }) => session === eve.client.session && user.name === 'eve'));
    ada.client.close();
  }
});

test('nothing that a member writes makes a provider throw, and what good edits say is there all the same', async (t) => {
  const name = aDocument();
  const ada = writer(t, 'ada', NODES[0], name, 'view');
  ada.client.connect();
  await ada.provider.whenSynced();
  const eve = await hostile(t, 'eve', name);
  const random = chance(5);
  const below = (n) => Math.floor(random() * n);
  const source = text('a text with some length, to be broken in all places');
  source.getText('text').delete(3, 5);
  source.getMap('map').set('key', { deep: [1, 2, { three: null }] });
  const bytes = Y.encodeStateAsUpdate(source);
  const broken = () => {
    const copy = Uint8Array.from(bytes.subarray(0, random() < 0.3 ? below(bytes.length) : bytes.length));
    for (let i = below(4); i >= 0; i--) {
      copy[below(copy.length)] = below(256);
    }
    return base64(copy);
  };
  const shapes = [null, 0, '', 'x', [], {}, { y: null }, { y: 7 }, { y: {} }, { y: [] }, { y: '\u0000' }, { y: '====' }, { y: 'AAAA', part: 0, of: 0 },
    { y: 'AAAA', part: 1, of: 1e9 }, { y: 'AAAA', part: '1', of: 2 }, { y: 'AAAA', part: 2, of: 1 }, { y: 'AAAA', part: 1.5, of: 2 },
    { y: 'AAAA', part: null, of: null }, { y: '####', part: 1, of: 1 }, { __proto__: null, constructor: 1 }];
  const writes = [];
  for (const shape of shapes) {
    writes.push(eve.write(shape));
  }
  for (let i = 0; i < 40; i++) {
    writes.push(eve.write({ y: broken() }));
  }
  const sentinel = new Y.Doc();
  sentinel.getMap('sentinel').set('is', 'there');
  writes.push(eve.write({ y: tell(sentinel) }));
  await Promise.all(writes);
  await until(() => ada.doc.getMap('sentinel').get('is') === 'there', 'she has what came last');

  const ben = writer(t, 'ben', NODES[0], name, 'edit');
  ben.client.connect();
  await ben.provider.whenSynced();
  assert.equal(ben.doc.getMap('sentinel').get('is'), 'there');
  await eve.joined.release();
  await until(() => ben.provider.writable, 'he has the lock');
  ben.doc.getMap('sentinel').set('is', 'usable');
  await ben.provider.whenSaved();
  await until(() => ada.doc.getMap('sentinel').get('is') === 'usable', 'the document is usable');
});

test('ten thousand entries and signals of all shapes, told by a document: none throws, each bad entry is reported once', (t) => {
  const joined = new BatonClient({ url: 'ws://127.0.0.1:1/', WebSocket: class {} }).document('notes', 'view');
  const provider = new BatonProvider(joined, new Y.Doc(), { awarenessProtocol });
  t.after(() => provider.destroy());
  const problems = [];
  provider.on('problem', (problem) => problems.push(problem));
  const random = chance(9);
  const pick = (all) => all[Math.floor(random() * all.length)];
  const source = text('some text to break');
  source.getMap('map').set('key', { deep: [1, 2, { three: null }] });
  const bytes = Y.encodeStateAsUpdate(source);
  const signal = Buffer.from(signalFor(5, { cursor: [1, 2], user: { name: 'x' } }).awareness, 'base64');
  const broken = (from) => {
    const copy = Uint8Array.from(from.subarray(0, random() < 0.3 ? random() * from.length : from.length));
    for (let i = 0; i <= random() * 4; i++) {
      copy[Math.floor(random() * copy.length)] = random() * 256;
    }
    return base64(copy);
  };
  const values = () => pick([undefined, null, 0, -1, 1.5, NaN, '', 'x', '####', true, [], {}, { y: {} }, broken(bytes), broken(signal), base64(bytes)]);
  const seen = new Set();
  const entry = (seq) => pick([
    { seq, kind: 'update', epoch: 1, session: 's', user: { id: 'e', name: 'eve' }, id: 'i', at: 0, data: values() },
    { seq, kind: 'update', epoch: 1, session: 's', user: values(), id: 'i', at: 0, data: { y: values(), part: pick([undefined, values()]), of: values() } },
    { seq, kind: pick(['message', 'rights', 'update', 'new-kind']), data: values() },
  ]);
  joined.emit('joined', { recovered: false, seq: 10, snapshot: { seq: 1, data: { y: '####' } }, entries: [] });
  for (let seq = 2; seq < 10_000; seq += 2) {
    joined.seq = seq + 1;
    joined.emit('entries', { entries: [entry(seq), { seq: seq + 1, kind: 'update', epoch: 1, data: { y: '####' } }] });
    joined.emit('signal', { session: pick(['s', 't', 'u']), data: pick([values(), { awareness: values() }]) });
  }
  joined.emit('entries', { entries: [{ seq: 10_000, kind: 'update', epoch: 1, data: { y: base64(bytes) } }] });
  assert.equal(provider.doc.getMap('map').get('key').deep[2].three, null);
  const bad = problems.filter(({ code }) => code === 'bad-entry');
  bad.forEach(({ seq }) => seen.add(seq));
  assert.equal(seen.size, bad.length, 'each once');
  assert.ok(bad.length > 5_000, `${bad.length}`);
  assert.ok(problems.filter(({ code }) => code === 'bad-signal').length <= 3);
});

test('a bad signal of a viewer is skipped and reported once; cursors go on', async (t) => {
  const name = aDocument();
  const ada = writer(t, 'ada', NODES[0], name, 'edit', { awarenessProtocol });
  ada.client.connect();
  await ada.provider.whenSynced();
  const eve = await rawMember(t, 'eve', NODES.at(-1), name, 'view');
  const random = chance(3);
  const good = signalFor(77, { cursor: 1 });
  const shapes = ['####', '', 'AAAA', 0, null, [], {}, true, 'A'.repeat(60_000), base64(Uint8Array.of(1, 5, 1, 200, 1)), signalFor(1, 'text').awareness,
    signalFor(1, 7).awareness, signalFor(1, []).awareness];
  shapes.forEach((awareness) => eve.signal({ awareness }));
  [null, 0, 'x', [], { other: 'kind' }].forEach((data) => eve.signal(data));
  for (let i = 0; i < 60; i++) {
    const bytes = Uint8Array.from(atob(good.awareness), (c) => c.charCodeAt(0));
    bytes[Math.floor(random() * bytes.length)] = random() * 256;
    eve.signal({ awareness: base64(bytes.subarray(0, bytes.length - 1 - Math.floor(random() * 9))) });
  }
  eve.signal(good);
  await until(() => ada.provider.awareness.getStates().get(77)?.cursor === 1, 'the good one is taken');
  const reported = ada.problems.filter(({ code }) => code === 'bad-signal');
  assert.equal(reported.length, 1);
  assert.equal(reported[0].session, eve.session);
});

test('a Yjs client id belongs to the session that spoke for it first; name, id and role are those of the member', async (t) => {
  const name = aDocument();
  const ada = writer(t, 'ada', NODES[0], name, 'edit', { awarenessProtocol });
  const ben = writer(t, 'ben', NODES[0], name, 'view', { awarenessProtocol });
  ada.client.connect();
  await until(() => ada.provider.writable, 'she has the lock');
  ben.client.connect();
  ada.provider.awareness.setLocalState({ user: { name: 'Somebody Else', id: 'root', role: 'owner', color: '#123456', avatar: 'a.png' }, cursor: 3 });
  const hers = () => ben.provider.awareness.getStates().get(ada.doc.clientID);
  await until(() => hers()?.cursor === 3 && hers().user.role === 'holder', 'he sees her cursor');
  const { name: shown, id, role, color, avatar } = hers().user;
  assert.deepEqual({ shown, id, role, color, avatar }, { shown: 'ada', id: 'ada', role: 'holder', color: '#123456', avatar: 'a.png' });
  assert.equal(hers().session, ada.client.session);

  const eve = await rawMember(t, 'eve', NODES.at(-1), name, 'view');
  for (const state of [{ user: { name: 'Renamed' } }, null]) {
    eve.signal(signalFor(ada.doc.clientID, state, 1_000_000));
    eve.signal(signalFor(ben.doc.clientID, state, 1_000_000));
  }
  for (let i = 0; i < 100; i++) {
    eve.signal(signalFor(1000 + i, { user: { name: 'ada', color: 'red; background: url(x)' } }));
  }
  const ghosts = () => [...ben.provider.awareness.getStates()].filter(([, { session }]) => session === eve.session);
  await until(() => ben.problems.some(({ code }) => code === 'too-many-clients'), 'the ghosts are reported');
  assert.ok(ghosts().length <= 8, `${ghosts().length} states of one session`);
  const verified = ({ user }) => user.name === 'eve' && user.role === 'viewer' && /^#[0-9a-f]{6}$/.test(user.color);
  await until(() => ghosts().every(([, state]) => verified(state)), 'the signals may come before their member does');
  assert.equal(hers().user.name, 'ada');
  assert.deepEqual(ben.problems.map(({ code }) => code).sort(), ['foreign-client', 'too-many-clients']);
  assert.ok(ada.problems.every(({ session }) => session === eve.session));

  eve.send({ type: 'leave' });
  await until(() => ghosts().length === 0, 'they are gone with their member');
  assert.equal(hers().cursor, 3);
});

test('a cursor stays while its member is there, whatever the clock of the awareness says, and the role follows the lock', async (t) => {
  const name = aDocument();
  const ada = writer(t, 'ada', NODES[0], name, 'edit', { awarenessProtocol });
  const ben = writer(t, 'ben', NODES.at(-1), name, 'edit', { awarenessProtocol });
  ada.client.connect();
  await until(() => ada.provider.writable, 'she has the lock');
  ben.client.connect();
  const hers = () => ben.provider.awareness.getStates().get(ada.doc.clientID);
  await until(() => hers()?.user.name === 'ada' && hers().user.role === 'holder', 'he sees her, although she told nothing yet');
  // Its own timer looks at who was silent for thirty seconds, as a tab in the background is.
  const { meta, _checkInterval: timer } = ben.provider.awareness;
  meta.forEach((of) => (of.lastUpdated -= 90_000));
  timer._onTimeout();
  assert.equal(hers()?.user.name, 'ada');
  await ada.joined.release(ben.client.session);
  await until(() => hers().user.role === 'editor', 'she is no longer the holder');
});
