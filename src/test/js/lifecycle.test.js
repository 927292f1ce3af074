import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import test from 'node:test';
import { Keep } from 'baton-client/keep';
import { NODES, aDocument, next, person, storage, until } from './support/people.js';
import { joined, scriptedNode } from './support/scripted-node.js';

const QUICK = { backoff: { least: 5, most: 20 } };

async function aNode(t) {
  const node = await scriptedNode({
    hello: (peer, frame) => peer.welcome(frame, { resume: `secret ${node.hellos.length}`, resumed: frame.resume !== undefined }),
    join: (peer, frame) => peer.send(joined(frame)),
    leave: (peer, { ref, document }) => peer.send({ type: 'left', ref, document }),
    ping: (peer, { ref }) => peer.send({ type: 'pong', ref }),
  });
  t.after(() => node.close());
  return node;
}

/** What a browser has and Node has not: a window that is left and gone back to. */
function aPage(t) {
  const page = new EventTarget();
  const names = ['addEventListener', 'removeEventListener'];
  names.forEach((name) => (globalThis[name] = page[name].bind(page)));
  t.after(() => names.forEach((name) => delete globalThis[name]));
  return (type, persisted) => page.dispatchEvent(Object.assign(new Event(type), { persisted }));
}

test('a page that is left says goodbye; gone back to, it is there again', async (t) => {
  const page = aPage(t);
  const node = await aNode(t);
  const client = person(t, 'ada', node.url, QUICK);
  const document = client.document('notes', 'edit');
  client.connect();
  await until(() => document.joined, 'she is in');
  page('pagehide', true);
  await until(() => node.frames.some(({ type }) => type === 'bye'), 'she says goodbye');
  await new Promise((resolve) => setTimeout(resolve, 60));
  assert.equal(node.hellos.length, 1, 'a page that nobody sees does not come back');
  page('pageshow', true);
  await until(() => document.joined, 'she is in again');
  assert.equal(node.hellos[1].resume, undefined, 'as somebody new');
});

test('with a place to keep it, the session goes on after a refresh, and a duplicated tab has its own', async (t) => {
  const page = aPage(t);
  const node = await aNode(t);
  const tab = storage();
  const before = person(t, 'ada', node.url, { ...QUICK, keep: new Keep(tab) });
  const edited = before.document('notes', 'edit');
  before.connect();
  await until(() => edited.writable, 'she may write');
  const duplicate = tab.copy();
  edited.update(1, 'on its way');
  page('pagehide', false);
  await until(() => before.state === 'waiting', 'the page is left');
  assert.ok(!node.frames.some(({ type }) => type === 'bye'));

  const after = person(t, 'ada', node.url, { ...QUICK, keep: new Keep(tab) });
  after.connect();
  await until(() => after.state === 'online', 'she is there again');
  assert.equal(node.hellos[1].resume, 'secret 1');
  const drafts = new Keep(tab).drafts('notes');
  assert.deepEqual(drafts.map(({ edits, uncertain }) => [edits[0].data, uncertain]), [['on its way', true]]);

  const other = person(t, 'ada', node.url, { ...QUICK, keep: new Keep(duplicate) });
  other.connect();
  await until(() => other.state === 'online', 'so is the other tab');
  assert.equal(node.hellos[2].resume, undefined);
});

test('a page that comes back as it was sends what it kept itself, and makes no draft of it', async (t) => {
  const page = aPage(t);
  const node = await aNode(t);
  const tab = storage();
  const client = person(t, 'ada', node.url, { ...QUICK, keep: new Keep(tab) });
  const document = client.document('notes', 'edit');
  client.connect();
  await until(() => document.writable, 'she may write');
  document.update(1, 'on its way');
  page('pagehide', true);
  page('pageshow', true);
  await until(() => node.frames.filter(({ type }) => type === 'update').length === 2, 'it is sent again');
  assert.equal(node.hellos[1].resume, 'secret 1');
  const later = new Keep(tab);
  assert.deepEqual([later.take(), later.drafts('notes')], [undefined, []]);
});

test('bye ends the session: the next connection is a new one', async (t) => {
  const node = await aNode(t);
  const client = person(t, 'ada', node.url, QUICK);
  client.connect();
  await until(() => client.state === 'online', 'she is there');
  client.bye();
  assert.equal(client.state, 'ended');
  client.connect();
  await until(() => node.hellos.length === 2, 'she comes again');
  assert.ok(node.frames.some(({ type }) => type === 'bye'));
  assert.equal(node.hellos[1].resume, undefined);
});

test('a document that is asked for in another mode changes to it', { skip: NODES.length === 0 }, async (t) => {
  const client = person(t, 'ada', NODES[0], QUICK);
  const name = aDocument();
  const document = client.document(name, 'view');
  client.connect();
  await until(() => document.standing === 'viewer', 'she reads');
  assert.equal(client.document(name, 'edit'), document);
  await until(() => document.writable, 'she may write');
  client.document(name, 'view');
  await until(() => document.standing === 'viewer', 'she has given the lock back');
  assert.equal(document.rights.holder, null);
});

test('left and entered again at once, as often as one likes, a document works; left, it gives the lock back', { skip: NODES.length === 0 }, async (t) => {
  const name = aDocument();
  const ada = person(t, 'ada', NODES[0], QUICK);
  const ben = person(t, 'ben', NODES.at(-1), QUICK);
  const his = ben.document(name, 'view');
  ada.connect();
  ben.connect();
  await until(() => his.joined && ada.state === 'online', 'both are there');
  let hers = ada.document(name, 'edit');
  for (let i = 0; i < 5; i++) {
    hers.leave();
    hers = ada.document(name, 'edit');
  }
  await until(() => hers.writable, 'she may write');
  assert.equal((await hers.update(hers.rights.epoch, 'x')).applied, true);
  hers.leave();
  await until(() => his.members.size === 1 && his.rights.state === 'free', 'nobody holds the lock');
});

test('what is left without a listener of its own is told: a document that the node takes away', async (t) => {
  const node = await aNode(t);
  const client = person(t, 'ada', node.url, QUICK);
  const document = client.document('notes', 'view');
  client.connect();
  await until(() => document.joined, 'she is in');
  const dropped = next(document, 'dropped');
  node.peers[0].send({ type: 'left', document: 'notes' });
  assert.equal((await dropped).code, 'forbidden');
  assert.notEqual(client.document('notes', 'view'), document);
});

test('it takes no EventTarget, CustomEvent, crypto or performance', () => {
  const script = `
    for (const name of ['EventTarget', 'CustomEvent', 'Event', 'crypto', 'performance', 'TextEncoder', 'atob']) {
      Object.defineProperty(globalThis, name, { value: undefined });
    }
    const { BatonClient } = await import('baton-client');
    class Socket {
      readyState = 1;
      constructor() { setTimeout(() => this.onopen()); }
      send(text) {
        const { type, ref, document, id } = JSON.parse(text);
        const rights = { epoch: 1, holder: null, state: 'held', queue: [], you: 'holder' };
        const answer = {
          hello: { type: 'welcome', session: 's', resume: 'r', node: 'n', heartbeat: {}, limits: {} },
          join: { type: 'joined', document, log: 'l', seq: 0, recovered: false, snapshot: null, entries: [], members: [], count: 0, rights },
          update: { type: 'applied', document, id, seq: 1 },
        }[type];
        answer && setTimeout(() => this.onmessage({ data: JSON.stringify({ ref, ...answer }) }));
      }
      close() {}
    }
    const client = new BatonClient({ url: 'ws://x', user: { id: 'a', name: 'A' }, token: 'a.b.c', WebSocket: Socket });
    const notes = client.document('notes', 'edit');
    notes.once('writable', async ({ epoch }) => {
      const { applied } = await notes.update(epoch, 'ü');
      console.log(applied);
      client.close();
    });
    client.connect();`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8', cwd: process.cwd() });
  assert.equal(stdout, 'true\n', stderr);
});

