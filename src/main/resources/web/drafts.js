import { Emitter } from './client/emitter.js';

/**
 * Texts that did not get into the log. They stay in sight until they are thrown away by hand, also over a reload.
 *
 * @typedef {{id: number, at: number, text: string, added: string}} Draft `text` is the whole, `added` what the log does not have
 * @extends {Emitter<{change: undefined}>}
 */
export class Drafts extends Emitter {
  #key;
  /** @type {Draft[]} */
  #all = [];

  /** @param {string} document */
  constructor(document) {
    super();
    this.#key = `baton.drafts.${document}`;
    try {
      this.#all = JSON.parse(sessionStorage.getItem(this.#key) ?? '[]');
    } catch {
      this.#all = [];
    }
  }

  /** Newest first. */
  get all() {
    return this.#all;
  }

  /** @param {{text: string, added: string}} draft */
  add({ text, added }) {
    if (this.#all[0]?.text !== text) {
      this.#all.unshift({ id: Date.now() + Math.random(), at: Date.now(), text, added });
      this.#changed();
    }
  }

  /** @param {number} id */
  remove(id) {
    this.#all = this.#all.filter((draft) => draft.id !== id);
    this.#changed();
  }

  #changed() {
    try {
      sessionStorage.setItem(this.#key, JSON.stringify(this.#all));
    } catch {
      // Too large to keep over a reload; still in sight now.
    }
    this.emit('change');
  }
}
