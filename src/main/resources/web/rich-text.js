import { Emitter } from './client/emitter.js';

/**
 * How a text travels: an update is `{ops}`, a change in Quill's Delta format, counted in UTF-16 units as JavaScript does; a
 * snapshot is `{ops}` too, the text as one change of nothing. Everything but {@link RichText} is pure.
 *
 * @typedef {{insert?: string | object, delete?: number, retain?: number, attributes?: Record<string, any>}} Op
 * @typedef {any} Delta
 */

/** The longest text one operation puts in: six bytes a unit at worst, well below the 64 KiB that an update may hold. */
const LONGEST = 8_000;

/** How many characters the operations of one update may have together, written as JSON: three bytes each at worst. */
const LARGEST = 16_000;

const isHigh = (text, at) => (text.charCodeAt(at) & 0xfc00) === 0xd800;

/** @param {Op} op @returns {number} how far it reaches in the text that it makes */
const reach = (op) => (op.delete ? 0 : op.retain ?? (typeof op.insert === 'string' ? op.insert.length : 1));

/**
 * A change as the first of several small ones, and what is left of it once that one is made. Never parts a surrogate pair: half
 * of one does not survive UTF-8.
 *
 * @param {Op[]} ops
 * @returns {{first: Op[], rest: Op[]}}
 */
export function split(ops) {
  const first = [];
  let size = 0;
  let at = 0;
  for (let i = 0; i < ops.length; i++) {
    const { op, left } = cut(ops[i]);
    size += JSON.stringify(op).length + 1;
    if (first.length > 0 && size > LARGEST) {
      return { first, rest: from(at, ops.slice(i)) };
    }
    first.push(op);
    at += reach(op);
    if (left) {
      return { first, rest: from(at, [left, ...ops.slice(i + 1)]) };
    }
  }
  return { first, rest: [] };
}

const from = (at, ops) => (at > 0 ? [{ retain: at }, ...ops] : ops);

function cut(op) {
  if (typeof op.insert !== 'string' || op.insert.length <= LONGEST) {
    return { op, left: null };
  }
  const length = isHigh(op.insert, LONGEST - 1) ? LONGEST - 1 : LONGEST;
  return { op: { ...op, insert: op.insert.slice(0, length) }, left: { ...op, insert: op.insert.slice(length) } };
}

/**
 * The operations in data from the log.
 *
 * @param {any} data
 * @returns {?Op[]} null when they are somebody else's
 */
export function changeOf(data) {
  const ops = data?.ops;
  return Array.isArray(ops) && ops.every(isOp) ? ops : null;
}

function isOp(op) {
  const count = (value) => Number.isSafeInteger(value) && value > 0;
  const text = typeof op?.insert === 'string' && op.insert.length > 0;
  return [text, count(op?.retain), count(op?.delete)].filter(Boolean).length === 1;
}

/**
 * The text in a snapshot.
 * @param {any} data
 * @returns {?Op[]} null when it is somebody else's
 */
export function wholeOf(data) {
  const ops = changeOf(data);
  return ops && isWhole(ops) ? ops : null;
}

/** Whether it is a text, with the line end that each has. @param {Op[]} ops */
function isWhole(ops) {
  const last = ops[ops.length - 1];
  return ops.every(({ insert }) => typeof insert === 'string') && last?.insert.endsWith('\n');
}

/** @param {Op[]} ops @returns {string} what they put in, without its form */
export const words = (ops) => ops.map(({ insert }) => (typeof insert === 'string' ? insert : '')).join('');

/**
 * The text of one document, as the log has it and as its writer has it. One update is on its way at a time; what is typed
 * meanwhile goes with the next.
 *
 * @extends {Emitter<{change: {change: Delta}, reset: {whole: Delta}, saving: undefined, writing: undefined, draft: {text: string,
 *   added: string}}>} `change`: somebody else wrote; `reset`: the text is another one; `saving`: what is unsaved changed;
 *   `writing`: it may be written here, or no longer; `draft`: what was written is not, or not known to be, in the log
 */
export class RichText extends Emitter {
  #document;
  #Delta;
  /** What the log says. @type {Delta} */
  #confirmed;
  /** What is on its way. @type {?Delta} */
  #flying = null;
  /** What is to follow. @type {Delta} */
  #pending;
  /** What is shown while writing. @type {?Delta} */
  #own = null;
  /** The epoch written under; null while not writing. @type {?number} */
  #epoch = null;
  #ending = false;
  /** @type {?Error} */
  #trouble = null;

  /**
   * @param {import('./client/document.js').BatonDocument} document
   * @param {any} Delta the class
   */
  constructor(document, Delta) {
    super();
    this.#document = document;
    this.#Delta = Delta;
    this.#confirmed = new Delta([{ insert: '\n' }]);
    this.#pending = new Delta();
    document.on('joined', (detail) => this.#joined(detail));
    document.on('entries', ({ entries }) => this.#take(entries));
    document.on('writable', ({ epoch }) => this.#begin(epoch));
    document.on('rights', (rights) => this.#rights(rights));
    document.on('trouble', (trouble) => this.#troubled(trouble));
  }

  /** Whether the text may be changed here. */
  get writing() {
    return this.#epoch !== null && !this.#ending;
  }

  /** Whether there is something that the log does not have yet, as far as is known. */
  get unsaved() {
    return this.#epoch !== null && (this.#flying !== null || this.#pending.ops.length > 0);
  }

  /** Why it is put off. */
  get trouble() {
    return this.#trouble;
  }

  /** The writer changed the text. @param {Delta} change @param {Delta} whole what they have now */
  edit(change, whole) {
    if (this.writing) {
      this.#own = whole;
      this.#pending = this.#pending.compose(change);
      this.#flush();
    }
  }

  /** Done when everything is in the log, or after a while all the same. @param {number} atMost in milliseconds */
  settled(atMost) {
    return new Promise((resolve) => {
      const done = () => {
        if (!this.unsaved || performance.now() > end) {
          this.removeEventListener('saving', done);
          clearTimeout(timer);
          resolve(undefined);
        }
      };
      const end = performance.now() + atMost;
      const timer = setTimeout(done, atMost + 10);
      this.addEventListener('saving', done);
      done();
    });
  }

  /** What a snapshot of the document's seq of now holds. */
  snapshot() {
    return { ops: this.#confirmed.ops };
  }

  /** It is over: what is not saved becomes a draft. */
  end() {
    if (this.unsaved) {
      this.#draft();
    }
    this.#epoch = null;
    this.emit('writing');
    this.emit('saving');
  }

  #joined({ recovered, snapshot, entries }) {
    if (!recovered) {
      this.#confirmed = new this.#Delta(wholeOf(snapshot?.data) ?? [{ insert: '\n' }]);
    }
    this.#apply(entries);
    this.#reset();
  }

  #take(entries) {
    const change = this.#apply(entries);
    if (this.#epoch === null && change.ops.length > 0) {
      this.emit('change', { change });
    }
  }

  /** @returns {Delta} all that they change */
  #apply(entries) {
    let all = new this.#Delta();
    for (const { kind, data } of entries) {
      const ops = kind === 'update' ? changeOf(data) : null;
      const next = ops && this.#confirmed.compose(new this.#Delta(ops));
      // What reaches beyond the text, or takes its last line end, is somebody else's: everybody skips it alike.
      if (next && isWhole(next.ops)) {
        this.#confirmed = next;
        all = all.compose(new this.#Delta(ops));
      }
    }
    return all;
  }

  #reset() {
    if (this.#epoch === null) {
      this.emit('reset', { whole: this.#confirmed });
    }
  }

  #rights({ epoch, you }) {
    if (this.#epoch !== null && (you !== 'holder' || epoch !== this.#epoch)) {
      this.#stop();
    }
  }

  #begin(epoch) {
    if (this.#epoch !== null && this.#epoch !== epoch) {
      this.#finish(this.unsaved);
    }
    if (this.#epoch === null) {
      this.#reset();
      this.#epoch = epoch;
      this.#ending = false;
      this.#flying = null;
      this.#pending = new this.#Delta();
      this.#own = this.#confirmed;
      this.emit('writing');
      this.emit('saving');
    }
  }

  /** The pen is elsewhere. What is on its way may still be answered; then it is known what became of it. */
  #stop() {
    this.#ending = true;
    if (this.#flying === null) {
      this.#finish(this.#pending.ops.length > 0);
    }
    this.emit('writing');
    this.emit('saving');
  }

  #finish(lost) {
    if (lost) {
      this.#draft();
    }
    this.#epoch = null;
    this.#ending = false;
    this.#flying = null;
    this.#pending = new this.#Delta();
    this.#reset();
    this.emit('writing');
    this.emit('saving');
  }

  #flush() {
    if (this.writing && this.#flying === null && this.#pending.ops.length > 0) {
      const { first, rest } = split(this.#pending.ops);
      const epoch = /** @type {number} */ (this.#epoch);
      this.#flying = new this.#Delta(first);
      this.#pending = new this.#Delta(rest);
      this.#document.update(epoch, { ops: first }).then(
        (outcome) => this.#epoch === epoch && this.#answered(outcome),
        () => this.#epoch === epoch && this.#finish(true),
      );
    }
    this.emit('saving');
  }

  #answered(outcome) {
    if (!outcome.applied) {
      this.#finish(true);
      return;
    }
    this.#flying = null;
    if (this.#ending) {
      this.#finish(this.#pending.ops.length > 0);
    } else {
      this.#flush();
    }
  }

  #troubled(error) {
    this.#trouble = error;
    this.emit('saving');
  }

  #draft() {
    const added = (this.#flying ?? new this.#Delta()).ops.concat(this.#pending.ops);
    this.emit('draft', { text: words(this.#own.ops).trimEnd(), added: words(added) });
  }
}
