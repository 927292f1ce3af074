import assert from 'node:assert/strict';
import test from 'node:test';
import { NODES, aDocument, until } from './support/people.js';
import { updatesIn, writer, written } from './support/yjs.js';

test('a state of 400 kB, and a paste of 100,000 characters, are one entry of the log each', async (t) => {
  const name = aDocument();
  const ada = writer(t, 'ada', NODES[0], name, 'edit', { doc: written(400_000) });
  ada.client.connect();
  await ada.provider.whenSaved();
  ada.text.insert(0, 'é'.repeat(100_000));
  await ada.provider.whenSaved();
  const ben = writer(t, 'ben', NODES[1], name, 'view');
  ben.client.connect();
  await ben.provider.whenSynced();
  assert.ok(ben.text.toString() === ada.text.toString());
  const updates = await updatesIn(t, name);
  assert.deepEqual(updates.map((data) => Object.keys(data)), [['y'], ['y']]);
});

test('what is larger than the node takes as one update is put together by those who read it', async (t) => {
  const name = aDocument();
  const ada = writer(t, 'ada', NODES[0], name, 'edit');
  ada.client.connect();
  await until(() => ada.provider.writable, 'she has the lock');
  ada.text.insert(0, 'x'.repeat(ada.client.limits.updateData));
  await ada.provider.whenSaved();
  const ben = writer(t, 'ben', NODES[1], name, 'view');
  ben.client.connect();
  await ben.provider.whenSynced();
  assert.ok(ben.text.toString() === ada.text.toString());
  const updates = await updatesIn(t, name);
  assert.deepEqual(updates.map(({ part, of }) => [part, of]), [[1, 2], [2, 2]]);
});
