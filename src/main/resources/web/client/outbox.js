import { BatonError, ConnectionLost } from './errors.js';

/** What may be with the node at once: operations, and bytes of their data. */
const WINDOW = 64;
const WINDOW_BYTES = 256 * 1024;

/** What may wait in all, what is with the node included. */
const MOST = 1000;
const MOST_BYTES = 4 * 1024 * 1024;

/** How long to wait after an error that names no time, in milliseconds. */
const RETRY = 1000;

const TOO_LARGE = 1009;

/** Errors after which an operation may have been stored all the same. */
const DOUBTFUL = new Set(['unavailable', 'internal']);

/**
 * @typedef {import('./document.js').Outcome} Outcome
 * @typedef {import('./document.js').Entry} Entry
 * @typedef {import('./document.js').Draft} Draft
 *
 * @typedef {object} Operation
 * @property {'update' | 'say'} type
 * @property {string} id
 * @property {number} [epoch] of an update
 * @property {*} data
 * @property {string} text the data as JSON
 * @property {number} size its bytes
 * @property {(outcome: Outcome) => void} resolve
 * @property {(error: Error) => void} reject
 * @property {boolean} [flying] it is with the node
 * @property {boolean} [sent] it has been with the node, so that it may be in the log
 * @property {boolean} [sentBefore] the same, but for the last time
 *
 * @typedef {object} Link a connection with the document joined
 * @property {(operation: Operation, follows: ?string, done: (answer: any, error?: Error) => void) => void} send `follows` is the
 *   operation without which this one must not be stored
 * @property {(size: number) => number} wait for how many milliseconds the node's limits forbid to send that many bytes
 *
 * @typedef {object} Owner what is told of it
 * @property {(error: ?BatonError) => void} trouble the node puts an operation off; null when that is over
 * @property {(draft: Draft) => void} draft edits that are not, or not known to be, in the log
 * @property {() => void} changed what waits, or whether there is room
 *
 * @typedef {{cause: Draft['cause'], error?: Error, outcome?: Outcome}} Verdict
 */

/**
 * Operations on one document on their way to the log. Several are with the node at a time. Their order is kept: what
 * the node puts off is sent again only when nothing behind it is with the node any more, and when an edit is refused,
 * all edits behind it come back with it.
 */
export class Outbox {
  /** Bytes of what waits. */
  bytes = 0;
  /** Whether nothing more is taken: until half of what waits is through. */
  full = false;
  /** Whether an edit was turned away meanwhile. */
  overflowed = false;

  /** @type {Operation[]} */
  #waiting = [];
  /** @type {?Link} */
  #link = null;
  #turn = 0;
  /** @type {any} */
  #timer = 0;
  /** An operation was put off. */
  #putOff = false;
  /** Why edits come back, once the node has answered all that it has. @type {?Verdict} */
  #verdict = null;
  #troubled = false;
  #owner;

  /** @param {Owner} owner */
  constructor(owner) {
    this.#owner = owner;
  }

  /** How many wait, those with the node included. */
  get count() {
    return this.#waiting.length;
  }

  /** @param {Operation} operation */
  add(operation) {
    if (this.full) {
      this.overflowed ||= operation.type === 'update';
      this.#giveBack([operation], { cause: 'full', error: new BatonError('full', 'too many edits wait: go on after drain') });
      this.#changed();
      return;
    }
    this.#waiting.push(operation);
    this.bytes += operation.size;
    this.#changed();
    this.#pump();
  }

  /** The document is joined, by the session of before: what waits goes out, in order. @param {Link} link */
  resume(link) {
    if (this.#link !== link) {
      this.pause();
      this.#link = link;
    }
    this.#pump();
  }

  /**
   * The document is joined by a new session, whose operations the node cannot tell from repeated ones, and which does
   * not hold the lock: what may have been stored is looked up, edits come back, messages go out.
   *
   * @param {Link} link
   * @param {string} former the session of before
   * @param {{recovered: boolean, complete: boolean, entries: Entry[], rights: any}} joined
   */
  startAnew(link, former, { recovered, complete, entries, rights }) {
    this.pause();
    const edits = [];
    for (const operation of [...this.#waiting]) {
      const stored = entries.find((entry) => entry.session === former && entry.id === operation.id);
      operation.sent &&= !(recovered && complete);
      if (stored) {
        this.#remove(operation).resolve({ applied: true, seq: stored.seq });
      } else if (operation.type === 'update') {
        edits.push(operation);
      } else if (operation.sent) {
        this.#remove(operation).reject(new ConnectionLost(1006, 'whether it was said is not known'));
      }
    }
    const outcome = { applied: false, epoch: rights?.epoch, holder: rights?.holder };
    this.#giveBack(edits, { cause: 'new-session', outcome: /** @type {any} */ (outcome) });
    this.resume(link);
  }

  /** The connection is lost: everything waits. @param {number} [code] the close code */
  pause(code) {
    const flying = this.#waiting.find((operation) => operation.flying);
    this.#link = null;
    this.#turn++;
    this.#putOff = false;
    clearTimeout(this.#timer);
    this.#waiting.forEach((operation) => (operation.flying = false));
    if (flying && code === TOO_LARGE) {
      // Sent again, it would end every connection to come.
      this.#refuse({ cause: 'refused', error: new ConnectionLost(TOO_LARGE, 'the node calls it too large') });
    }
    this.#giveBackWhenQuiet();
  }

  /** It is over: nothing of what waits will be sent. @param {Error} cause */
  end(cause) {
    this.pause();
    this.#giveBack(this.#waiting, { cause: 'ended', error: cause });
  }

  /** What waits, as a draft that is told if nobody is there later to send it. @returns {Draft} */
  rest() {
    return draft(this.#waiting, 'ended');
  }

  #pump() {
    let flying = 0;
    let bytes = 0;
    let before = null;
    for (const operation of this.#waiting) {
      if (!this.#link || this.#verdict || this.#putOff) {
        return;
      }
      if (!operation.flying) {
        if (flying >= WINDOW || (flying > 0 && bytes + operation.size > WINDOW_BYTES)) {
          return;
        }
        const wait = this.#link.wait(operation.size);
        clearTimeout(this.#timer);
        if (wait > 0) {
          this.#timer = setTimeout(() => this.#pump(), wait);
          return;
        }
        this.#launch(operation, before);
        if (!operation.flying) {
          return; // answered already: not by the node
        }
      }
      flying++;
      bytes += operation.size;
      before = operation.type === 'update' ? operation.id : before;
    }
  }

  #launch(operation, follows) {
    const turn = this.#turn;
    operation.flying = true;
    operation.sentBefore = operation.sent;
    operation.sent = true;
    this.#link?.send(operation, operation.type === 'update' ? follows : null, (answer, error) => {
      if (turn === this.#turn && operation.flying) {
        operation.flying = false;
        const odd = !error && !this.#settled(operation, answer);
        (error || odd) && this.#failed(operation, error ?? new BatonError('bad-message', 'the node gave no answer to it'));
      }
    });
  }

  /** @returns {boolean} whether it is an answer */
  #settled(operation, { type, seq, epoch, holder }) {
    if (type === 'applied' && Number.isSafeInteger(seq)) {
      const early = operation.type === 'update' && this.#before(operation);
      this.#remove(operation).resolve({ applied: true, seq });
      if (early) {
        this.#refuse({ cause: 'refused', error: new BatonError('out-of-order', 'an edit behind it was stored first') });
      }
    } else if (type === 'fenced' && operation.type === 'update') {
      operation.sent = false;
      const outcome = { applied: false, epoch, holder: holder ?? null };
      this.#refuse({ cause: 'fenced', outcome: /** @type {any} */ (outcome) });
    } else {
      return false;
    }
    this.#trouble(null);
    this.#goOn();
    return true;
  }

  /** Whether an edit before this one was put off. */
  #before(operation) {
    const edits = this.#waiting.filter(({ type }) => type === 'update');
    return edits.slice(0, edits.indexOf(operation)).some(({ flying }) => !flying);
  }

  #failed(operation, error) {
    if (error instanceof ConnectionLost) {
      operation.flying = true; // the connection's end pauses this box
      return;
    }
    if (!DOUBTFUL.has(error.code)) {
      operation.sent = operation.sentBefore;
    }
    if (error instanceof BatonError && error.passing) {
      if (!this.#putOff) {
        this.#putOff = true;
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => {
          this.#timer = 0;
          this.#goOn();
        }, error.retry ?? RETRY);
      }
      this.#trouble(error);
    } else if (operation.type === 'update') {
      this.#refuse({ cause: 'refused', error });
    } else {
      this.#remove(operation).reject(error);
    }
    this.#goOn();
  }

  /** Once nothing is with the node, what was put off goes out again, or edits go back. */
  #goOn() {
    this.#giveBackWhenQuiet();
    if (this.#putOff && !this.#timer && !this.#waiting.some(({ flying }) => flying)) {
      this.#putOff = false;
    }
    this.#pump();
  }

  /** @param {Verdict} verdict */
  #refuse(verdict) {
    this.#verdict ??= verdict;
  }

  #giveBackWhenQuiet() {
    const edits = this.#waiting.filter(({ type }) => type === 'update');
    const verdict = this.#verdict;
    if (verdict && !edits.some(({ flying }) => flying)) {
      this.#verdict = null;
      // With them goes what was to be tried again.
      this.#putOff &&= this.#waiting.length > edits.length;
      this.#giveBack(edits, verdict);
    }
  }

  /** @param {Operation[]} operations @param {Verdict} verdict */
  #giveBack(operations, { cause, error, outcome }) {
    const told = draft(operations, cause, error);
    const all = [...operations];
    const bytes = this.bytes;
    all.forEach((operation) => this.#take(operation));
    // Told before anybody hears that everything is saved.
    if (told.edits.length > 0) {
      this.#owner.draft(told);
    }
    bytes !== this.bytes && this.#changed();
    for (const operation of all) {
      if (outcome) {
        operation.resolve({ .../** @type {any} */ (outcome), uncertain: !!operation.sent });
      } else {
        operation.reject(/** @type {Error} */ (error));
      }
    }
  }

  #remove(operation) {
    this.#take(operation);
    this.#changed();
    return operation;
  }

  #take(operation) {
    const at = this.#waiting.indexOf(operation);
    if (at >= 0) {
      this.#waiting.splice(at, 1);
      this.bytes -= operation.size;
    }
  }

  #changed() {
    const used = Math.max(this.count / MOST, this.bytes / MOST_BYTES);
    this.full = used >= (this.full ? 0.5 : 1);
    this.#owner.changed();
  }

  #trouble(error) {
    if (error || this.#troubled) {
      this.#troubled = error !== null;
      this.#owner.trouble(error);
    }
  }
}

/** @returns {Draft} */
function draft(operations, cause, error) {
  const edits = operations
    .filter(({ type }) => type === 'update')
    .map(({ id, epoch, data, sent }) => ({ id, epoch, data, uncertain: !!sent }));
  return { cause, error, uncertain: edits.some(({ uncertain }) => uncertain), edits };
}
