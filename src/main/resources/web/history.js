import { apply } from './shared-text.js';

/**
 * The document at earlier moments: what the log had when the document was entered, and all that has come since. Pure.
 *
 * @typedef {{seq: number, at: number, name: string, id: string, text: string, from: number, to: number}} Moment who wrote, when in
 *   milliseconds since 1970, the text then, and where in it what was put in lies
 */

/** How many updates are kept. */
const MOST = 20_000;

/** How many are put into the beginning at once when there are more. */
const FOLDED = 2_000;

/** From one text that is kept to the next, in updates. */
const APART = 500;

export class History {
  #base = '';
  /** @type {{seq: number, at: number, user: {id: string, name: string}, data: any}[]} */
  #updates = [];
  /** The texts before every so manyth update, as far as they were asked for. @type {string[]} */
  #texts = [];

  /** Begins anew. @param {string} text what no entry is left of */
  restart(text) {
    this.#base = text;
    this.#updates = [];
    this.#texts = [];
  }

  /** @param {import('./client/document.js').Entry[]} entries in order */
  add(entries) {
    for (const { kind, seq, at, user, data } of entries) {
      if (kind === 'update') {
        this.#updates.push({ seq, at, user, data });
      }
    }
    if (this.#updates.length > MOST) {
      this.#base = this.#text(FOLDED);
      this.#updates.splice(0, FOLDED);
      this.#texts = [];
    }
  }

  /** How many moments there are after the beginning. */
  get length() {
    return this.#updates.length;
  }

  /** The text before all that is kept. */
  get beginning() {
    return this.#base;
  }

  /** @param {number} moment from 1 to {@link length} @returns {Moment} */
  at(moment) {
    const { seq, at, user, data } = this.#updates[moment - 1];
    const before = this.#text(moment - 1);
    const text = apply(before, data);
    const [from, length] = text === before ? [0, 0] : [data.pos, data.ins.length];
    return { seq, at, name: user?.name ?? '', id: user?.id ?? '', text, from, to: from + length };
  }

  /** The text after so many updates. @param {number} count */
  #text(count) {
    const near = Math.floor(count / APART);
    this.#texts[0] = this.#base;
    for (let i = this.#texts.length; i <= near; i++) {
      this.#texts.push(this.#from(i - 1, i * APART));
    }
    return this.#from(near, count);
  }

  #from(near, count) {
    return this.#updates.slice(near * APART, count).reduce((text, { data }) => apply(text, data), this.#texts[near]);
  }
}
