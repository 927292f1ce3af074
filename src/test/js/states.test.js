import assert from 'node:assert/strict';
import test from 'node:test';
import { Keep } from 'baton-client/keep';
import { NODES, aDocument, next, person, storage, until } from './support/people.js';
import { Proxy } from './support/proxy.js';
import { joined, scriptedNode } from './support/scripted-node.js';

const QUICK = { backoff: { least: 5, most: 20 } };
const SLOW = { backoff: { least: 60_000, most: 60_000 } };

/** A node that gives the lock, and a client that holds it. */
async function holder(t, { grace, more = {}, options = QUICK } = {}) {
  const heartbeat = { interval: 5000, timeout: 10_000 };
  const node = await scriptedNode({
    hello: (peer, frame, visit) => peer.welcome(frame, { resumed: visit > 1, heartbeat, grace }),
    ping: (peer, { ref }) => peer.send({ type: 'pong', ref }),
    join: (peer, frame) => peer.send(joined(frame)),
    ...more,
  });
  t.after(() => node.close());
  const client = person(t, 'ada', node.url, options);
  const document = client.document('notes', 'edit');
  const told = [];
  document.on('standing', (standing) => told.push(standing));
  document.on('writable', () => told.push('writable'));
  client.connect();
  await until(() => document.writable, 'she may write');
  return { node, client, document, told };
}

for (const [name, grace] of Object.entries({
  closed: { closed: 400, timeout: 9000, node: 9000 },
  node: { closed: 9000, timeout: 9000, node: 400 },
})) {
  test(`cut off for longer than the grace ${name}, nobody is told that she may write`, async (t) => {
    const { node, client, document } = await holder(t, { grace, options: SLOW });
    const begun = performance.now();
    node.peers[0].destroy();
    await next(client, 'state', ({ state }) => state === 'waiting');
    assert.deepEqual([document.writable, document.holding], [true, true], 'it is reserved for a while');
    await next(document, 'standing', (standing) => standing === 'unknown');
    const took = performance.now() - begun;
    assert.ok(took > 250 && took < 5000, `${took}`);
    assert.deepEqual([document.writable, document.holding, document.standing], [false, false, 'unknown']);
  });
}

test('without graces a node is taken to have those of the contract', async (t) => {
  const { node, document } = await holder(t, { options: SLOW });
  const begun = performance.now();
  node.peers[0].destroy();
  await until(() => !document.writable, 'she may not');
  const took = performance.now() - begun;
  assert.ok(took > 2500 && took < 4800, `${took}`);
});

test('with a node that falls silent the lock is doubted in time, and is trusted again once it answers', async (t) => {
  let deaf = false;
  let answered = 0;
  const pings = [];
  const { document, told } = await holder(t, {
    grace: { closed: 2500, timeout: 0, node: 2500 },
    more: {
      ping(peer, { ref }) {
        answered += deaf ? 0 : 1;
        pings.push(() => peer.send({ type: 'pong', ref }));
        deaf || pings.pop()();
      },
    },
  });
  await until(() => answered > 0, 'it is asked before anything is doubted');
  assert.equal(document.writable, true);
  deaf = true;
  await until(() => !document.writable, 'she may not write', 5000);
  deaf = false;
  pings.forEach((answer) => answer());
  await until(() => document.writable, 'she may again');
  assert.deepEqual(told, ['writer', 'writable', 'unknown', 'writer', 'writable']);
});

test('cut off while another writes, she is not told that she holds the lock', { skip: NODES.length === 0 }, async (t) => {
  const name = aDocument();
  const proxy = await Proxy.to(NODES[0]);
  t.after(() => proxy.close());
  const ada = person(t, 'ada', proxy.url, QUICK);
  const ben = person(t, 'ben', NODES.at(-1), QUICK);
  const hers = ada.document(name, 'edit');
  const his = ben.document(name, 'edit');
  ada.connect();
  await until(() => hers.writable, 'she may write');
  ben.connect();
  await until(() => his.standing === 'queued', 'he waits');
  proxy.fallSilent();
  for (const end = performance.now() + 10_000; !his.writable && performance.now() < end; ) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.ok(his.writable);
  assert.deepEqual([hers.writable, hers.holding], [false, false]);
});

test('one word says what a session may do', async (t) => {
  const rights = { epoch: 1, holder: null, state: 'held', queue: ['s-1'], waiting: 120, position: 77, you: 'queued' };
  const { node, document, told } = await holder(t);
  const peer = node.peers[0];
  peer.send({ type: 'rights', document: 'notes', ...rights });
  await until(() => document.standing === 'queued', 'she waits');
  assert.deepEqual([document.rights.position, document.rights.waiting], [77, 120]);
  peer.send({ type: 'rights', document: 'notes', ...rights, you: 'viewer' });
  await until(() => document.standing === 'viewer', 'she reads');
  peer.send({ type: 'rights', document: 'notes', ...rights, epoch: 2, you: 'holder' });
  await until(() => document.standing === 'holder', 'she holds it, and may miss what was written before');
  assert.equal(document.writable, false);
  const entry = { seq: 1, kind: 'rights', epoch: 2, session: 's-1', user: { id: 'ada', name: 'Ada' }, id: '', at: 1, data: {} };
  peer.send({ type: 'entries', document: 'notes', entries: [entry] });
  await until(() => document.writable, 'she may write');
  assert.deepEqual(told.slice(-5), ['queued', 'viewer', 'holder', 'writer', 'writable']);
});

// ---- what outlives a reload ----------------------------------------------------------------------------------------

test('drafts are kept over a reload until they are not needed', async (t) => {
  const tab = storage();
  const { client, document } = await holder(t, {
    options: { ...QUICK, keep: new Keep(tab) },
    more: { update: (peer, { ref, id }) => peer.send({ type: 'fenced', ref, document: 'notes', id, epoch: 2, holder: null }) },
  });
  document.update(1, 'one');
  document.update(1, 'two');
  await next(document, 'draft');
  client.close();
  const keep = new Keep(tab.copy());
  const [draft, ...others] = keep.drafts('notes');
  assert.deepEqual([draft.cause, draft.edits.map(({ data }) => data), others], ['fenced', ['one', 'two'], []]);
  keep.discard('notes', draft);
  assert.deepEqual(keep.drafts('notes'), []);
});

test('a storage that takes nothing does no harm', () => {
  const full = () => {
    throw new Error('QuotaExceededError');
  };
  const keep = new Keep({ getItem: full, setItem: full, removeItem: full });
  assert.deepEqual([keep.take(), keep.drafts('notes')], [undefined, []]);
  keep.put('secret', []);
});
