import { BatonError, ConnectionLost } from './errors.js';
import { LogCopy, applyAll, reasonOf, toBase64 } from './yjs-log.js';

/** Characters of data that go out in one update where the node does not tell what it takes. */
const LARGEST = 60_000;

/** Room in an update's data for what is around the characters. */
const AROUND = 64;

/** Below this many characters an update is not divided further. */
const SMALLEST = 1_000;

/** How many parts of one large update are on their way at once. */
const WINDOW = 8;

/** For how many entries it is remembered that they were reported. */
const REMEMBERED = 1_000;

/**
 * What goes wrong without ending anything.
 *
 * @typedef {Error & {code: string, seq?: number, session?: string, user?: import('./document.js').User}} Problem
 *
 * @typedef {object} Told what a replica tells whoever is attached
 * @property {() => void} synced
 * @property {(writable: boolean) => void} writable
 * @property {() => void} pending `pending` or `saved` may have changed
 * @property {(problem: Problem) => void} problem
 */

/**
 * One document of Baton and, while one is attached, the Yjs document that is kept in it. It outlives the provider, so
 * that a provider can be destroyed and another one made: it goes on to listen, and knows what is on its way to the log.
 *
 * Which edits the log lacks is kept as a list while nothing is in doubt. Where something is (a Yjs document that was
 * filled before it was attached, a log that was replaced, an update of which nobody knows whether it was stored), the
 * two are compared: the log's content is put together in a second Yjs document, and what changes there when this one is
 * applied is what the log lacks.
 */
export class Replica {
  #document;
  #Y;
  #log;
  /** @type {?import('yjs').Doc} */
  #doc = null;
  /** @type {?Told} */
  #told = null;
  /** Whether all that the log held at the last `joined` is here. */
  #reached = false;
  #everReached = false;
  /** @type {Uint8Array[]} edits of the attached document that the log lacks */
  #unsaved = [];
  /** Whether those are all of them. */
  #certain = true;
  /** @type {?Uint8Array} what is on its way to the log */
  #sending = null;
  /** Edits of documents that are detached. @type {Uint8Array[]} */
  #leaving = [];
  #atRest = () => {};
  /** Stored, and not told yet. @type {{seq: number, update: Uint8Array}[]} */
  #stored = [];
  /** @type {?number} */
  #epoch = null;
  /** @type {number | undefined} */
  #largest;
  /** Whether a snapshot is still owed. */
  #owed = false;
  /** Whether the attached document has updates of another origin that wait for others. */
  #waiting = false;
  /** The last bad entries, by seq and id: a log that is told again is not reported again. @type {Set<string>} */
  #reported = new Set();
  #edited = (update, origin) => origin !== this && this.#edit(update);
  #changed = (transaction) => this.#lookAtWaiting(transaction.origin);

  /**
   * @param {import('./document.js').BatonDocument} document not joined yet
   * @param {typeof import('yjs')} Y
   */
  constructor(document, Y) {
    this.#document = document;
    this.#Y = Y;
    this.#log = new LogCopy(Y);
    document.on('joined', (joined) => this.#joined(joined));
    document.on('entries', ({ entries }) => this.#take(entries));
    document.on('writable', ({ epoch }) => this.#mayWrite(epoch));
    document.on('rights', ({ epoch, you }) => (you !== 'holder' || epoch !== this.#epoch) && this.#mayNotWrite());
    document.on('standing', (standing) => standing !== 'writer' && this.#mayNotWrite());
    document.on('snapshot-wanted', () => this.#snapshot());
  }

  /** @param {typeof import('yjs')} Y whether it works with this copy of Yjs */
  speaks(Y) {
    return this.#Y === Y;
  }

  get attached() {
    return this.#doc !== null;
  }

  /** Whether all that the log held when the document was joined is here. */
  get synced() {
    return this.#everReached;
  }

  /** Whether edits go out now. */
  get writable() {
    return this.#epoch !== null;
  }

  /** Whether the log is known to have every edit of the attached document. */
  get saved() {
    return this.#certain && this.pending.count === 0;
  }

  /** The edits made here that the log is not known to have. */
  get pending() {
    const all = [...(this.#sending === null ? [] : [this.#sending]), ...this.#leaving, ...this.#unsaved];
    return { count: all.length, bytes: all.reduce((sum, { length }) => sum + length, 0) };
  }

  /**
   * @param {import('yjs').Doc} doc
   * @param {Told} told
   * @param {number} [largest] characters of data in one update; what the node takes, unless said otherwise
   */
  attach(doc, told, largest) {
    this.#largest = largest;
    this.#certain = isEmpty(doc);
    this.#doc = doc;
    this.#told = told;
    applyAll(this.#Y, doc, this.#log.updates, this).forEach((error) => this.#threw(error));
    doc.on('update', this.#edited);
    doc.on('afterTransaction', this.#changed);
    this.#lookAtWaiting(null);
    if (this.#reached) {
      if (!this.#certain) {
        this.#compare();
      }
      this.#flush();
    }
  }

  /** What can be sent goes on its way; without the edit lock, edits stay in the Yjs document. */
  detach() {
    if (this.#epoch !== null && this.#reached) {
      this.#leaving.push(...this.#unsaved);
    }
    this.#doc?.off('update', this.#edited);
    this.#doc?.off('afterTransaction', this.#changed);
    this.#doc = null;
    this.#told = null;
    this.#unsaved = [];
    this.#certain = true;
    this.#waiting = false;
    this.#flush();
  }

  /**
   * Resolves when nothing of those who are detached is on its way any more, or when it has taken too long. @param
   * {number} within ms
   */
  flushed(within) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, within);
      this.#atRest = () => {
        if (this.#epoch === null || (this.#sending === null && this.#leaving.length === 0)) {
          clearTimeout(timer);
          resolve(undefined);
        }
      };
      this.#atRest();
    });
  }

  // ---- what the log tells ----------------------------------------------------------------------------------------

  #joined({ recovered, snapshot, entries }) {
    this.#reached = false;
    if (!recovered) {
      this.#stored = [];
      this.#certain = this.#doc === null || isEmpty(this.#doc);
      const { updates, faults } = this.#log.begin(snapshot);
      this.#apply(updates, faults);
    }
    this.#take(entries);
    this.#told?.pending();
  }

  #take(entries) {
    const { updates, faults } = this.#log.add(entries);
    this.#stored = this.#stored.filter(({ seq }) => seq > this.#document.seq);
    this.#apply(updates, faults);
    // Whether that was the last, and which rights there are now, is told in the same turn, after the content.
    queueMicrotask(() => {
      if (!this.#reached && this.#document.joined && (this.#document.synced ?? true)) {
        this.#arrived();
      }
      if (this.#owed) {
        this.#snapshot();
      }
    });
  }

  #apply(updates, faults) {
    const doc = this.#doc;
    if (doc && updates.length > 0) {
      const { pendingStructs, pendingDs } = doc.store;
      applyAll(this.#Y, doc, updates, this).forEach((error) => this.#threw(error));
      if (this.#waiting && (pendingStructs !== doc.store.pendingStructs || pendingDs !== doc.store.pendingDs)) {
        // Updates of another origin have found their place under the log's name.
        this.#certain = false;
        this.#waiting = waits(doc);
        if (this.#reached) {
          this.#compare();
        }
      }
    }
    faults.forEach((fault) => this.#fault(fault));
  }

  #arrived() {
    this.#reached = true;
    if (!this.#certain) {
      this.#compare();
    }
    if (!this.#everReached) {
      this.#everReached = true;
      this.#told?.synced();
    }
    this.#told?.pending();
    this.#flush();
  }

  /** Finds out what of the attached document the log lacks and nothing on its way brings. */
  #compare() {
    const Y = this.#Y;
    const doc = this.#doc;
    this.#certain = true;
    this.#unsaved = [];
    if (doc !== null && !isEmpty(doc)) {
      const coming = this.#sending === null ? [] : [this.#sending];
      const known = this.#log.build(doc.gc, [...this.#stored.map(({ update }) => update), ...coming, ...this.#leaving]);
      known.on('update', (update) => this.#unsaved.push(update));
      const lacking = Y.encodeStateAsUpdate(doc, Y.encodeStateVector(known));
      applyAll(Y, known, [lacking], this).forEach((error) => this.#threw(error));
      known.destroy();
    }
    this.#told?.pending();
  }

  #lookAtWaiting(origin) {
    if (origin !== this && this.#doc !== null && waits(this.#doc)) {
      this.#waiting = true;
    }
  }

  // ---- what goes out ---------------------------------------------------------------------------------------------

  #edit(update) {
    this.#unsaved.push(update);
    if (!this.#everReached) {
      this.#certain = false; // a local copy that is read late looks like an edit
    }
    this.#told?.pending();
    this.#flush();
  }

  #mayWrite(epoch) {
    if (this.#epoch === null) {
      this.#epoch = epoch;
      this.#told?.writable(true);
    }
    this.#epoch = epoch;
    this.#flush();
  }

  #mayNotWrite() {
    if (this.#epoch !== null) {
      this.#epoch = null;
      this.#leaving = [];
      this.#told?.writable(false);
      this.#atRest();
    }
  }

  async #flush() {
    const epoch = this.#epoch;
    const doc = this.#leaving.length > 0 ? null : this.#doc;
    const edits = this.#leaving.length > 0 ? this.#leaving : this.#unsaved;
    if (epoch === null || !this.#reached || this.#sending !== null || edits.length === 0) {
      return;
    }
    const update = edits.length === 1 ? edits[0] : this.#Y.mergeUpdates(edits);
    edits.length = 0;
    this.#sending = update;
    this.#told?.pending();
    const { seq, uncertain, again } = await this.#send(epoch, update);
    const stored = seq > 0;
    this.#sending = null;
    if (seq > this.#document.seq) {
      this.#stored.push({ seq, update });
    } else if (!stored && doc !== null && this.#doc === doc) {
      this.#unsaved.unshift(update);
    } else if (again) {
      this.#leaving.unshift(update);
    }
    if (uncertain || (!stored && this.#doc !== doc)) {
      this.#certain = false;
      if (this.#reached) {
        this.#compare();
      }
    }
    this.#told?.pending();
    if (stored || again || this.#epoch !== epoch || this.#doc !== doc) {
      this.#flush();
    }
    this.#atRest();
  }

  /** @returns {Promise<{seq: number, uncertain: boolean, again: boolean}>} `seq` is 0 when not all of it is stored */
  async #send(epoch, update) {
    const { updateData, data: message } = this.#document.limits ?? {};
    const largest = this.#largest ?? Math.max(SMALLEST, (updateData ?? message ?? LARGEST) - AROUND);
    const texts = split(toBase64(update), largest);
    const of = texts.length;
    try {
      const outcomes = [];
      for (let i = 0; i < of; i++) {
        const data = of === 1 ? { y: texts[0] } : { y: texts[i], part: i + 1, of };
        outcomes.push(this.#document.update(epoch, data));
        if (i >= WINDOW && !(await outcomes[i - WINDOW]).applied) {
          break;
        }
      }
      const all = await Promise.all(outcomes);
      const stored = all.length === of && all.every(({ applied }) => applied);
      return {
        seq: stored ? /** @type {{seq: number}} */ (all[of - 1]).seq : 0,
        uncertain: all.some((outcome) => outcome.applied === false && outcome.uncertain),
        again: false,
      };
    } catch (error) {
      const smaller = error instanceof BatonError && error.code === 'too-large' && largest > SMALLEST;
      if (smaller) {
        this.#largest = Math.max(SMALLEST, Math.floor(largest / 2));
      } else if (!(error instanceof ConnectionLost) && error?.code !== 'full') {
        this.#problem('refused', `an edit is not stored: ${reasonOf(error)}`, { cause: error });
      }
      return { seq: 0, uncertain: true, again: smaller };
    }
  }

  async #snapshot() {
    // Only what was told is in it, no edit that is on its way: it holds what the log does up to the seq that it names.
    this.#owed = this.#doc !== null && this.#document.holding && (!this.#reached || this.#log.open);
    if (this.#owed || this.#doc === null || !this.#document.holding) {
      return;
    }
    if (!this.#log.whole) {
      this.#problem('snapshot', 'no snapshot is made: the log does not hold a document of Yjs');
      return;
    }
    try {
      await this.#document.snapshot({ y: toBase64(this.#log.encode()) });
    } catch (error) {
      if (!(error instanceof ConnectionLost)) {
        this.#problem('snapshot', `the node does not take the snapshot: ${reasonOf(error)}`, { cause: error });
      }
    }
  }

  // ---- what goes wrong -------------------------------------------------------------------------------------------

  #fault({ seq, id, session, user, reason }) {
    const key = `${seq} ${id}`;
    if (!this.#reported.has(key)) {
      this.#reported.add(key);
      if (this.#reported.size > REMEMBERED) {
        this.#reported.delete(/** @type {string} */ (this.#reported.values().next().value));
      }
      this.#problem('bad-entry', `at seq ${seq} ${reason}`, { seq, session, user });
    }
  }

  #threw(error) {
    this.#problem('threw', `while updates were applied: ${reasonOf(error)}`, { cause: error });
  }

  #problem(code, message, more = {}) {
    this.#told?.problem(problem(code, message, more));
  }
}

/** @param {string} code @param {string} message @param {object} [more] @returns {Problem} */
export function problem(code, message, { cause, ...more } = {}) {
  return Object.assign(new Error(message, cause === undefined ? undefined : { cause }), { code, ...more });
}

/** @param {import('yjs').Doc} doc whether updates of it wait for others */
function waits({ store }) {
  return store.pendingStructs !== null || store.pendingDs !== null;
}

/** @param {import('yjs').Doc} doc */
function isEmpty(doc) {
  return doc.store.clients.size === 0 && !waits(doc);
}

function split(text, largest) {
  const pieces = [];
  for (let at = 0; at < text.length; at += largest) {
    pieces.push(text.slice(at, at + largest));
  }
  return pieces;
}
