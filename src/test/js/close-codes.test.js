import assert from 'node:assert/strict';
import test from 'node:test';
import { aDocument, next, person, until } from './support/people.js';
import { scriptedNode } from './support/scripted-node.js';

const QUICK = { backoff: { least: 10, most: 40 } };

/** A node that closes the first connection with a code once it is welcomed, and keeps the next. */
function closing(code) {
  return scriptedNode({
    hello(peer, frame, visit) {
      peer.welcome(frame, { resumed: visit > 1 });
      if (visit === 1) {
        peer.close(code, 'because');
      }
    },
  });
}

for (const code of [1000, 1001, 1009, 1011, 4000, 4400]) {
  test(`after ${code} the client comes back with its session's secret`, async (t) => {
    const node = await closing(code);
    t.after(() => node.close());
    const client = person(t, 'ada', node.url, QUICK);
    const waiting = next(client, 'state', ({ state }) => state === 'waiting');
    client.connect();
    assert.equal((await waiting).code, code);
    await next(client, 'welcome', ({ resumed }) => resumed);
    assert.deepEqual(node.hellos.map(({ resume }) => resume), [undefined, 'secret']);
  });
}

for (const code of [1002, 1003, 1007, 1008, 4401, 4500, 4501, 4503, 4999]) {
  test(`after ${code} the client does not come back by itself`, async (t) => {
    const node = await closing(code);
    t.after(() => node.close());
    const client = person(t, 'ada', node.url, QUICK);
    const ended = next(client, 'state', ({ state }) => state === 'ended');
    client.connect();
    assert.deepEqual(await ended, { state: 'ended', code, reason: 'because' });
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.equal(node.hellos.length, 1);
    client.connect();
    await until(() => client.state === 'online', 'it starts again when told to');
  });
}

test('when the node says how long to wait with its refusal, the client waits as long', async (t) => {
  const node = await scriptedNode({
    hello(peer, frame, visit) {
      if (visit === 1) {
        peer.send({ type: 'error', ref: frame.ref, code: 'rate-limited', message: 'this user has 100 sockets', retry: 600 });
        peer.close(4002, 'rate limited');
      } else {
        peer.welcome(frame);
      }
    },
  });
  t.after(() => node.close());
  const client = person(t, 'ada', node.url, QUICK);
  const waiting = next(client, 'state', ({ state }) => state === 'waiting');
  const online = next(client, 'welcome');
  client.connect();
  const { code, reason, retryAt } = await waiting;
  assert.deepEqual([code, reason], [4002, 'this user has 100 sockets']);
  assert.ok(retryAt - performance.now() > 500, `${retryAt - performance.now()}`);
  await online;
  assert.ok(performance.now() >= retryAt - 5);
});

test('after 4002 and 4001 the first wait is longer than after a loss', async (t) => {
  for (const code of [4001, 4002]) {
    const node = await closing(code);
    t.after(() => node.close());
    const client = person(t, 'ada', node.url, { backoff: { least: 10, most: 100_000 } });
    const random = Math.random;
    Math.random = () => 1;
    t.after(() => (Math.random = random));
    const waiting = next(client, 'state', ({ state }) => state === 'waiting');
    client.connect();
    const { retryAt } = await waiting;
    Math.random = random;
    assert.ok(retryAt - performance.now() > 100, `${code}: ${retryAt - performance.now()}`);
  }
});

test('after 4503 a new token is shown, if there is one', async (t) => {
  const tokens = ['old', 'old', 'new'];
  const node = await closing(4503);
  t.after(() => node.close());
  const client = person(t, 'ada', node.url, { ...QUICK, user: undefined, token: async () => tokens[node.hellos.length === 0 ? 0 : 2] });
  client.connect();
  await next(client, 'welcome', ({ resumed }) => resumed);
  assert.deepEqual(node.hellos.map(({ token }) => token), ['old', 'new']);
});

test('after 4503 the same token again is the end', async (t) => {
  const node = await closing(4503);
  t.after(() => node.close());
  const client = person(t, 'ada', node.url, { ...QUICK, user: undefined, token: () => 'old' });
  client.connect();
  assert.equal((await next(client, 'state', ({ state }) => state === 'ended')).code, 4503);
  assert.equal(node.hellos.length, 1);
});

test('a token that cannot be had now is asked for again', async (t) => {
  let asked = 0;
  const node = await scriptedNode();
  t.after(() => node.close());
  const token = () => (++asked < 3 ? Promise.reject(new Error('no network')) : 'here');
  const client = person(t, 'ada', node.url, { ...QUICK, user: undefined, token });
  client.connect();
  await next(client, 'welcome');
  assert.equal(node.hellos[0].token, 'here');
});

test('a hello that is refused is the end, with the words of the node', async (t) => {
  const node = await scriptedNode({
    hello: (peer, { ref }) => peer.send({ type: 'error', ref, code: 'bad-message', message: 'user.id is missing' }),
  });
  t.after(() => node.close());
  const client = person(t, 'ada', node.url, QUICK);
  const ended = next(client, 'state', ({ state }) => state === 'ended');
  client.connect();
  assert.deepEqual(await ended, { state: 'ended', code: 4401, reason: 'user.id is missing' });
});

test('of several nodes the next is tried after each that fails', async (t) => {
  const gone = await scriptedNode();
  await gone.close();
  const node = await scriptedNode();
  t.after(() => node.close());
  const client = person(t, 'ada', [gone.url, node.url], QUICK);
  client.connect();
  await next(client, 'welcome');
});

test('what is no JSON is complained of, and does no harm', async (t) => {
  const node = await scriptedNode({
    ping: (peer, { ref }) => peer.send({ type: 'pong', ref }),
    join(peer) {
      peer.send('{');
    },
  });
  t.after(() => node.close());
  const client = person(t, 'ada', node.url, QUICK);
  client.document(aDocument(), 'edit');
  const problem = next(client, 'problem');
  client.connect();
  assert.equal((await problem).code, 'bad-message');
  assert.equal((await client.ask({ type: 'ping' })).type, 'pong');
});

test('a machine that slept between the connection and its hello comes back', async (t) => {
  const node = await scriptedNode({
    hello: (peer, frame, visit) => {
      if (visit > 1) {
        peer.welcome(frame);
        return;
      }
      peer.send({ type: 'error', code: 'bad-message', message: 'hello must be said within 5000 ms', retry: 10 });
      peer.close(4401, 'hello must be said within 5000 ms');
    },
  });
  t.after(() => node.close());
  const client = person(t, 'ada', node.url, { backoff: { least: 5, most: 20 } });
  client.on('problem', () => {});
  client.connect();
  await until(() => client.state === 'online' || client.state === 'ended', 'it is decided');
  assert.equal(client.state, 'online');
});

// ---- edits that come to nothing ------------------------------------------------------------------------------------

const FREE = { epoch: 1, holder: null, state: 'held', queue: [], you: 'holder', cause: 'joined' };

function joined(ref, document, more = {}) {
  return { type: 'joined', ref, document, log: 'l', seq: 0, recovered: false, snapshot: null, entries: [], members: [], count: 0, rights: FREE, ...more };
}

test('an edit that was sent before the session was lost for good comes back as a draft that may have been stored', async (t) => {
  const node = await scriptedNode({
    hello: (peer, frame, visit) => peer.welcome(frame, { session: `s-${visit}`, resumed: false }),
    join: (peer, { ref, document }) => peer.send(joined(ref, document)),
    update: (peer, frame, visit) => visit === 1 && peer.close(1001),
  });
  t.after(() => node.close());
  const client = person(t, 'ada', node.url, QUICK);
  const document = client.document('notes', 'edit');
  const draft = next(document, 'draft');
  document.on('writable', () => client.session === 's-1' && document.update(1, 'first'));
  client.once('state', () => next(client, 'state', ({ state }) => state === 'waiting').then(() => document.update(1, 'second')));
  client.connect();
  const { cause, uncertain, edits } = await draft;
  assert.deepEqual({ cause, uncertain }, { cause: 'new-session', uncertain: true });
  assert.deepEqual(
    edits.map(({ data, epoch, uncertain }) => ({ data, epoch, uncertain })),
    [
      { data: 'first', epoch: 1, uncertain: true },
      { data: 'second', epoch: 1, uncertain: false },
    ],
  );
});

test('an edit that the log turns out to have is applied, though its session was lost for good', async (t) => {
  let id = '';
  const node = await scriptedNode({
    hello: (peer, frame, visit) => peer.welcome(frame, { session: `s-${visit}`, resumed: false }),
    join(peer, { ref, document }, visit) {
      const user = { id: 'ada', name: 'Ada' };
      const entry = { seq: 1, kind: 'update', epoch: 1, session: 's-1', user, id, at: 1, data: 'x' };
      peer.send(joined(ref, document, visit === 1 ? {} : { seq: 1, recovered: true, entries: [entry] }));
    },
    update(peer, frame) {
      id = frame.id;
      peer.close(1001);
    },
  });
  t.after(() => node.close());
  const client = person(t, 'ada', node.url, QUICK);
  const document = client.document('notes', 'edit');
  document.on('draft', () => assert.fail('there is no draft'));
  const outcome = next(document, 'writable').then(() => document.update(1, 'x'));
  client.connect();
  assert.deepEqual(await outcome, { applied: true, seq: 1 });
});

test('what still waits when the client ends comes back as a draft', async (t) => {
  const node = await scriptedNode({ join: (peer, { ref, document }) => peer.send(joined(ref, document)) });
  t.after(() => node.close());
  const client = person(t, 'ada', node.url, QUICK);
  const document = client.document('notes', 'edit');
  const draft = next(document, 'draft');
  const outcome = next(document, 'writable').then(() => document.update(1, 'x'));
  client.connect();
  await next(document, 'writable');
  await new Promise((resolve) => setTimeout(resolve, 20));
  client.close();
  await assert.rejects(outcome, { name: 'ConnectionLost' });
  const { cause, uncertain, edits } = await draft;
  assert.deepEqual({ cause, uncertain, data: edits.map(({ data }) => data) }, { cause: 'ended', uncertain: true, data: ['x'] });
});

test('what the node calls too large is refused here, and the connection goes on', async (t) => {
  const node = await scriptedNode({
    hello: (peer, frame) => peer.welcome(frame, { limits: { message: 1000 } }),
    join: (peer, { ref, document }) => peer.send(joined(ref, document)),
    update: (peer, { ref, document, id }) => peer.send({ type: 'applied', ref, document, id, seq: 1 }),
  });
  t.after(() => node.close());
  const client = person(t, 'ada', node.url, QUICK);
  const document = client.document('notes', 'edit');
  client.connect();
  await next(document, 'writable');
  const draft = next(document, 'draft');
  await assert.rejects(document.update(1, 'ä'.repeat(600)), { code: 'too-large' });
  assert.equal((await draft).cause, 'refused');
  assert.equal((await document.update(1, 'short')).applied, true);
  assert.equal(node.hellos.length, 1);
});
