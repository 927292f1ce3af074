import assert from 'node:assert/strict';
import test from 'node:test';
import { chance, next, person, until } from './support/people.js';
import { joined, scriptedNode } from './support/scripted-node.js';

const QUICK = { backoff: { least: 5, most: 20 } };
const BEN = { id: 'ben', name: 'Ben' };
const entry = (seq, data = seq) => ({ seq, kind: 'update', epoch: 1, session: 's-2', user: BEN, id: `${seq}`, at: 1, data });

/** A client in a document of a node that says whatever a test wants. */
async function inDocument(t, answers = {}) {
  const node = await scriptedNode({
    ping: (peer, { ref }) => peer.send({ type: 'pong', ref }),
    join: (peer, frame) => peer.send(joined(frame)),
    ...answers,
  });
  t.after(() => node.close());
  const client = person(t, 'ada', node.url, QUICK);
  const document = client.document('notes', 'edit');
  const problems = [];
  client.on('problem', (problem) => problems.push(problem));
  client.connect();
  await until(() => document.joined, 'the document is joined');
  return { node, peer: node.peers[0], client, document, problems };
}

test('a listener that throws is reported with seq and sender, and what follows is told all the same', async (t) => {
  const { peer, document, problems } = await inDocument(t);
  const told = [];
  document.on('entry', ({ seq, data }) => {
    if (data === '####') {
      throw new TypeError('not one of mine');
    }
    told.push(seq);
  });
  const others = [];
  document.on('entry', ({ seq }) => others.push(seq));
  peer.send({ type: 'entries', document: 'notes', entries: [entry(1), entry(2, '####'), entry(3)] });
  peer.send({ type: 'entries', document: 'notes', entries: [entry(4)] });
  await until(() => others.length === 4, 'all are told');
  assert.deepEqual(told, [1, 3, 4]);
  assert.deepEqual(problems.map(({ code, event, seq, session, document: name }) => [code, event, seq, session, name]), [
    ['listener', 'entry', 2, 's-2', 'notes'],
  ]);
  assert.match(problems[0].message, /not one of mine/);
});

test('a listener of signals that throws is reported with the sender, whoever listens besides is told', async (t) => {
  const { peer, document, problems } = await inDocument(t);
  document.on('signal', () => {
    throw new Error('what is this');
  });
  const told = next(document, 'signal');
  peer.send({ type: 'signal', document: 'notes', session: 's-9', data: { awareness: '####' } });
  assert.equal((await told).session, 's-9');
  assert.deepEqual(problems.map(({ event, session }) => [event, session]), [['signal', 's-9']]);
});

test('a listener whose promise rejects is reported, and ends nothing', async (t) => {
  const { peer, document, problems } = await inDocument(t, {
    snapshot: (at, { ref }) => at.send({ type: 'error', ref, code: 'too-large', message: 'it is too large' }),
  });
  document.on('snapshot-wanted', async () => document.snapshot('whole'));
  peer.send({ type: 'snapshot-wanted', document: 'notes', seq: 1 });
  await until(() => problems.length > 0, 'it is reported');
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(problems.map(({ code, document: name }) => [code, name]), [['too-large', 'notes']], 'once');
});

test('listeners end by what on returns, by a signal, and after once', async (t) => {
  const { peer, document } = await inDocument(t);
  const told = [];
  const over = new AbortController();
  const off = document.on('signal', () => told.push('on'));
  document.on('signal', () => told.push('signal'), over.signal);
  document.once('signal', () => told.push('once'));
  const last = next(document, 'signal', ({ data }) => data === 2);
  peer.send({ type: 'signal', document: 'notes', session: 's', data: 1 });
  await next(document, 'signal');
  off();
  over.abort();
  peer.send({ type: 'signal', document: 'notes', session: 's', data: 2 });
  await last;
  assert.deepEqual(told, ['on', 'signal', 'once']);
});

const TYPES = ['welcome', 'joined', 'left', 'presence', 'rights', 'requested', 'idle', 'entries', 'signal', 'applied', 'fenced',
  'snapshot-wanted', 'snapshot-part', 'pong', 'error', 'removed', 'nothing', '', '__proto__'];
const FIELDS = ['ref', 'document', 'seq', 'entries', 'members', 'joined', 'changed', 'left', 'count', 'rights', 'epoch', 'holder',
  'state', 'until', 'queue', 'you', 'by', 'within', 'session', 'data', 'code', 'message', 'retry', 'snapshot', 'part', 'parts', 'log',
  'recovered', 'limits', 'heartbeat', 'grace', 'id', 'cause', 'resume', '__proto__', 'constructor'];

/** Anything that JSON can say. */
function anything(random, depth = 0) {
  const some = [null, true, false, 0, -1, 1.5, 1e300, 2 ** 53, '', 'notes', 's-1', 'x'.repeat(70_000), '\ud800', [], {}];
  const pick = Math.floor(random() * (some.length + 6));
  if (pick < some.length) {
    return some[pick];
  }
  if (depth > 3) {
    return pick;
  }
  if (pick % 3 === 0) {
    return Array.from({ length: Math.floor(random() * 4) }, () => anything(random, depth + 1));
  }
  return frameOf(random, depth);
}

function frameOf(random, depth = 0) {
  const frame = {};
  for (let i = Math.floor(random() * 8); i >= 0; i--) {
    frame[FIELDS[Math.floor(random() * FIELDS.length)]] = anything(random, depth + 1);
  }
  return frame;
}

test('whatever a node sends, nothing is thrown, and the document is usable afterwards', async (t) => {
  const thrown = [];
  const note = (error) => thrown.push(error);
  process.on('uncaughtException', note);
  process.on('unhandledRejection', note);
  t.after(() => process.off('uncaughtException', note).off('unhandledRejection', note));
  for (let seed = 1; seed <= 10; seed++) {
    const random = chance(seed);
    const { node, peer, document, client } = await inDocument(t, {
      update: (at, { ref, document: name, id }) => at.send({ type: 'applied', ref, document: name, id, seq: 7 }),
    });
    for (let i = 0; i < 60; i++) {
      const known = random() < 0.8 ? { document: 'notes' } : {};
      const type = TYPES[Math.floor(random() * TYPES.length)];
      peer.send(random() < 0.1 ? JSON.stringify(anything(random)) : { ...frameOf(random), ...known, type });
    }
    ['{', 'null', '5', '"x"', '[]', '{}', '{"type":5}', '{"type":{}}'].forEach((text) => peer.send(text));
    const told = next(client, 'state', ({ state }) => state === 'online');
    await client.ask({ type: 'ping' });
    node.peers.at(-1).destroy();
    await told;
    // The node may have said that it is left.
    const usable = document.joined ? document : client.document('notes', 'edit');
    await until(() => usable.writable, `it can be written again after ${seed}`);
    assert.equal((await usable.update(usable.rights.epoch, 'still here')).applied, true);
    client.close();
    await node.close();
  }
  assert.deepEqual(thrown, []);
});

// ---- synced --------------------------------------------------------------------------------------------------------

test('synced comes once, when the head that joined told has been told, and not before', async (t) => {
  const { node, document, client } = await inDocument(t, {
    join: (peer, frame, visit) =>
      peer.send(joined(frame, visit === 1 ? { seq: 3, entries: [entry(1)] } : { seq: 4, recovered: true, entries: [entry(4)] })),
  });
  let times = 0;
  let done = false;
  document.on('synced', () => times++);
  document.whenSynced().then(() => (done = true));
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual([document.joined, document.synced, times, done], [true, false, 0, false]);
  node.peers[0].send({ type: 'entries', document: 'notes', entries: [entry(2)] });
  await next(document, 'entries');
  assert.equal(document.synced, false);
  node.peers[0].send({ type: 'entries', document: 'notes', entries: [entry(3)] });
  await document.whenSynced();
  assert.deepEqual([document.synced, times], [true, 1]);

  node.peers[0].destroy();
  await next(client, 'state', ({ state }) => state === 'waiting');
  assert.equal(document.synced, false);
  await document.whenSynced();
  assert.deepEqual([document.seq, times], [4, 1], 'the event does not come again');
});

test('whenSynced rejects when the document is left first', async (t) => {
  const { document } = await inDocument(t, { join: (peer, frame) => peer.send(joined(frame, { seq: 3 * 1, entries: [entry(1)] })) });
  const waiting = document.whenSynced();
  document.leave();
  await assert.rejects(waiting, { name: 'ConnectionLost' });
});

test('a snapshot in parts is told whole, with what came meanwhile behind it', async (t) => {
  const text = JSON.stringify({ text: 'grün 𝄞 '.repeat(40) });
  const { document, node } = await inDocument(t, {
    join(peer, frame) {
      peer.send(joined(frame, { seq: 6, snapshot: { seq: 5, parts: 3 }, entries: [entry(6)] }));
      peer.send({ type: 'snapshot-part', document: 'notes', part: 1, data: text.slice(0, 50) });
      peer.send({ type: 'entries', document: 'notes', entries: [entry(7)] });
      peer.send({ type: 'snapshot-part', document: 'notes', part: 2, data: text.slice(50, 60) });
      peer.send({ type: 'snapshot-part', document: 'notes', part: 3, data: text.slice(60) });
    },
  });
  const again = next(document, 'joined');
  node.peers[0].destroy();
  const { snapshot, entries } = await again;
  assert.deepEqual(snapshot, { seq: 5, data: JSON.parse(text) });
  assert.deepEqual(entries.map(({ seq }) => seq), [6, 7]);
  assert.deepEqual([document.seq, document.synced, document.writable], [7, true, true]);
});
