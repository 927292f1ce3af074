import assert from 'node:assert/strict';
import test from 'node:test';
import * as awarenessProtocol from 'y-protocols/awareness';
import * as Y from 'yjs';
import { BatonProvider } from 'baton-client/yjs';
import { NODES, aDocument, chance, next, person, until } from './support/people.js';
import { Proxy } from './support/proxy.js';

const QUICK = { backoff: { least: 20, most: 200 } };

/** Somebody with a Yjs document of their own, kept in a document of Baton. */
function writer(t, name, url, document, mode, options) {
  const client = person(t, name, url, QUICK);
  const doc = new Y.Doc();
  const joined = client.document(document, mode);
  const provider = new BatonProvider(joined, doc, options);
  t.after(() => provider.destroy());
  return { client, doc, joined, provider, text: doc.getText('text') };
}

async function proxyTo(t, node) {
  const proxy = await Proxy.to(node);
  t.after(() => proxy.close());
  return proxy;
}

test('edits made while fenced and while offline are in both documents afterwards', async (t) => {
  const name = aDocument();
  const proxy = await proxyTo(t, NODES[0]);
  const ada = writer(t, 'ada', proxy.url, name, 'edit');
  const ben = writer(t, 'ben', NODES.at(-1), name, 'edit');
  ada.client.connect();
  await until(() => ada.provider.writable, 'she has the pen');
  ada.text.insert(0, 'together');
  await until(() => ada.provider.saved, 'it is stored');
  ben.client.connect();
  await until(() => ben.text.toString() === 'together', 'he has it too');

  // Silence: the pen goes to Ben, and what Ada writes meanwhile is refused.
  proxy.fallSilent();
  ada.text.insert(0, 'fenced ');
  ada.text.delete(ada.text.length - 2, 2);
  await until(() => ben.provider.writable, 'the pen has moved');
  ben.text.insert(ben.text.length, ' by ben');
  await until(() => ben.provider.saved, 'it is stored');

  proxy.closed = true;
  proxy.cut();
  proxy.flow();
  await until(() => ada.client.state === 'waiting', 'she is offline');
  ada.text.insert(ada.text.length, ' offline');
  assert.equal(ada.provider.saved, false);
  proxy.closed = false;
  await until(() => ada.text.toString().includes('by ben'), 'she has what he wrote');
  assert.equal(ada.provider.writable, false);
  assert.equal(ben.text.toString().includes('fenced'), false, 'without the pen nothing of hers goes out');

  await ben.joined.release();
  await until(() => ada.provider.writable && ada.provider.saved, 'she has the pen again, and all is stored');
  await until(() => ben.text.toString() === ada.text.toString(), 'both have the same');
  const text = ben.text.toString();
  for (const part of ['fenced ', 'togeth', ' by ben', ' offline']) {
    assert.ok(text.includes(part), `${part} in ${text}`);
  }
  assert.equal(text.includes('together'), false, 'what was deleted while fenced is deleted');

  const cid = writer(t, 'cid', NODES[0], name, 'view');
  cid.client.connect();
  await until(() => cid.text.toString() === text, 'who comes later has the same');
});

test('what was in the document before it was joined goes out with the pen', async (t) => {
  const name = aDocument();
  const doc = new Y.Doc();
  doc.getMap('map').set('kept', 'on this machine');
  const client = person(t, 'ada', NODES[0], QUICK);
  const provider = new BatonProvider(client.document(name, 'edit'), doc);
  t.after(() => provider.destroy());
  assert.equal(provider.saved, false);
  client.connect();
  await until(() => provider.saved, 'it is stored');
  const ben = writer(t, 'ben', NODES.at(-1), name, 'view');
  ben.client.connect();
  await until(() => ben.doc.getMap('map').get('kept') === 'on this machine', 'he has it too');
});

test('an edit larger than one update travels in parts, and over a connection that is cut too', async (t) => {
  const name = aDocument();
  const proxy = await proxyTo(t, NODES[0]);
  const ada = writer(t, 'ada', proxy.url, name, 'edit');
  const ben = writer(t, 'ben', NODES.at(-1), name, 'view');
  ada.client.connect();
  ben.client.connect();
  await until(() => ada.provider.writable, 'she has the pen');
  const random = chance(7);
  const large = Array.from({ length: 200_000 }, () => String.fromCharCode(97 + random() * 26)).join('');
  proxy.delay = 40;
  ada.text.insert(0, large);
  await until(() => proxy.connections === 1, 'it is on its way');
  proxy.cut();
  await until(() => ada.provider.saved, 'it is stored');
  await until(() => ben.text.length === large.length, 'he has all of it');
  assert.equal(ben.text.toString(), large);
});

test('many small edits by turns end in the same document everywhere, and most went out together', async (t) => {
  const name = aDocument();
  const ada = writer(t, 'ada', NODES[0], name, 'edit');
  const ben = writer(t, 'ben', NODES.at(-1), name, 'edit');
  ada.client.connect();
  await until(() => ada.provider.writable, 'she has the pen');
  ben.client.connect();
  await until(() => ben.joined.rights?.you === 'queued', 'he is next');
  const random = chance(11);
  for (let turn = 0; turn < 4; turn++) {
    const [writes, waits] = turn % 2 === 0 ? [ada, ben] : [ben, ada];
    await until(() => writes.provider.writable, `turn ${turn}`);
    for (let i = 0; i < 50; i++) {
      writes.text.insert(Math.floor(random() * (writes.text.length + 1)), `${turn}${i} `);
      if (random() < 0.3) {
        writes.text.delete(0, 1);
      }
    }
    waits.text.insert(0, `(early ${turn}) `);
    await until(() => writes.provider.saved, 'it is stored');
    await writes.joined.release(waits.client.session);
  }
  await until(() => ada.provider.writable && ada.provider.saved, 'the last who has something to add');
  await ada.joined.release(ben.client.session);
  await until(() => ben.provider.saved && ada.provider.saved, 'all is stored');
  await until(() => ada.text.toString() === ben.text.toString(), 'both have the same');
  assert.ok(ada.text.toString().includes('(early 3)'));
  assert.ok(ada.joined.seq < 120, `${ada.joined.seq} entries for over 200 edits`);
});

test('a provider that comes after the document was joined is refused, for it would miss what is in it', async (t) => {
  const client = person(t, 'ada', NODES[0], QUICK);
  const joined = client.document(aDocument(), 'view');
  client.connect();
  await next(joined, 'joined');
  assert.throws(() => new BatonProvider(joined, new Y.Doc()), /has to be there/);
});

test('cursors go to the others, and are gone when their session is', async (t) => {
  const name = aDocument();
  const ada = writer(t, 'ada', NODES[0], name, 'edit', { awarenessProtocol });
  const ben = writer(t, 'ben', NODES.at(-1), name, 'view', { awarenessProtocol });
  ada.client.connect();
  ben.client.connect();
  ada.provider.awareness.setLocalStateField('cursor', 3);
  const hers = () => ben.provider.awareness.getStates().get(ada.doc.clientID);
  await until(() => hers()?.cursor === 3, 'he sees it');
  ada.client.close();
  await until(() => hers() === undefined, 'he does not see it any more');
});
