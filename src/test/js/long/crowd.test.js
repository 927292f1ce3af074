import assert from 'node:assert/strict';
import test from 'node:test';
import { Worker } from 'node:worker_threads';
import { NODES, aDocument, until } from '../support/people.js';
import { writer } from '../support/yjs.js';

/** With those who type and read, as many as the node tells all members of. */
const SIZE = 198;
const WITHIN = 5_000;

/** A tenth of what it was when every member answered every newcomer. */
const MOST = 200_000;

/** How often somebody types, and how long it may take until all see all on a machine that is slow, in milliseconds. */
const KEY = 100;
const PATIENCE = 300_000;

test('providers that make a room of 200, and join within five seconds, are told of each other without a storm', async (t) => {
  const name = aDocument();
  const [ada, ben] = ['ada', 'ben'].map((who, i) => writer(t, who, NODES[i], name, i ? 'view' : 'edit'));
  const begun = [];
  const took = [];
  ben.text.observe(() => {
    while (took.length < ben.text.length) {
      took.push(performance.now() - begun[took.length]);
    }
  });
  [ada, ben].forEach(({ client }) => client.connect());
  await until(() => ada.provider.writable && ben.provider.synced, 'both are there');
  const crowd = new Worker(new URL('../support/crowd.js', import.meta.url), { workerData: { nodes: NODES, name, size: SIZE, within: WITHIN } });
  t.after(() => crowd.terminate());
  let last = { frames: 0, joined: 0, all: false };
  crowd.on('message', (told) => (last = told));
  const typing = setInterval(() => {
    begun.push(performance.now());
    ada.text.insert(ada.text.length, 'x');
  }, KEY);
  t.after(() => clearInterval(typing));
  await until(() => last.all, 'all see all', PATIENCE);
  clearInterval(typing);
  await until(() => took.length === begun.length, 'he has read all', PATIENCE);
  const sorted = took.sort((a, b) => a - b);
  const at = (share) => Math.round(sorted[Math.floor(sorted.length * share)]);
  t.diagnostic(`joined in ${Math.round(last.joined)} ms; ${last.frames} frames; typing ${took.length} times: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`);
  assert.ok(last.frames < MOST, `${last.frames} frames`);
});
