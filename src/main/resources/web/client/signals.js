import { now } from './platform.js';

/** Signals go out at most this often, in milliseconds. */
const INTERVAL = 33;

/**
 * What a member signals in a document: of what comes faster than it may go out only the latest does, and that always.
 *
 * @typedef {object} Owner
 * @property {() => boolean} joined whether signals can go out
 * @property {() => number} wait for how many milliseconds the node's limits forbid it
 * @property {(text: string, keep: boolean) => void} send
 */
export class Signals {
  #owner;
  /** What is to go out, by whether the node keeps it. @type {Map<boolean, string>} */
  #next = new Map();
  /** What the node keeps. @type {string | undefined} */
  #kept;
  #sentAt = -Infinity;
  /** @type {any} */
  #timer = 0;

  /** @param {Owner} owner */
  constructor(owner) {
    this.#owner = owner;
  }

  /** @param {string} text JSON @param {boolean} keep */
  add(text, keep) {
    this.#next.set(keep, text);
    this.#kept = keep ? text : this.#kept;
    this.go();
  }

  /** The node does not know this session yet: what it kept is to be said again. */
  startAnew() {
    if (this.#kept !== undefined) {
      this.#next.set(true, this.#kept);
    }
  }

  /** Sends what waits, now or when it may. */
  go() {
    this.stop();
    if (!this.#owner.joined() || this.#next.size === 0) {
      return;
    }
    const wait = Math.max(this.#sentAt + INTERVAL - now(), this.#owner.wait());
    if (wait > 0) {
      this.#timer = setTimeout(() => this.go(), wait);
      return;
    }
    const all = [...this.#next];
    this.#sentAt = now();
    this.#next.clear();
    all.forEach(([keep, text]) => this.#owner.send(text, keep));
  }

  /** Nothing can go out until {@link go} is called. */
  stop() {
    clearTimeout(this.#timer);
  }
}
