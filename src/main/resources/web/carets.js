/**
 * Where the others are in the text. A caret is told as of a seq of the log, and moves along with what was written after
 * it; the writer's own is where the last update put something in, until it tells another. Pure.
 *
 * @typedef {import('./shared-text.js').Splice} Splice
 * @typedef {{anchor: number, head: number, seq: number}} Told in UTF-16 units of the text as of `seq`
 */

/** How many updates back a caret may lie behind. */
const RECENT = 500;

/**
 * Where a position is after a splice: what is put in right there comes behind it, as in the editor.
 *
 * @param {number} position
 * @param {?Splice} splice
 */
export function follow(position, splice) {
  if (!splice || position <= splice.pos) {
    return position;
  }
  const { pos, del, ins } = splice;
  return position < pos + del ? pos : position + ins.length - del;
}

const count = (value) => Number.isInteger(value) && value >= 0;

/** Whose caret is where. */
export class Carets {
  /** @type {{seq: number, splice: Splice}[]} */
  #recent = [];
  /** @type {Map<string, Told>} */
  #told = new Map();
  /** The last update of the log that is known. */
  seq = 0;

  /** Somebody tells a caret. What is none takes the caret away. @param {string} session @param {any} caret */
  tell(session, caret) {
    const { anchor, head, seq } = caret ?? {};
    if (count(anchor) && count(head) && count(seq)) {
      this.#told.set(session, { anchor, head, seq });
    } else {
      this.#told.delete(session);
    }
  }

  /** An update of the log. @param {number} seq @param {string} session its author @param {Splice} splice */
  wrote(seq, session, splice) {
    this.seq = seq;
    this.#recent.push({ seq, splice });
    if (this.#recent.length > RECENT) {
      this.#recent.shift();
    }
    const { pos, ins } = splice;
    this.#told.set(session, { anchor: pos + ins.length, head: pos + ins.length, seq });
  }

  /** The text is another: nothing is known any more. @param {number} seq that it is as of */
  clear(seq) {
    this.seq = seq;
    this.#recent = [];
    this.#told.clear();
  }

  /** Forgets those that are not here. @param {(session: string) => boolean} here */
  keep(here) {
    [...this.#told.keys()].filter((session) => !here(session)).forEach((session) => this.#told.delete(session));
  }

  /** @param {string} session */
  knows(session) {
    return this.#told.has(session);
  }

  /**
   * All carets in the text as it is shown.
   *
   * @param {?Splice} [unsaved] what the text shown has and the log has not
   * @returns {{session: string, anchor: number, head: number}[]}
   */
  all(unsaved = null) {
    return [...this.#told].map(([session, { anchor, head, seq }]) => {
      const later = [...this.#recent.filter((update) => update.seq > seq).map(({ splice }) => splice), unsaved];
      const now = (position) => later.reduce(follow, position);
      return { session, anchor: now(anchor), head: now(head) };
    });
  }
}
