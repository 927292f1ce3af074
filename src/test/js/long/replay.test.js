import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { gunzipSync } from 'node:zlib';
import { NODES } from '../support/people.js';
import { replayed } from '../support/replay.js';

/**
 * A clone of https://github.com/josephg/editing-traces (CC BY 4.0), whole sessions of which are replayed; without it,
 * what is beside the tests. `written` tells what has to be there after a restart.
 */
const TRACES = process.env.BATON_TRACES;
const WRITTEN = process.env.BATON_WRITTEN;
const EXCERPT = new URL('../traces/clownschool.json', import.meta.url);

const trace = (file) => JSON.parse(gunzipSync(readFileSync(join(TRACES, file))));

/** The steps of a trace that one author made. */
const alone = ({ txns }) => txns.map(({ patches }) => [0, patches]);

/**
 * The steps of the flat trace, each with an author of the trace of which it is made: the same time and text, the author
 * of before if it can be.
 */
function together(flat, { txns }) {
  const authors = new Map();
  const key = ({ time, patches }) => JSON.stringify([time, patches.map(([, gone, put]) => [gone, put])]);
  txns.forEach((txn) => authors.set(key(txn), [...(authors.get(key(txn)) ?? []), txn.agent]));
  let author = 0;
  return flat.txns.map((txn) => {
    const all = authors.get(key(txn));
    [author] = all.splice(Math.max(0, all.indexOf(author)), 1);
    return [author, txn.patches];
  });
}

const SESSIONS = TRACES
  ? {
      'automerge-paper': () => [trace('sequential_traces/automerge-paper.json.gz'), alone],
      'seph-blog1': () => [trace('sequential_traces/seph-blog1.json.gz'), alone],
      rustcode: () => [trace('sequential_traces/rustcode.json.gz'), alone],
      clownschool: () => [trace('sequential_traces/clownschool_flat.json.gz'), (flat) => together(flat, trace('concurrent_traces/clownschool.json.gz'))],
    }
  : { 'clownschool, its beginning': () => [JSON.parse(readFileSync(EXCERPT, 'utf8')), ({ txns }) => txns] };

for (const [session, read] of Object.entries(SESSIONS)) {
  test(`the whole session ${session} is the same text for all`, async (t) => {
    const [whole, steps] = read();
    const end = whole.endContent ?? whole.end;
    const all = steps(whole);
    const begun = performance.now();
    const { name, texts, joins, handOvers } = await replayed(t, NODES, all);
    texts.forEach((text) => assert.ok(text === end, `${text.length} of ${end.length} characters`));
    assert.ok(joins.length >= 2, 'one of them was cut off');
    t.diagnostic(`${all.length} edits, ${handOvers} hand-overs in ${Math.round(performance.now() - begun)} ms`);
    mkdirSync(WRITTEN, { recursive: true });
    writeFileSync(join(WRITTEN, `${session}.json`), JSON.stringify({ name, end }));
  });
}
