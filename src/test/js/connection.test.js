import assert from 'node:assert/strict';
import test from 'node:test';
import { NODES, aDocument, chance, logOf, next, person, until } from './support/people.js';
import { Proxy } from './support/proxy.js';

const QUICK = { backoff: { least: 20, most: 200 } };

async function proxyTo(t, node) {
  const proxy = await Proxy.to(node);
  t.after(() => proxy.close());
  return proxy;
}

/** Ada on the first node, behind a network that can be made bad, with the pen; Ben on the last one. */
async function pair(t) {
  const name = aDocument();
  const proxy = await proxyTo(t, NODES[0]);
  const ada = person(t, 'ada', proxy.url, QUICK);
  const ben = person(t, 'ben', NODES.at(-1), QUICK);
  const hers = ada.document(name, 'edit');
  const drafts = [];
  hers.on('draft', (draft) => drafts.push(draft));
  const writable = next(hers, 'writable');
  const log = logOf(hers);
  ada.connect();
  const { epoch } = await writable;
  return { name, proxy, ada, ben, hers, drafts, log, epoch };
}

test('members, the pen, updates, messages and signals come to everyone in the document', async (t) => {
  const { name, ada, ben, hers, epoch } = await pair(t);
  const his = ben.document(name, 'view');
  const log = logOf(his);
  ben.connect();
  await until(() => his.members.size === 2 && hers.members.size === 2, 'both see both');
  assert.deepEqual([...his.members.values()].map(({ user }) => user.name).sort(), ['ada', 'ben']);
  assert.equal(his.rights.holder.session, ada.session);
  assert.equal(his.rights.you, 'viewer');

  const signal = next(his, 'signal');
  hers.signal({ cursor: 3 });
  assert.deepEqual(await signal, { session: ada.session, data: { cursor: 3 } });

  const said = next(his, 'entries', ({ entries }) => entries.some(({ kind }) => kind === 'message'));
  assert.equal((await hers.update(epoch, { any: ['JSON', 1.5] })).applied, true);
  assert.equal((await hers.say('good morning')).applied, true);
  await said;
  assert.deepEqual(log.updates.map(({ data, user }) => [data, user.name]), [[{ any: ['JSON', 1.5] }, 'ada']]);

  const asked = next(hers, 'requested');
  const got = next(his, 'writable');
  await his.request();
  const { by, until: end } = await asked;
  assert.equal(by.session, ben.session);
  assert.ok(end > performance.now());
  await hers.answer(by.session, true);
  assert.ok((await got).epoch > epoch);
  assert.equal(hers.rights.you, 'viewer');

  await his.leave();
  await until(() => hers.members.size === 1, 'who left is not there');
});

test('over connections that are cut, delayed and doubled every edit is in the log once, in order', async (t) => {
  const { name, proxy, hers, drafts, log, epoch, ben, ada } = await pair(t);
  const his = ben.document(name, 'view');
  const seen = logOf(his);
  ben.connect();
  const random = chance(20261123);
  const outcomes = [];
  for (let i = 0; i < 60; i++) {
    outcomes.push(hers.update(epoch, i));
    proxy.delay = random() < 0.3 ? Math.round(random() * 60) : 0;
    if (random() < 0.2) {
      // The far half stays: the node hears what was on its way after it hears from the connection that follows.
      proxy.linger = random() < 0.5 ? 400 : 0;
      proxy.delay = 30;
      hers.say(`cut at ${i}`);
      proxy.cut();
      await next(ada, 'state', ({ state }) => state === 'connecting');
    }
    await new Promise((resolve) => setTimeout(resolve, random() * 40));
  }
  proxy.delay = 0;
  const results = await Promise.all(outcomes);
  assert.ok(results.every(({ applied }) => applied), JSON.stringify(results));
  assert.equal(drafts.length, 0);
  const all = Array.from({ length: 60 }, (_, i) => i);
  await until(() => seen.updates.length >= 60 && log.updates.length >= 60, 'both have all');
  assert.deepEqual(seen.updates.map(({ data }) => data), all);
  assert.deepEqual(log.updates.map(({ data }) => data), all);
  for (const { seqs } of [seen, log]) {
    assert.deepEqual(seqs, seqs.map((_, i) => seqs[0] + i), 'no gap, nothing twice');
  }
  assert.equal(new Set(results.map(({ seq }) => seq)).size, 60);
});

test('a node that falls silent is noticed by the client itself, which resumes where it was', async (t) => {
  const { proxy, ada, hers, log, epoch } = await pair(t);
  const { session } = ada;
  await hers.update(epoch, 'before');
  const waiting = next(ada, 'state', ({ state }) => state === 'waiting');
  const start = performance.now();
  proxy.fallSilent();
  const pending = hers.update(epoch, 'meanwhile');
  assert.equal((await waiting).reason, 'the node does not answer');
  const took = performance.now() - start;
  assert.ok(took < 10_000, `${took} ms`);
  const again = next(ada, 'welcome');
  proxy.cut();
  proxy.flow();
  assert.equal((await again).resumed, true);
  assert.equal(ada.session, session);
  assert.equal((await pending).applied, true);
  await until(() => log.updates.length === 2, 'its log is whole');
});

test('a client is back soon after its connection was cut, and keeps its pen', async (t) => {
  const { name, proxy, ada, ben, hers, epoch } = await pair(t);
  const his = ben.document(name, 'edit');
  ben.connect();
  await until(() => his.rights?.you === 'queued', 'somebody waits for it');
  const back = next(ada, 'welcome');
  proxy.cut();
  await back;
  assert.equal((await hers.update(epoch, 'still mine')).applied, true);
  assert.equal(hers.rights.epoch, epoch);
});

test('while nobody can be reached the client tries on, and is back when one can', async (t) => {
  const { proxy, ada } = await pair(t);
  proxy.closed = true;
  let tries = 0;
  ada.on('state', ({ state }) => (tries += state === 'connecting' ? 1 : 0));
  proxy.cut();
  await until(() => tries >= 3, 'it tries');
  const back = next(ada, 'welcome');
  proxy.closed = false;
  assert.equal((await back).resumed, true);
});

test('what was written while the pen went elsewhere comes back as a draft, and no one sees it', async (t) => {
  const { name, proxy, ada, ben, hers, drafts, epoch } = await pair(t);
  const his = ben.document(name, 'edit');
  const log = logOf(his);
  ben.connect();
  await until(() => his.rights?.you === 'queued', 'somebody waits for it');
  await hers.update(epoch, 'seen');
  const moved = next(his, 'writable');
  proxy.fallSilent();
  const late = [hers.update(epoch, 'late'), hers.update(epoch, 'later')];
  const mine = (await moved).epoch;
  assert.ok(mine > epoch);
  assert.equal((await his.update(mine, 'his')).applied, true);
  proxy.cut();
  proxy.flow();
  const outcomes = await Promise.all(late);
  assert.deepEqual(outcomes.map(({ applied, uncertain, epoch: now }) => ({ applied, uncertain, now })), [
    { applied: false, uncertain: false, now: mine },
    { applied: false, uncertain: false, now: mine },
  ]);
  assert.deepEqual(drafts.map(({ edits, cause, uncertain }) => ({ data: edits.map(({ data }) => data), cause, uncertain })), [
    { data: ['late', 'later'], cause: 'fenced', uncertain: false },
  ]);
  assert.equal(ada.state, 'online');
  assert.deepEqual(log.updates.map(({ data }) => data), ['seen', 'his']);
});

test('a document that was left while the node could not be told is left when it can', async (t) => {
  const { name, proxy, ada, ben, hers } = await pair(t);
  const his = ben.document(name, 'edit');
  ben.connect();
  await until(() => his.members.size === 2, 'both are there');
  proxy.closed = true;
  proxy.cut();
  await next(ada, 'state', ({ state }) => state === 'waiting');
  await hers.leave();
  proxy.closed = false;
  await until(() => his.members.size === 1 && his.holding, 'she is not in it any more, and has no pen');
});

test('the session goes on where its secret was shown last, and ends where it was', async (t) => {
  const { ada } = await pair(t);
  const welcome = next(ada, 'welcome');
  ada.close();
  ada.connect();
  const { resume, session } = await welcome;
  const ended = next(ada, 'state', ({ state }) => state === 'ended');
  const copy = person(t, 'ada', NODES.at(-1), { resume });
  const again = next(copy, 'welcome');
  copy.connect();
  assert.deepEqual([(await again).resumed, copy.session], [true, session]);
  assert.equal((await ended).code, 4500);
});

test('when its node ends the client goes to another one with its session, pen and place', async (t) => {
  const name = aDocument();
  const ada = person(t, 'ada', [process.env.BATON_DOOMED_NODE, NODES[0]], QUICK);
  const document = ada.document(name, 'edit');
  const log = logOf(document);
  const writable = next(document, 'writable');
  ada.connect();
  const { epoch } = await writable;
  await document.update(epoch, 'before');
  const { session } = ada;
  const back = next(ada, 'welcome', ({ resumed }) => resumed, 30_000);
  process.kill(Number(process.env.BATON_DOOMED_PID), 'SIGKILL');
  const pending = document.update(epoch, 'meanwhile');
  await back;
  assert.equal(ada.session, session);
  assert.equal((await pending).applied, true);
  await until(() => log.updates.length === 2, 'its log is whole');
});
