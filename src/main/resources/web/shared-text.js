import { Emitter } from './client/emitter.js';

/**
 * How a text travels: an update is a splice `{pos, del, ins}`, in UTF-16 units as JavaScript counts them; a snapshot is
 * `{text}`. Pure, but for {@link SharedText}.
 *
 * @typedef {{pos: number, del: number, ins: string}} Splice
 */

/** The longest text one splice puts in: six bytes a unit at worst, well below the 64 KiB that an update may hold. */
const LONGEST = 8000;

const high = (text, at) => at >= 0 && at < text.length && (text.charCodeAt(at) & 0xfc00) === 0xd800;
const low = (text, at) => at >= 0 && at < text.length && (text.charCodeAt(at) & 0xfc00) === 0xdc00;

/**
 * The splice that makes one text of another. Never parts a surrogate pair: half of one does not survive UTF-8.
 *
 * @param {string} from
 * @param {string} to
 * @returns {?Splice} null when they are the same
 */
export function diff(from, to) {
  if (from === to) {
    return null;
  }
  const shorter = Math.min(from.length, to.length);
  let start = 0;
  while (start < shorter && from[start] === to[start]) {
    start++;
  }
  let same = 0;
  while (same < shorter - start && from[from.length - 1 - same] === to[to.length - 1 - same]) {
    same++;
  }
  if (high(from, start - 1) || high(to, start - 1)) {
    start--;
  }
  if (same > 0 && (low(from, from.length - same) || low(to, to.length - same))) {
    same--;
  }
  return { pos: start, del: from.length - same - start, ins: to.slice(start, to.length - same) };
}

/**
 * A splice that fits into an update: as it is, or the first of the several that it takes.
 *
 * @param {Splice} splice
 * @returns {Splice}
 */
export function fitting({ pos, del, ins }) {
  const length = ins.length > LONGEST && high(ins, LONGEST - 1) ? LONGEST - 1 : LONGEST;
  return { pos, del, ins: ins.slice(0, length) };
}

/** What others write may be anything. @param {any} data @returns {boolean} */
export function isSplice(data) {
  const { pos, del, ins } = data ?? {};
  return Number.isInteger(pos) && Number.isInteger(del) && pos >= 0 && del >= 0 && typeof ins === 'string';
}

/**
 * A text with a splice done to it. What is no splice, or reaches beyond the text, is somebody else's: it changes
 * nothing.
 *
 * @param {string} text
 * @param {*} splice
 * @returns {string}
 */
export function apply(text, splice) {
  if (!isSplice(splice) || splice.pos + splice.del > text.length) {
    return text;
  }
  const { pos, del, ins } = splice;
  return text.slice(0, pos) + ins + text.slice(pos + del);
}

/**
 * The text of one document, as the log has it and as its writer has it. One update is on its way at a time; what is
 * typed meanwhile goes with the next.
 *
 * @extends {Emitter<{change: undefined, writing: undefined, saving: undefined, draft: {text: string, added: string}}>} `change`: the
 *   text changed from outside; `writing`: it may be written here, or no longer; `saving`: what is unsaved changed;
 *   `draft`: what was written is not, or not known to be, in the log
 */
export class SharedText extends Emitter {
  /** What is to be shown. */
  text = '';

  #document;
  /** What the log says. */
  #confirmed = '';
  /** What the log will say once the update on its way is in it. */
  #sent = '';
  /** The epoch written under; null while not writing. @type {?number} */
  #epoch = null;
  #inFlight = false;
  #ending = false;
  /** @type {?Error} */
  #trouble = null;

  /** @param {import('./client/document.js').BatonDocument} document */
  constructor(document) {
    super();
    this.#document = document;
    document.on('joined', (detail) => this.#joined(detail));
    document.on('entries', (detail) => this.#entries(detail.entries));
    document.on('writable', (detail) => this.#begin(detail.epoch));
    document.on('rights', (detail) => this.#rights(detail));
    document.on('trouble', (detail) => this.#troubled(detail));
    document.on('standing', () => this.#doubted());
  }

  /** Whether the text may be changed here. */
  get writing() {
    return this.#epoch !== null && !this.#ending && this.#document.standing !== 'unknown';
  }

  /** Whether there is something that the log does not have yet, as far as is known. */
  get unsaved() {
    return this.#epoch !== null && (this.#inFlight || this.text !== this.#sent);
  }

  /** What the text has and the log is not known to have; null when they are the same. @returns {?Splice} */
  get unconfirmed() {
    return diff(this.#confirmed, this.text);
  }

  /** Why it is put off. */
  get trouble() {
    return this.#trouble;
  }

  /** The writer changed the text. @param {string} text */
  edit(text) {
    if (this.writing) {
      this.text = text;
      this.#flush();
    }
  }

  /** Done when everything is in the log, or after a while all the same. @param {number} atMost in milliseconds */
  settled(atMost) {
    return new Promise((resolve) => {
      const done = () => {
        if (!this.unsaved || performance.now() > end) {
          off();
          clearTimeout(timer);
          resolve(undefined);
        }
      };
      const end = performance.now() + atMost;
      const timer = setTimeout(done, atMost + 10);
      const off = this.on('saving', done);
      done();
    });
  }

  /** What a snapshot of the document's seq of now holds. */
  snapshot() {
    return { text: this.#confirmed };
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
      this.#confirmed = typeof snapshot?.data?.text === 'string' ? snapshot.data.text : '';
    }
    this.#take(entries);
    this.#show();
  }

  #entries(entries) {
    this.#take(entries);
    this.#show();
  }

  #take(entries) {
    for (const { kind, data } of entries) {
      if (kind === 'update') {
        this.#confirmed = apply(this.#confirmed, data);
      }
    }
  }

  #show() {
    if (this.#epoch === null && this.text !== this.#confirmed) {
      this.text = this.#confirmed;
      this.emit('change');
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
      this.#epoch = epoch;
      this.#ending = false;
      this.#inFlight = false;
      this.text = this.#confirmed;
      this.#sent = this.#confirmed;
      this.emit('change');
      this.emit('writing');
    }
  }

  /** The pen is elsewhere. What is on its way may still be answered; then it is known what became of it. */
  #stop() {
    this.#ending = true;
    if (!this.#inFlight) {
      this.#finish(this.text !== this.#sent);
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
    this.#inFlight = false;
    this.#show();
    this.emit('writing');
    this.emit('saving');
  }

  #flush() {
    const all = this.writing && !this.#inFlight ? diff(this.#sent, this.text) : null;
    if (!all) {
      this.emit('saving');
      return;
    }
    const splice = fitting(all);
    const epoch = /** @type {number} */ (this.#epoch);
    const next = apply(this.#sent, splice);
    this.#inFlight = true;
    this.emit('saving');
    this.#document.update(epoch, splice).then(
      (outcome) => this.#epoch === epoch && this.#answered(outcome, next),
      () => this.#epoch === epoch && this.#finish(true),
    );
  }

  #answered(outcome, next) {
    this.#inFlight = false;
    if (!outcome.applied) {
      this.#finish(true);
    } else {
      this.#sent = next;
      if (this.#ending) {
        this.#finish(this.text !== this.#sent);
      } else {
        this.#flush();
      }
    }
  }

  /** While the pen may be elsewhere nothing is written; what has been is kept. */
  #doubted() {
    this.emit('writing');
    this.emit('saving');
    this.#flush();
  }

  #troubled(error) {
    this.#trouble = error;
    this.emit('saving');
  }

  #draft() {
    this.emit('draft', { text: this.text, added: this.unconfirmed?.ins ?? '' });
  }
}
