import assert from 'node:assert/strict';
import test from 'node:test';
import { Liveness } from './node_modules/baton-client/liveness.js';

const SILENCE = 10_000;

/**
 * A tab and a node with a clock of their own. Timers fire at the earliest when they should, and only at multiples of
 * `grain`, as a hidden tab's do; while the tab is `frozen`, neither they nor answers come.
 */
class World {
  now = 0;
  alive = true;
  asked = 0;
  dead = false;
  #due = 0;
  #answers = [];

  constructor({ grain = 1, answer = 50, frozen = [] } = {}) {
    this.grain = grain;
    this.answer = answer;
    this.frozen = frozen;
    this.liveness = new Liveness(SILENCE, 0);
    this.#heed(this.liveness.wake(0));
  }

  doubt(patience) {
    this.#heed(this.liveness.doubt(patience, this.now));
  }

  /** Lets the time go on, in steps of 10 ms; returns when the node was called dead, or null. */
  run(until) {
    for (; this.now < until && !this.dead; this.now += 10) {
      if (this.frozen.some(([from, to]) => this.now >= from && this.now < to)) {
        continue;
      }
      // Of what is due after a sleep, the timers come first: the worst order.
      if (this.now >= this.#due && this.now % this.grain === 0) {
        this.#heed(this.liveness.wake(this.now));
      }
      while (this.#answers.length > 0 && this.#answers[0] <= this.now) {
        this.#answers.shift();
        this.liveness.heard(this.now);
      }
    }
    return this.dead ? this.now : null;
  }

  #heed({ ask, dead, wake }) {
    this.dead = dead ?? false;
    this.#due = this.now + (wake ?? Infinity);
    if (ask) {
      this.asked++;
      if (this.alive) {
        this.#answers.push(this.now + this.answer);
      }
    }
  }
}

test('a node that answers is never called dead, and is asked no more often than it is silent', () => {
  const world = new World();
  assert.equal(world.run(600_000), null);
  assert.ok(world.asked >= 50 && world.asked <= 60, `${world.asked}`);
});

test('a node that died is found within twice its silence and a moment', () => {
  const world = new World();
  world.alive = false;
  const found = world.run(60_000);
  assert.ok(found !== null && found <= 2 * SILENCE + 500, `${found}`);
});

test('with timers that fire once a minute a living node is never called dead', () => {
  assert.equal(new World({ grain: 60_000 }).run(3_600_000), null);
});

test('with timers that fire once a minute a dead node is found all the same', () => {
  const world = new World({ grain: 60_000 });
  world.run(600_000);
  world.alive = false;
  const found = world.run(1_200_000);
  assert.ok(found !== null && found <= 600_000 + 4 * 60_000, `${found}`);
});

test('a sleep of any length does not make a living node look dead', () => {
  for (let length = 1_000; length < 90_000; length += 700) {
    for (let start = 9_000; start < 22_000; start += 370) {
      const from = Math.round(start / 10) * 10;
      const world = new World({ frozen: [[from, from + length]] });
      assert.equal(world.run(200_000), null, `asleep at ${from} for ${length}`);
    }
  }
});

test('a slow answer that comes in time is in time', () => {
  assert.equal(new World({ answer: SILENCE - 100 }).run(300_000), null);
});

test('a tab that is shown again finds a dead node within seconds, however it slept', () => {
  for (let slept = 0; slept < 130_000; slept += 1_010) {
    const from = 5_000;
    const world = new World({ frozen: [[from, from + slept]] });
    world.alive = false;
    world.run(from + slept);
    world.doubt(4_000);
    const found = world.run(from + slept + 60_000);
    assert.ok(found !== null && found <= from + slept + 9_000, `${slept}: ${found - from - slept}`);
  }
});

test('doubts that follow each other do not put the verdict off', () => {
  const world = new World();
  world.alive = false;
  world.run(1_000);
  let found = null;
  for (let at = 1_000; at < 30_000 && found === null; at += 1_000) {
    world.doubt(4_000);
    found = world.run(at + 1_000);
  }
  assert.ok(found !== null && found <= 6_000, `${found}`);
});
