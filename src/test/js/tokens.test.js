import assert from 'node:assert/strict';
import test from 'node:test';
import { renewIn } from './node_modules/baton-client/tokens.js';
import { next, person, until } from './support/people.js';
import { joined, scriptedNode } from './support/scripted-node.js';

const QUICK = { backoff: { least: 5, most: 20 }, user: undefined };

/** A token that says when it ends; nobody here checks its signature. */
const jwt = (name, seconds) => {
  const part = (claims) => Buffer.from(JSON.stringify(claims)).toString('base64url');
  return `${part({ alg: 'none' })}.${part({ sub: 'ada', name: `${name} ü?>`, exp: Date.now() / 1000 + seconds })}.x`;
};

async function strict(t, refuses = () => null) {
  const node = await scriptedNode({
    hello(peer, frame, visit) {
      const refused = refuses(frame, visit);
      if (refused) {
        peer.send({ type: 'error', ref: frame.ref, code: 'forbidden', message: refused });
        peer.close(4401, 'not authenticated');
      } else {
        peer.welcome(frame, { resumed: node.hellos.length > 1 });
      }
    },
    join: (peer, frame) => peer.send(joined(frame)),
    ping: (peer, { ref }) => peer.send({ type: 'pong', ref }),
  });
  t.after(() => node.close());
  return node;
}

test('before a token expires another one is shown on the connection that is there', async (t) => {
  const node = await strict(t);
  let made = 0;
  const client = person(t, 'ada', node.url, { ...QUICK, token: () => jwt(`t${++made}`, 1) });
  const states = [];
  client.on('state', ({ state }) => states.push(state));
  client.connect();
  await until(() => node.hellos.length === 3, 'it is renewed, and renewed again', 30_000);
  assert.equal(new Set(node.hellos.map(({ token }) => token)).size, 3);
  assert.equal(node.peers.length, 1);
  assert.deepEqual(states, ['connecting', 'online']);
});

test('a token is renewed in time before it ends, and soon when it seems to have ended already', () => {
  const about = (wait, expected) => assert.ok(Math.abs(wait - expected) < 2_000, `${wait}`);
  about(renewIn(jwt('long', 3600)), 3_540_000);
  about(renewIn(jwt('short', 100)), 50_000);
  about(renewIn(jwt('past', -5)), 10_000);
  assert.equal(renewIn('opaque', 1000), 500);
  assert.ok(renewIn(jwt('ages', 1e9)) < 2 ** 31);
  ['opaque', undefined, 'a.b.c', 'a.e30.c'].forEach((token) => assert.equal(renewIn(token), undefined));
});

test('a token that does not tell when it ends is renewed as the option says', async (t) => {
  const node = await strict(t);
  let made = 0;
  const client = person(t, 'ada', node.url, { ...QUICK, tokenLife: 200, token: async () => `opaque ${++made}` });
  client.connect();
  await until(() => node.hellos.length >= 3, 'it is renewed');
  assert.deepEqual([node.hellos[2].token, node.peers.length], ['opaque 3', 1]);
});

test('a token service that fails or is slow costs no connection, and is not asked twice at a time', async (t) => {
  const node = await strict(t);
  let under = 0;
  let most = 0;
  let asked = 0;
  const token = async () => {
    most = Math.max(most, ++under);
    const nth = ++asked;
    await new Promise((resolve) => setTimeout(resolve, nth === 1 ? 0 : 300));
    under--;
    if (nth === 2) {
      throw new Error('the token service is down');
    }
    return `t${nth}`;
  };
  const client = person(t, 'ada', node.url, { ...QUICK, token, tokenLife: 100 });
  const problem = next(client, 'problem');
  client.connect();
  assert.match((await problem).message, /the token service is down/);
  await until(() => node.hellos.length === 2, 'it is renewed all the same');
  assert.deepEqual([node.peers.length, most, client.state], [1, 1, 'online']);
});

test('setToken shows a token at once', async (t) => {
  const node = await strict(t);
  const client = person(t, 'ada', node.url, { ...QUICK, token: 'first' });
  client.connect();
  await until(() => client.state === 'online', 'she is in');
  client.setToken('second');
  await until(() => node.hellos.length === 2, 'it is shown');
  node.peers[0].destroy();
  await until(() => node.hellos.length === 3, 'she comes back');
  assert.deepEqual(node.hellos.map(({ token }) => token), ['first', 'second', 'second']);
  assert.equal(node.peers.length, 2);
});

test('after 4401 another token is tried, once', async (t) => {
  const tokens = ['old', 'new'];
  const node = await strict(t, ({ token }) => token === 'old' && 'the token has expired');
  const client = person(t, 'ada', node.url, { ...QUICK, token: () => tokens[Math.min(1, node.hellos.length)] });
  const waiting = next(client, 'state', ({ state }) => state === 'waiting');
  client.connect();
  assert.equal((await waiting).reason, 'the token has expired');
  await until(() => client.state === 'online', 'the second one is good');

  const strictest = await strict(t, () => 'no token is good enough');
  const other = person(t, 'ben', strictest.url, { ...QUICK, token: () => 'any' });
  const ended = next(other, 'state', ({ state }) => state === 'ended');
  other.connect();
  assert.deepEqual(await ended, { state: 'ended', code: 4401, reason: 'no token is good enough' });
  assert.equal(strictest.hellos.length, 2);
});

for (const code of [4001, 4002]) {
  test(`what the node says before it closes with ${code} is the reason that is told`, async (t) => {
    const node = await scriptedNode({
      hello(peer, frame) {
        peer.welcome(frame);
        peer.send({ type: 'error', code: 'rate-limited', message: 'too much at once: 200 messages a second are taken', retry: 5 });
        peer.close(code, 'rate limited');
      },
    });
    t.after(() => node.close());
    const client = person(t, 'ada', node.url, QUICK);
    const waiting = next(client, 'state', ({ state }) => state === 'waiting');
    client.connect();
    const { reason, code: told } = await waiting;
    assert.deepEqual([told, reason], [code, 'too much at once: 200 messages a second are taken']);
  });
}

test('the wait grows while a node welcomes and drops, and begins anew once it has answered a request', async (t) => {
  const node = await scriptedNode({
    hello(peer, frame, visit) {
      peer.welcome(frame);
      visit <= 4 && peer.close(1001);
    },
    ping: (peer, { ref }) => peer.send({ type: 'pong', ref }),
  });
  t.after(() => node.close());
  const random = Math.random;
  Math.random = () => 1;
  t.after(() => (Math.random = random));
  const client = person(t, 'ada', node.url, { backoff: { least: 40, most: 10_000 } });
  const waits = [];
  client.on('state', ({ state, retryAt }) => state === 'waiting' && waits.push(Math.round(retryAt - performance.now())));
  client.connect();
  await until(() => node.peers.length === 5 && client.state === 'online', 'it stays');
  await client.ask({ type: 'ping' });
  node.peers.at(-1).destroy();
  await until(() => waits.length === 5, 'it is lost again');
  [80, 160, 320, 640, 80].forEach((bound, i) => assert.ok(waits[i] > bound / 2 && waits[i] <= bound, `${waits}`));
});
