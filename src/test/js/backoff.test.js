import assert from 'node:assert/strict';
import test from 'node:test';
import { comesBack, delay } from './node_modules/baton-client/backoff.js';

const BOUNDS = { least: 250, most: 10_000 };

test('the wait grows from a quarter of a second to ten, and is anywhere between', () => {
  for (let attempt = 0; attempt < 100; attempt++) {
    const bound = Math.min(10_000, 500 * 2 ** attempt);
    assert.equal(delay(attempt, BOUNDS, () => 0), 250);
    assert.equal(delay(attempt, BOUNDS, () => 1), bound);
    const some = delay(attempt, BOUNDS);
    assert.ok(some >= 250 && some <= bound);
  }
});

test('each close code is followed by what the protocol says', () => {
  const stays = [1002, 1003, 1007, 1008, 4401, 4500, 4501, 4503, 4999];
  const returns = [1000, 1001, 1005, 1006, 1009, 1011, 1012, 1013, 4000, 4001, 4002, 4400, 4499];
  stays.forEach((code) => assert.equal(comesBack(code), false, `${code}`));
  returns.forEach((code) => assert.equal(comesBack(code), true, `${code}`));
});
