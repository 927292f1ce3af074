import assert from 'node:assert/strict';
import test from 'node:test';
import { Worker } from 'node:worker_threads';
import { NODES, aDocument, person, until } from '../support/people.js';

const SIZE = 200;
const WITHIN = 5_000;

/** A tenth of what it was when every member answered every newcomer. */
const MOST = 200_000;

/** For how long people go on typing, and how often, in milliseconds. */
const TYPING = 15_000;
const KEY = 100;

test('200 providers that join in five seconds are told of each other without a storm, and typing beside them stays quick', async (t) => {
  const name = aDocument();
  const [ada, ben] = ['ada', 'ben'].map((who, i) => person(t, who, NODES[i]));
  const writes = ada.document(name, 'edit');
  const reads = ben.document(name, 'view');
  const begun = new Map();
  const took = [];
  reads.on('entry', ({ kind, data }) => kind === 'update' && took.push(performance.now() - begun.get(data)));
  [ada, ben].forEach((client) => client.connect());
  await until(() => writes.writable && reads.synced, 'both are there');
  const crowd = new Worker(new URL('../support/crowd.js', import.meta.url), { workerData: { nodes: NODES, name, size: SIZE, within: WITHIN } });
  t.after(() => crowd.terminate());
  let last = { frames: 0, all: false };
  crowd.on('message', (told) => (last = told));
  let key = 0;
  const typing = setInterval(() => {
    begun.set(++key, performance.now());
    writes.update(writes.rights.epoch, key);
  }, KEY);
  t.after(() => clearInterval(typing));
  await until(() => key * KEY >= TYPING, 'they have typed', 4 * TYPING);
  clearInterval(typing);
  await until(() => last.all && took.length === key, 'all see all', 60_000);
  const sorted = took.sort((a, b) => a - b);
  const p99 = sorted[Math.floor(sorted.length * 0.99)];
  t.diagnostic(`${last.frames} frames to the crowd, ${key * SIZE} of them for what was typed; typing p50 ${Math.round(sorted[sorted.length >> 1])} ms, p99 ${Math.round(p99)} ms`);
  assert.ok(last.frames < MOST, `${last.frames} frames`);
  assert.ok(p99 < 1_000, `${p99} ms`);
});
