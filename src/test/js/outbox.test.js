import assert from 'node:assert/strict';
import test from 'node:test';
import { next, person, until } from './support/people.js';
import { Proxy } from './support/proxy.js';
import { joined, scriptedNode } from './support/scripted-node.js';

const QUICK = { backoff: { least: 5, most: 20 } };

/** A node that stores what it is sent, in order and once, and does as a test says with some of it. */
async function storing(t, { limits = {}, answer = () => null, more = {} } = {}) {
  const log = [];
  const node = await scriptedNode({
    hello: (peer, frame, visit) => peer.welcome(frame, { resumed: visit > 1, limits }),
    join: (peer, frame) => peer.send(joined(frame, { seq: log.length, recovered: frame.log === 'l' })),
    ping: (peer, { ref }) => peer.send({ type: 'pong', ref }),
    update(peer, frame, visit) {
      const told = answer(frame, { log, peer, visit });
      if (told === null) {
        log.push(frame.data);
      }
      if (told !== undefined) {
        peer.send({ ref: frame.ref, document: frame.document, id: frame.id, ...(told ?? { type: 'applied', seq: log.length }) });
      }
    },
    ...more,
  });
  t.after(() => node.close());
  return { node, log };
}

async function writer(t, node, url = node.url) {
  const client = person(t, 'ada', url, QUICK);
  const document = client.document('notes', 'edit');
  const drafts = [];
  const problems = [];
  document.on('draft', (draft) => drafts.push(draft));
  client.on('problem', (problem) => problems.push(problem));
  client.connect();
  await until(() => document.writable, 'she may write');
  return { client, document, drafts, problems };
}

test('ten keys a second over a round trip of 600 ms are never more than two round trips behind, and none is lost', async (t) => {
  const { node, log } = await storing(t);
  const proxy = await Proxy.to(node.url);
  t.after(() => proxy.close());
  const { document, drafts } = await writer(t, node, proxy.url);
  // What the proxy delays on its way there takes as long as a round trip does.
  proxy.delay = 600;
  const late = [];
  const outcomes = [];
  for (let key = 0; key < 25; key++) {
    const typed = performance.now();
    outcomes.push(document.update(1, key).then((outcome) => late.push(performance.now() - typed) && outcome));
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const results = await Promise.all(outcomes);
  assert.ok(results.every(({ applied }) => applied));
  assert.deepEqual(log, Array.from({ length: 25 }, (_, i) => i));
  assert.deepEqual(drafts, []);
  assert.ok(Math.max(...late) < 1200, `${Math.max(...late)} ms`);
});

test('when an edit is fenced, all that were made behind it come back in one draft, in order', async (t) => {
  const { node, log } = await storing(t, {
    answer: ({ data }) => (data >= 2 ? { type: 'fenced', epoch: 2, holder: null } : null),
  });
  const { document, drafts } = await writer(t, node);
  const outcomes = await Promise.all(Array.from({ length: 100 }, (_, i) => document.update(1, i)));
  assert.deepEqual(log, [0, 1]);
  assert.equal(drafts.length, 1);
  const [{ cause, uncertain, edits }] = drafts;
  assert.deepEqual({ cause, uncertain }, { cause: 'fenced', uncertain: false });
  assert.deepEqual(edits.map(({ data }) => data), Array.from({ length: 98 }, (_, i) => i + 2));
  assert.deepEqual(outcomes[99], { applied: false, epoch: 2, holder: null, uncertain: false });
});

test('an edit that the node does not take takes those behind it along, and names them their predecessor', async (t) => {
  const refused = new Set();
  const { node, log } = await storing(t, {
    // As a node does that keeps the order: what follows an edit that is not stored is not stored either.
    answer({ id, data, follows }) {
      if (data === 'bad' || refused.has(follows)) {
        refused.add(id);
        return { type: 'error', code: data === 'bad' ? 'bad-message' : 'out-of-order', message: 'no' };
      }
      return null;
    },
  });
  const { document, drafts } = await writer(t, node);
  const before = document.update(1, 'good');
  const bad = document.update(1, 'bad');
  const behind = document.update(1, 'behind');
  await assert.rejects(bad, { code: 'bad-message' });
  await assert.rejects(behind, { code: 'bad-message' });
  assert.equal((await before).applied, true);
  assert.deepEqual(drafts.map(({ cause, edits }) => [cause, edits.map(({ data }) => data)]), [['refused', ['bad', 'behind']]]);
  assert.equal((await document.update(1, 'anew')).applied, true);
  assert.deepEqual(log, ['good', 'anew']);
  const updates = node.frames.filter(({ type }) => type === 'update');
  assert.deepEqual(updates.map(({ follows }) => follows), [undefined, updates[0].id, updates[1].id, undefined]);
});

test('what the node puts off is sent again, and what is behind it after it', async (t) => {
  let busy = 3;
  const put = new Set();
  const { node, log } = await storing(t, {
    answer({ id, follows }) {
      if ((busy > 0 && busy--) || put.has(follows)) {
        put.add(id);
        return { type: 'error', code: put.has(follows) ? 'out-of-order' : 'busy', message: 'a moment', retry: 20 };
      }
      put.delete(id);
      return null;
    },
  });
  const { document, drafts } = await writer(t, node);
  const troubles = [];
  document.on('trouble', (error) => troubles.push(error?.code ?? null));
  await Promise.all([1, 2, 3, 4, 5].map((i) => document.update(1, i)));
  assert.deepEqual(log, [1, 2, 3, 4, 5]);
  assert.deepEqual(drafts, []);
  assert.equal(troubles[0], 'busy');
  assert.equal(troubles.at(-1), null);
});

test('when a node stores a later edit than one that it put off, that one is not sent again but comes back', async (t) => {
  const { node, log } = await storing(t, {
    answer: ({ data }) => (data === 1 ? { type: 'error', code: 'busy', message: 'a moment', retry: 20 } : null),
  });
  const { document, drafts } = await writer(t, node);
  const one = document.update(1, 1);
  const two = document.update(1, 2);
  await assert.rejects(one, { code: 'out-of-order' });
  assert.equal((await two).applied, true);
  assert.deepEqual(log, [2]);
  assert.deepEqual(drafts.map(({ edits }) => edits.map(({ data }) => data)), [[1]]);
});

test('edits that were with the node when the connection broke are sent again in order, with the same ids', async (t) => {
  const { node, log } = await storing(t, { answer: (frame, { visit }) => (visit === 1 ? undefined : null) });
  const { document, drafts } = await writer(t, node);
  const outcomes = [1, 2, 3].map((i) => document.update(1, i));
  await until(() => node.frames.filter(({ type }) => type === 'update').length === 3, 'the node has all');
  node.peers[0].destroy();
  outcomes.push(document.update(1, 4));
  assert.ok((await Promise.all(outcomes)).every(({ applied }) => applied));
  assert.deepEqual(log, [1, 2, 3, 4]);
  assert.deepEqual(drafts, []);
  const ids = node.frames.filter(({ type }) => type === 'update').map(({ id }) => id);
  assert.deepEqual(ids.slice(0, 3), ids.slice(3, 6));
});

test('when nothing more is taken the writer is told, and told when to go on; nothing in the middle is left out', async (t) => {
  let deaf = true;
  const held = [];
  const { node, log } = await storing(t, {
    answer(frame, { log: stored, peer }) {
      const store = () => stored.push(frame.data) && peer.send({ type: 'applied', ref: frame.ref, document: 'notes', id: frame.id, seq: stored.length });
      deaf ? held.push(store) : store();
      return undefined;
    },
  });
  const { document, drafts } = await writer(t, node);
  const told = [];
  document.on('full', () => told.push('full'));
  document.on('drain', () => told.push('drain'));
  document.on('writable', () => told.push('writable'));
  let i = 0;
  while (!document.full) {
    document.update(1, i++);
  }
  assert.equal(i, 1000);
  await assert.rejects(document.update(1, 'too much'), { code: 'full' });
  await assert.rejects(document.update(1, 'this too'), { code: 'full' });
  assert.equal(document.writable, false);
  assert.deepEqual(drafts.map(({ cause, edits }) => [cause, edits[0].data]), [['full', 'too much'], ['full', 'this too']]);
  await until(() => held.length > 0, 'the node has some');
  deaf = false;
  held.forEach((store) => store());
  await document.whenSaved();
  assert.deepEqual(told, ['full', 'drain', 'writable']);
  assert.equal((await document.update(1, 'again')).applied, true);
  assert.deepEqual(log, [...Array.from({ length: 1000 }, (_, n) => n), 'again']);
});

test('pending and saved tell what is on its way; whenSaved waits for it, and rejects when it comes back', async (t) => {
  const { node } = await storing(t, {
    answer: ({ data }) => (data === 'no' ? { type: 'fenced', epoch: 2, holder: null } : null),
  });
  const { document } = await writer(t, node);
  const told = [];
  document.on('pending', ({ count, bytes }) => told.push([count, bytes]));
  document.on('saved', (saved) => told.push(saved));
  await document.whenSaved();
  document.update(1, 'grün');
  assert.deepEqual([document.saved, document.pending], [false, { count: 1, bytes: 7 }]);
  await document.whenSaved();
  assert.deepEqual(told, [[1, 7], false, [0, 0], true]);
  document.update(1, 'no');
  await assert.rejects(document.whenSaved(), { code: 'fenced' });
});

test('an edit larger than a message goes in parts where the node takes them, in order with the others', async (t) => {
  const parts = [];
  const { node, log } = await storing(t, {
    limits: { message: 4096, data: 2048, updateData: 100_000, rate: 10_000, bytes: 10_000_000 },
    answer({ id, data, part, parts: all }, { log: stored }) {
      if (part === undefined) {
        return null;
      }
      parts.push([id, part, all]);
      assert.ok(Buffer.byteLength(JSON.stringify(data)) <= 2048);
      held.push(data);
      if (part < all) {
        return undefined;
      }
      stored.push(JSON.parse(held.join('')));
      return { type: 'applied', seq: stored.length };
    },
  });
  const held = [];
  const { document, drafts } = await writer(t, node);
  const large = '"𝄞\\grün\n'.repeat(3000);
  const outcomes = await Promise.all([document.update(1, 'a'), document.update(1, large), document.update(1, 'b')]);
  assert.ok(outcomes.every(({ applied }) => applied));
  assert.deepEqual(log, ['a', large, 'b']);
  assert.deepEqual(parts.map(([id, part]) => [id, part]), parts.map((_, i) => [parts[0][0], i + 1]));
  assert.ok(parts.every(([, , all]) => all === parts.length));
  assert.deepEqual(drafts, []);
  await assert.rejects(document.update(1, 'x'.repeat(100_001)), { code: 'too-large' });
});

test('a snapshot larger than a message goes in parts where the node takes them, and is refused with words where not', async (t) => {
  const got = [];
  const { node } = await storing(t, {
    limits: { message: 4096, data: 2048, snapshot: 50_000 },
    more: {
      snapshot(peer, { ref, document, part, parts, data, seq }) {
        got.push(data);
        if (part === parts) {
          peer.send({ type: 'applied', ref, document, seq });
        }
      },
    },
  });
  const { document, problems } = await writer(t, node);
  await document.snapshot({ text: 'y'.repeat(20_000) });
  assert.deepEqual(JSON.parse(got.join('')), { text: 'y'.repeat(20_000) });
  await assert.rejects(document.snapshot('z'.repeat(60_000)), { code: 'too-large' });
  assert.deepEqual(problems.map(({ code, document: name }) => [code, name]), [['too-large', 'notes']]);
});

test('whatever is written, the node\'s limits are never run into; when it says to wait the client waits', async (t) => {
  const limits = { rate: 100, bytes: 1_000_000, message: 131_072, data: 65_536 };
  const arrived = [];
  let told = 0;
  const { node, log } = await storing(t, {
    limits,
    answer({ data }) {
      arrived.push(performance.now());
      if (data === 100 && told === 0) {
        told = performance.now();
        return { type: 'error', code: 'rate-limited', message: 'slower', retry: 300 };
      }
      return told > 0 && performance.now() - told < 250 ? { type: 'error', code: 'rate-limited', message: 'slower', retry: 50 } : null;
    },
  });
  const { document, drafts } = await writer(t, node);
  const all = Array.from({ length: 250 }, (_, i) => i);
  await Promise.all(all.map((i) => document.update(1, i)));
  assert.deepEqual(log, all);
  assert.deepEqual(drafts, []);
  // As the node counts: its rate, and twice that at once.
  let left = 2 * limits.rate;
  arrived.forEach((at, i) => {
    left = Math.min(2 * limits.rate, left + ((at - (arrived[i - 1] ?? at)) * limits.rate) / 1000) - 1;
    assert.ok(left >= 0, `too fast at ${i}`);
  });
});

// ---- signals -------------------------------------------------------------------------------------------------------

test('signals are told at most about 30 times a second, the latest always', async (t) => {
  const { node } = await storing(t, { limits: { rate: 200, bytes: 1_000_000 } });
  const { document, problems } = await writer(t, node);
  const begun = performance.now();
  let last = 0;
  while (performance.now() - begun < 500) {
    for (let i = 0; i < 20; i++) {
      document.signal({ x: ++last });
    }
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  const signals = () => node.frames.filter(({ type }) => type === 'signal').map(({ data }) => data.x);
  await until(() => signals().at(-1) === last, 'the last one is told');
  assert.ok(signals().length >= 4 && signals().length <= 20, `${signals().length} in half a second`);
  assert.deepEqual(problems, []);
});

test('a signal that finds no connection goes out when there is one; one to be kept is said again by a new session', async (t) => {
  const { node } = await storing(t, {
    more: { hello: (peer, frame, visit) => peer.welcome(frame, { session: `s-${visit}`, resumed: false }) },
  });
  const { document, client } = await writer(t, node);
  document.signal('here', { keep: true });
  await until(() => node.frames.some(({ type }) => type === 'signal'), 'it is told');
  node.peers[0].destroy();
  await next(client, 'state', ({ state }) => state === 'waiting');
  document.signal('moved');
  const signals = () => node.frames.filter(({ type }) => type === 'signal').map(({ data, keep }) => [data, keep]);
  await until(() => signals().length === 3, 'both are told');
  assert.deepEqual(signals().slice(1).sort(), [['here', true], ['moved', undefined]]);
});

