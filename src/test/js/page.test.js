import assert from 'node:assert/strict';
import test from 'node:test';
import { Carets, follow } from './page/carets.js';
import { History } from './page/history.js';
import { apply, diff } from './page/shared-text.js';

/** Numbers that look random, the same in each run. */
function numbers(seed) {
  let state = seed;
  return (below) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor((state / 2147483648) * below);
  };
}

const update = (seq, data, name = 'Ada') => ({ seq, kind: 'update', at: seq, user: { id: name, name }, session: name, data });

/** As many updates as asked for, each of which fits the text that those before it make. */
function written(count, seed) {
  const next = numbers(seed);
  const all = [];
  let text = '';
  for (let seq = 1; seq <= count; seq++) {
    const pos = next(text.length + 1);
    const splice = { pos, del: next(Math.min(4, text.length - pos + 1)), ins: 'abcdefgh'.slice(next(8)) };
    text = apply(text, splice);
    all.push({ seq, splice, text });
  }
  return all;
}

test('a caret stays at its letter, and where it is gone, at its place', () => {
  assert.equal(follow(4, { pos: 6, del: 0, ins: 'xyz' }), 4);
  assert.equal(follow(4, { pos: 4, del: 0, ins: 'xyz' }), 4);
  assert.equal(follow(4, { pos: 1, del: 2, ins: 'xyz' }), 5);
  assert.equal(follow(4, { pos: 2, del: 5, ins: 'x' }), 2);
  assert.equal(follow(4, { pos: 2, del: 2, ins: 'x' }), 3);
  assert.equal(follow(4, null), 4);
});

test('a caret that was told late is where one is that was told in time', () => {
  const all = written(300, 7);
  for (let at = 0; at < all.length; at += 13) {
    const early = new Carets();
    const late = new Carets();
    const caret = { anchor: Math.floor(all[at].text.length / 3), head: Math.floor(all[at].text.length / 2), seq: all[at].seq };
    for (const { seq, splice } of all) {
      early.wrote(seq, 'ada', splice);
      late.wrote(seq, 'ada', splice);
      if (seq === caret.seq) {
        early.tell('ben', caret);
      }
    }
    late.tell('ben', caret);
    const of = (carets) => carets.all().find(({ session }) => session === 'ben');
    assert.deepEqual(of(late), of(early));
    assert.ok(of(late).head <= all.at(-1).text.length);
  }
});

test('the writer is where the last update put something in; what is not stored yet moves the others', () => {
  const carets = new Carets();
  carets.wrote(1, 'ada', { pos: 0, del: 0, ins: 'hello' });
  carets.tell('ben', { anchor: 2, head: 4, seq: 1 });
  const unsaved = diff('hello', 'oh, hello');
  assert.deepEqual(carets.all(unsaved), [
    { session: 'ada', anchor: 9, head: 9 },
    { session: 'ben', anchor: 6, head: 8 },
  ]);
  carets.keep((session) => session === 'ben');
  assert.deepEqual(carets.all().map(({ session }) => session), ['ben']);
});

test('whatever is told as a caret, it is one or none', () => {
  const carets = new Carets();
  const nonsense = [null, 7, 'x', [], {}, { anchor: -1, head: 0, seq: 0 }, { anchor: 0, head: 1.5, seq: 0 }, { anchor: 0, head: 0, seq: '1' },
    { anchor: Infinity, head: 0, seq: 0 }, { anchor: { valueOf: () => 1 }, head: 0, seq: 0 }];
  nonsense.forEach((caret) => {
    carets.tell('eve', { anchor: 0, head: 0, seq: 0 });
    carets.tell('eve', caret);
    assert.deepEqual(carets.all(), [], JSON.stringify(caret));
  });
});

test('each moment of the history is the text that the log made then', () => {
  const all = written(1300, 3);
  const history = new History();
  history.restart('');
  history.add(all.map(({ seq, splice }) => update(seq, splice)));
  assert.equal(history.length, 1300);
  for (const moment of [1300, 1, 499, 500, 501, 1000, 1299, 2]) {
    const { text, from, to, seq } = history.at(moment);
    assert.equal(text, all[moment - 1].text);
    assert.equal(seq, moment);
    assert.equal(text.slice(from, to), all[moment - 1].splice.ins);
  }
});

test('the history begins with the snapshot, passes over what is no splice, and tells who wrote', () => {
  const history = new History();
  history.restart('so far');
  history.add([update(9, { pos: 0, del: 2, ins: 'thus' }, 'Ben'), { ...update(10, {}), kind: 'message' }, update(11, 'nonsense', 'Eve'), update(12, { pos: 99, del: 0, ins: 'x' })]);
  assert.equal(history.beginning, 'so far');
  assert.deepEqual(history.at(1), { seq: 9, at: 9, name: 'Ben', id: 'Ben', text: 'thus far', from: 0, to: 4 });
  assert.deepEqual([history.at(2).text, history.at(2).to, history.at(3).text], ['thus far', 0, 'thus far']);
});

test('a history without end forgets its beginning', () => {
  const history = new History();
  history.restart('');
  for (let seq = 1; seq <= 20_400; seq++) {
    history.add([update(seq, { pos: seq - 1, del: 0, ins: String(seq % 10) })]);
  }
  assert.ok(history.length <= 20_000);
  assert.equal(history.at(history.length).text.length, 20_400);
  assert.equal(history.beginning.length + history.length, 20_400);
  assert.equal(history.at(1).text, history.beginning + String((history.beginning.length + 1) % 10));
});
