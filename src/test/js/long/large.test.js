import assert from 'node:assert/strict';
import test from 'node:test';
import * as Y from 'yjs';
import { NODES, aDocument, person, until } from '../support/people.js';
import { writer, written } from '../support/yjs.js';

test('twenty reloads of a document of 1 MB with a local copy leave the log as it was', async (t) => {
  const name = aDocument();
  const ada = writer(t, 'ada', NODES[0], name, 'edit', { doc: written(1_000_000) });
  ada.client.connect();
  await ada.provider.whenSaved();
  const copy = Y.encodeStateAsUpdate(ada.doc);
  const watcher = person(t, 'watcher', NODES[1]);
  const watched = watcher.document(name, 'view');
  watcher.connect();
  await watched.whenSynced();
  const updates = [];
  watched.on('entry', ({ kind, data }) => kind === 'update' && updates.push(data));
  await ada.provider.destroy();
  ada.client.bye();
  for (let i = 0; i < 20; i++) {
    const doc = new Y.Doc();
    Y.applyUpdate(doc, copy);
    const again = writer(t, 'ada', NODES[i % 2], name, 'edit', { doc });
    again.client.connect();
    await until(() => again.provider.writable, 'she has the lock', 60_000);
    await again.provider.whenSaved();
    await again.provider.destroy();
    again.client.bye();
  }
  const last = writer(t, 'ben', NODES[0], name, 'view');
  last.client.connect();
  await last.provider.whenSynced();
  await until(() => watched.seq >= last.joined.seq, 'the watcher has been told all');
  assert.equal(updates.length, 0);
  assert.ok(last.text.toString() === ada.text.toString());
});
