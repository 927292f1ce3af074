import assert from 'node:assert/strict';
import test from 'node:test';
import { next, person, until } from './support/people.js';
import { scriptedNode } from './support/scripted-node.js';

// What a network brings in one piece a client is handed in one turn of its loop, before any promise of it goes on.

const ADA = { session: 's-1', user: { id: 'ada', name: 'Ada' }, mode: 'edit', since: 1, state: 'online' };
const BEN = { session: 's-2', user: { id: 'ben', name: 'Ben' }, mode: 'edit', since: 2, state: 'online' };
const FREE = { epoch: 1, holder: null, state: 'free', queue: [], you: 'viewer' };
const HERS = { epoch: 2, holder: ADA, state: 'held', queue: [], you: 'holder', cause: 'joined' };

const entry = (seq) => ({ seq, kind: 'message', epoch: 1, session: 's-2', user: BEN.user, id: `${seq}`, at: 1, data: seq });

/** A node that answers a join, and tells at once what has happened since. */
async function hasty(t, ...since) {
  const node = await scriptedNode({
    join: (peer, { ref, document }) =>
      peer.together(() => {
        peer.send({ type: 'joined', ref, document, log: 'l', seq: 1, recovered: false, entries: [entry(1)], members: [ADA], count: 1, rights: FREE });
        since.forEach((frame) => peer.send({ ...frame, document }));
      }),
  });
  t.after(() => node.close());
  const client = person(t, 'ada', node.url);
  return { client, document: client.document('notes', 'edit') };
}

test('whoever comes in right behind one is a member', async (t) => {
  const { client, document } = await hasty(t, { type: 'presence', joined: [BEN], left: [], changed: [], count: 2 });
  client.connect();
  await next(document, 'members', () => document.count === 2);
  await until(() => document.joined, 'she is in');
  assert.deepEqual([...document.members.keys()], ['s-1', 's-2']);
});

test('the pen that comes right behind the answer to a join is not taken for an old one', async (t) => {
  const { client, document } = await hasty(t, { type: 'rights', ...HERS });
  client.connect();
  await until(() => document.joined, 'she is in');
  assert.equal(document.rights.epoch, 2);
  assert.ok(document.holding);
});

test('entries right behind the answer to a join are told once, after those in it', async (t) => {
  const { client, document } = await hasty(t, { type: 'entries', entries: [entry(2), entry(3)] });
  const told = [];
  document.on('joined', ({ entries }) => told.push(...entries.map(({ seq }) => seq)));
  document.on('entries', ({ entries }) => told.push(...entries.map(({ seq }) => seq)));
  client.connect();
  await until(() => document.joined, 'she is in');
  assert.deepEqual(told, [1, 2, 3]);
});

test('what a node tells right behind its welcome is of a session that is there', async (t) => {
  const node = await scriptedNode({
    hello: (peer, frame) =>
      peer.together(() => {
        peer.welcome(frame);
        peer.send({ type: 'error', code: 'busy', message: 'a moment' });
      }),
  });
  t.after(() => node.close());
  const client = person(t, 'ada', node.url);
  const states = [];
  client.on('problem', () => states.push(client.state));
  const told = next(client, 'problem').then(() => states);
  client.connect();
  assert.deepEqual(await told, ['online']);
});
