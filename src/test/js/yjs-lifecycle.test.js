import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import test from 'node:test';
import * as awarenessProtocol from 'y-protocols/awareness';
import * as Y from 'yjs';
import { BatonClient } from 'baton-client';
import { BatonProvider } from 'baton-client/yjs';
import { NODES, aDocument, logOf, next, person, until } from './support/people.js';
import { signalFor, writer } from './support/yjs.js';

const again = (t, { joined }, doc, options) => {
  const provider = new BatonProvider(joined, doc, options);
  t.after(() => provider.destroy());
  return provider;
};

test('a provider that is destroyed and made again on the same documents goes on, and no edit is written twice', async (t) => {
  const name = aDocument();
  const ada = writer(t, 'ada', NODES[0], name, 'edit', { awarenessProtocol });
  const log = logOf(ada.joined);
  // As React does in strict mode, before anything is joined, and again later.
  await Promise.all([ada.provider.destroy(), ada.provider.destroy()]);
  let provider = again(t, ada, ada.doc, { awarenessProtocol });
  ada.client.connect();
  await until(() => provider.writable, 'she has the lock');
  ada.text.insert(0, 'one ');
  void provider.destroy();
  provider = again(t, ada, ada.doc, { awarenessProtocol });
  const told = [];
  provider.on('synced', () => told.push('synced'));
  provider.on('writable', (is) => is && told.push('writable'));
  assert.equal(provider.saved, false, 'the edit is on its way');
  ada.text.insert(4, 'two ');
  await provider.whenSaved();
  assert.deepEqual(told, ['synced', 'writable']);
  await until(() => log.updates.length === 2, 'both are in the log');

  // Another Yjs document on the same document of Baton.
  await provider.destroy();
  ada.text.insert(0, 'nobody is told of this');
  const doc = new Y.Doc();
  provider = again(t, ada, doc);
  assert.equal(doc.getText('text').toString(), 'one two ');
  assert.equal(provider.synced, true);
  assert.equal(provider.writable, true);
  doc.getText('text').insert(0, 'zero ');
  await provider.whenSaved();
  const ben = writer(t, 'ben', NODES.at(-1), name, 'view');
  ben.client.connect();
  await ben.provider.whenSynced();
  assert.equal(ben.text.toString(), 'zero one two ');
  assert.equal(log.updates.length, 3);

  // Back with the first one, what it has of its own goes out now.
  await provider.destroy();
  provider = again(t, ada, ada.doc);
  await provider.whenSaved();
  await until(() => ben.text.toString().includes('nobody is told of this'), 'he has it');
  await until(() => log.updates.length >= 4, 'it is in the log');
  assert.equal(log.updates.length, 4);
});

test('a provider that owns its document stores what is on its way, leaves and gives the lock on', async (t) => {
  const name = aDocument();
  const ada = writer(t, 'ada', NODES[0], name, 'edit', { ownsDocument: true });
  const ben = writer(t, 'ben', NODES.at(-1), name, 'edit');
  ada.client.connect();
  await until(() => ada.provider.writable, 'she has the lock');
  ben.client.connect();
  await until(() => ben.joined.rights?.you === 'queued', 'he is next');
  ada.text.insert(0, 'the last words');
  await ada.provider.destroy();
  await until(() => ben.provider.writable, 'he has the lock');
  assert.equal(ben.text.toString(), 'the last words');
  await until(() => !ben.joined.members.has(ada.client.session), 'she has left');
  // Taken anew, it works again.
  const joined = ada.client.document(name, 'edit');
  const provider = again(t, { joined }, ada.doc);
  await provider.whenSynced();
  assert.equal(provider.saved, true);
});

test('a provider made in place of one that owns its document keeps it from being left', async (t) => {
  const ada = writer(t, 'ada', NODES[0], aDocument(), 'edit', { ownsDocument: true });
  ada.client.connect();
  await until(() => ada.provider.writable, 'she has the lock');
  const gone = ada.provider.destroy();
  const provider = again(t, ada, ada.doc, { ownsDocument: true });
  await gone;
  ada.text.insert(0, 'still here');
  await provider.whenSaved();
  assert.equal(ada.joined.holding, true);
});

test('a second provider on a document of either kind is refused with a sentence, and so is another copy of Yjs', (t) => {
  const client = person(t, 'ada', NODES[0]);
  const [one, other] = [client.document(aDocument(), 'view'), client.document(aDocument(), 'view')];
  const doc = new Y.Doc();
  const provider = new BatonProvider(one, doc);
  t.after(() => provider.destroy());
  assert.throws(() => new BatonProvider(other, doc), /this Yjs document has a provider already/);
  assert.throws(() => new BatonProvider(one, new Y.Doc()), /has a provider already/);
  const error = console.error;
  console.error = () => {}; // Yjs says that there are two of it
  const otherY = createRequire(import.meta.url)('yjs');
  console.error = error;
  assert.throws(() => new BatonProvider(other, new otherY.Doc()), /copy of Yjs/);
  const named = new BatonProvider(other, new otherY.Doc(), { Y: otherY });
  t.after(() => named.destroy());
});

test('with another copy of Yjs that is named, texts arrive', async (t) => {
  const name = aDocument();
  const otherY = createRequire(import.meta.url)('yjs');
  const ada = writer(t, 'ada', NODES[0], name, 'edit');
  const ben = writer(t, 'ben', NODES.at(-1), name, 'view', { doc: new otherY.Doc(), Y: otherY });
  ada.client.connect();
  ben.client.connect();
  await until(() => ada.provider.writable, 'she has the lock');
  ada.text.insert(0, 'hello');
  await until(() => ben.text.toString() === 'hello', 'he reads it');
});

test('what is edited by one who lost the lock stays pending, goes out when the lock is back, and the promises tell the end', async (t) => {
  const name = aDocument();
  const ada = writer(t, 'ada', NODES[0], name, 'edit');
  const ben = writer(t, 'ben', NODES.at(-1), name, 'edit');
  ada.client.connect();
  await until(() => ada.provider.writable, 'she has the lock');
  ben.client.connect();
  await until(() => ben.joined.rights?.you === 'queued', 'he is next');
  const told = [];
  ada.provider.on('writable', (is) => told.push(`writable ${is}`));
  ada.provider.on('saved', (is) => told.push(`saved ${is}`));
  await ada.joined.release(ben.client.session);
  await until(() => ben.provider.writable && !ada.provider.writable, 'he has the lock');
  ada.text.insert(0, 'mine');
  ben.text.insert(0, 'his');
  await ben.provider.whenSaved();
  await until(() => ada.text.length === 7, 'she has both');
  assert.equal(ada.provider.pending.count, 1);
  assert.equal(ben.text.toString(), 'his');
  await ben.joined.release(ada.client.session);
  await ada.provider.whenSaved();
  assert.deepEqual(told, ['writable false', 'saved false', 'writable true', 'saved true']);
  await until(() => ben.text.toString() === ada.text.toString(), 'both have the same');
  ada.text.insert(0, 'more');
  const waiting = [ada.provider.whenSaved(), new BatonProvider(ada.client.document(aDocument(), 'view'), new Y.Doc())];
  const synced = waiting[1].whenSynced();
  void waiting[1].destroy();
  await assert.rejects(synced, /destroyed/);
});

test('of a node that keeps no cursors, newcomers are answered together: at most four answers to 200 that come in five seconds', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const clock = { now: 0 };
  t.mock.method(performance, 'now', () => clock.now);
  const joined = new BatonClient({ url: 'ws://127.0.0.1:1/', WebSocket: class {} }).document('notes', 'view');
  const told = [];
  joined.signal = (data) => told.push(data);
  const provider = new BatonProvider(joined, new Y.Doc(), { awarenessProtocol });
  t.after(() => provider.destroy());
  const pass = (time) => {
    for (let end = clock.now + time; clock.now < end; clock.now += 25) {
      t.mock.timers.tick(25);
    }
  };
  const comes = (session) => {
    joined.members.set(session, { session, user: { id: session, name: session }, mode: 'view', since: 1, state: 'online' });
    joined.count = joined.members.size;
    joined.emit('members');
  };
  joined.emit('joined', { recovered: false, snapshot: null, entries: [] });
  comes('self');
  assert.equal(told.length, 1, 'whoever comes says so');
  for (let i = 0; i < 200; i++) {
    comes(`s-${i}`);
    pass(25);
  }
  pass(60_000);
  assert.ok(told.length >= 2 && told.length <= 1 + 4, `${told.length - 1} answers`);
  comes('one more');
  pass(60_000);
  const after = told.length;
  comes('one more');
  pass(60_000);
  assert.equal(told.length, after, 'who is there already is no newcomer');
});

test('40 providers on two nodes see each other under their own names', async (t) => {
  const name = aDocument();
  const all = [];
  for (let i = 0; i < 40; i++) {
    const one = writer(t, `p${i}`, NODES[i % NODES.length], name, 'view', { awarenessProtocol });
    one.provider.awareness.setLocalStateField('cursor', i);
    one.client.connect();
    all.push(one);
  }
  const seen = ({ provider }) => [...provider.awareness.getStates().values()].filter(({ cursor }) => cursor !== undefined).length;
  await until(() => all.every((one) => seen(one) === 40), 'all see all', 60_000);
  for (const { provider } of all) {
    const others = [...provider.awareness.getStates()].filter(([id]) => id !== provider.doc.clientID);
    await until(() => new Set(others.map(([id]) => provider.awareness.getStates().get(id).user.name)).size === 39, 'by their names');
  }
});

test('a cursor that the node kept is shown to who comes later, under its member, and nobody answers', async (t) => {
  const name = aDocument();
  const ben = writer(t, 'ben', NODES[0], name, 'view', { awarenessProtocol });
  const kept = (cursor, client) => signalFor(client, { cursor, user: { name: 'x' } });
  const member = (session, since, client) => ({ session, user: { id: session, name: session }, mode: 'view', since, state: 'online', kept: kept(since, client) });
  const told = [];
  ben.joined.signal = (data) => told.push(data);
  ben.client.connect();
  await next(ben.joined, 'members');
  const before = told.length;
  const people = [member('late', 2, 7), member('early', 1, 7), member('other', 3, 8), { ...member('plain', 4, 9), kept: undefined }];
  ben.joined.handle({ type: 'presence', document: name, joined: people, changed: [], left: [], count: 5 });
  const states = () => ben.provider.awareness.getStates();
  assert.equal(states().get(7).user.name, 'early', 'who spoke first');
  assert.equal(states().get(8).user.name, 'other');
  ben.joined.handle({ type: 'presence', document: name, joined: [], changed: [], left: [{ session: 'other', cause: 'left' }], count: 4 });
  assert.equal(states().has(8), false);
  ben.joined.handle({ type: 'signal', document: name, session: 'early', data: signalFor(7, null, 5) });
  ben.joined.handle({ type: 'presence', document: name, joined: [], changed: [], left: [], count: 4 });
  assert.equal(states().has(7), false, 'what was taken back is not read again');
  t.mock.timers.enable({ apis: ['setTimeout'] });
  ben.joined.handle({ type: 'presence', document: name, joined: [member('new', 9, 11)], changed: [], left: [], count: 5 });
  t.mock.timers.tick(10_000);
  assert.equal(told.length, before);
});

test('a provider that is destroyed takes its cursor back', async (t) => {
  const name = aDocument();
  const ada = writer(t, 'ada', NODES[0], name, 'view', { awarenessProtocol });
  const ben = writer(t, 'ben', NODES.at(-1), name, 'view', { awarenessProtocol });
  ada.client.connect();
  ben.client.connect();
  ada.provider.awareness.setLocalStateField('cursor', 1);
  const hers = () => ben.provider.awareness.getStates().get(ada.doc.clientID);
  await until(() => hers()?.cursor === 1, 'he sees it');
  await ada.provider.destroy();
  await until(() => hers() === undefined, 'it is gone');
  assert.equal(ben.joined.members.has(ada.client.session), true);
});
