/** How long what has arrived already gets to be read before a node is called dead, in milliseconds. */
const GRACE = 200;

/**
 * Whether the node is still there. A browser hides the node's pings from the page, so when nothing else was heard for
 * long the node is asked. Pure: it is told the time, and says what to do.
 *
 * A tab that is hidden or frozen wakes late, perhaps once a minute. What it then did not hear proves nothing if it was
 * not awake to hear it: who wakes late asks again, once. So a slow timer alone never makes a node look dead, and a dead
 * node is found with timers that fire once a minute too, in the third of them at the latest.
 *
 * @typedef {{ask?: boolean, dead?: boolean, wake?: number}} Advice `ask` the node now; it is `dead`; call
 *   {@link Liveness#wake} again after `wake` milliseconds, or later
 */
export class Liveness {
  #silence;
  #heard;
  /** @type {?number} */
  #asked = null;
  #patience = 0;
  #overdue = false;

  /**
   * @param {number} silence after how many milliseconds without a word to ask, and how long to wait for the answer
   * @param {number} now
   */
  constructor(silence, now) {
    this.#silence = silence;
    this.#heard = now;
  }

  /** The node said something. @param {number} now */
  heard(now) {
    this.#heard = now;
    this.#asked = null;
  }

  /**
   * There is a reason to doubt: the tab was hidden, the network was away.
   * @param {number} patience how long to wait for an answer, in milliseconds
   * @param {number} now
   * @returns {Advice}
   */
  doubt(patience, now) {
    if (this.#asked !== null) {
      const rest = this.#asked + this.#patience - now;
      if (rest >= 0 && rest <= patience) {
        return { wake: rest };
      }
      this.#overdue ||= rest < 0;
    } else {
      this.#overdue = false;
    }
    this.#asked = now;
    this.#patience = patience;
    return { ask: true, wake: patience };
  }

  /**
   * To be called when the time has come that was advised last.
   * @param {number} now
   * @returns {Advice}
   */
  wake(now) {
    if (this.#asked === null) {
      const rest = this.#heard + this.#silence - now;
      return rest > 0 ? { wake: rest } : this.doubt(this.#silence, now);
    }
    const over = now - this.#asked - this.#patience;
    if (over < 0) {
      return { wake: -over };
    }
    if (this.#overdue) {
      return { dead: true };
    }
    this.#overdue = true;
    const slept = over > this.#patience / 2;
    this.#asked = now;
    this.#patience = slept ? this.#patience : GRACE;
    return slept ? { ask: true, wake: this.#patience } : { wake: GRACE };
  }
}
