import assert from 'node:assert/strict';
import test from 'node:test';
import { useConnection, useDocument, useMembers, useRights, useSaved } from 'baton-client/react';
import { person, until } from './support/people.js';
import { joined, scriptedNode } from './support/scripted-node.js';

// Said of the renderer used here, which needs no DOM.
const warn = console.error;
console.error = (...words) => String(words[0]).includes('react-test-renderer is deprecated') || warn(...words);
const { StrictMode, createElement: h } = await import('react');
const { default: TestRenderer } = await import('react-test-renderer');

const ADA = { session: 's-1', user: { id: 'ada', name: 'Ada' }, mode: 'edit', since: 1, state: 'online' };
const BEN = { session: 's-2', user: { id: 'ben', name: 'Ben' }, mode: 'view', since: 2, state: 'online' };
const RIGHTS = { epoch: 1, holder: ADA, state: 'held', queue: [], you: 'holder', cause: 'joined' };

async function aNode(t) {
  let answers = true;
  const node = await scriptedNode({
    join: (peer, frame) => peer.send(joined(frame, { members: [ADA], count: 1, rights: { ...RIGHTS, you: frame.mode === 'edit' ? 'holder' : 'viewer' } })),
    leave: (peer, { ref, document }) => peer.send({ type: 'left', ref, document }),
    update: (peer, { ref, document, id }) => answers && peer.send({ type: 'applied', ref, document, id, seq: 1 }),
  });
  t.after(() => node.close());
  const client = person(t, 'ada', node.url);
  client.connect();
  await until(() => client.state === 'online', 'she is there');
  const sent = (type) => node.frames.filter((frame) => frame.type === type);
  return { node, client, sent, deaf: () => (answers = false) };
}

let seen = {};
function Notes({ client, mode }) {
  const document = useDocument(client, 'notes', mode);
  const rights = useRights(document);
  const { members, count } = useMembers(document);
  const { saved, pending } = useSaved(document);
  const { online } = useConnection(client);
  seen = { document, ...rights, names: [...members.values()].map(({ user }) => user.name), count, saved, pending, online };
  return null;
}

function mount(t, element) {
  seen = {};
  const root = TestRenderer.create(h(StrictMode, null, element));
  t.after(() => root.unmount());
  return root;
}

test('in StrictMode a document is joined once, and what hooks read is drawn when it changes', async (t) => {
  const { node, client, sent, deaf } = await aNode(t);
  mount(t, h(Notes, { client, mode: 'edit' }));
  await until(() => seen.writable, 'she may write');
  assert.deepEqual([seen.standing, seen.holder.user.name, seen.names, seen.count, seen.saved, seen.online], ['writer', 'Ada', ['Ada'], 1, true, true]);
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.deepEqual([new Set(sent('join').map(({ mode }) => mode)), sent('leave').length], [new Set(['edit']), 0]);

  node.peers[0].send({ type: 'presence', document: 'notes', joined: [BEN], left: [], changed: [], count: 2 });
  await until(() => seen.count === 2, 'there are two');
  assert.deepEqual(seen.names, ['Ada', 'Ben']);
  deaf();
  seen.document.update(seen.epoch, 'x');
  await until(() => !seen.saved && seen.pending.count === 1, 'it is not saved yet');
});

test('the last component that goes leaves the document; one that comes back at once does not', async (t) => {
  const { client, sent } = await aNode(t);
  const root = mount(t, [h(Notes, { client, mode: 'edit', key: 1 }), h(Notes, { client, mode: 'edit', key: 2 })]);
  await until(() => seen.writable, 'she may write');
  const first = seen.document;
  const draw = async (...keys) => {
    root.update(h(StrictMode, null, keys.map((key) => h(Notes, { client, mode: 'edit', key }))));
    await new Promise((resolve) => setTimeout(resolve, 15));
  };
  await draw(1);
  await draw(3);
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(seen.document, first);
  assert.equal(sent('leave').length, 0);
  await draw();
  await until(() => sent('leave').length === 1, 'it is left');
  await draw(4);
  await until(() => seen.writable, 'she may write again');
  assert.notEqual(seen.document, first);
});

test('another mode is taken', async (t) => {
  const { client, sent } = await aNode(t);
  const root = mount(t, h(Notes, { client, mode: 'view' }));
  await until(() => seen.standing === 'viewer', 'she reads');
  root.update(h(StrictMode, null, h(Notes, { client, mode: 'edit' })));
  await until(() => seen.writable, 'she may write');
  assert.equal(sent('join').at(-1).mode, 'edit');
});
