/** Characters of base64 that one large update may have, all its parts together. */
const LARGEST_UPDATE = 64 * 1024 * 1024;

/** Bytes of updates behind the base that are always worth keeping apart. */
const SLACK = 256 * 1024;

/**
 * An entry or a snapshot that holds no update of Yjs.
 *
 * @typedef {{seq: number, id?: string, session?: string, user?: import('./document.js').User, reason: string}} Fault
 */

/**
 * What the log of one document holds, as updates of Yjs: compact bytes beside the editor's document, which also holds
 * edits that the log lacks. Applies nothing that Yjs cannot read.
 */
export class LogCopy {
  #Y;
  /** @type {Uint8Array[]} the first one is the base: all that was known when the copy was last made compact */
  #updates = [];
  #base = 0;
  #bytes = 0;
  #parts = new Parts();
  /** Whether the snapshot is not one of this provider's, so that a snapshot made here would lose it. */
  #foreign = false;

  /** @param {typeof import('yjs')} Y */
  constructor(Y) {
    this.#Y = Y;
  }

  /** All updates of the log, in order. */
  get updates() {
    return this.#updates;
  }

  /**
   * Whether a snapshot made of this copy holds all that the log does: no snapshot of another kind, no update half told.
   */
  get whole() {
    return !this.#foreign && !this.#parts.open && this.#updates.length > 0;
  }

  /** Whether parts of a large update are told, and others are still to come. */
  get open() {
    return this.#parts.open;
  }

  /** Whether the snapshot that the log begins with was made by something else than this provider. */
  get foreign() {
    return this.#foreign;
  }

  /**
   * Begins anew.
   *
   * @param {?{seq: number, data: any}} snapshot
   * @returns {{updates: Uint8Array[], faults: Fault[]}} what is to be applied, and what cannot be
   */
  begin(snapshot) {
    this.#updates = [];
    this.#base = this.#bytes = 0;
    this.#parts.forget();
    this.#foreign = false;
    if (!snapshot) {
      return { updates: [], faults: [] };
    }
    try {
      this.#foreign = typeof snapshot.data?.y !== 'string';
      const update = this.#read(this.#foreign ? undefined : snapshot.data.y);
      this.#keep([update]);
      this.#base = this.#bytes;
      return { updates: [update], faults: [] };
    } catch (error) {
      return { updates: [], faults: [{ seq: snapshot.seq, reason: `the snapshot is skipped: ${reasonOf(error)}` }] };
    }
  }

  /**
   * @param {import('./document.js').Entry[]} entries those that follow
   * @returns {{updates: Uint8Array[], faults: Fault[]}} what is to be applied, and what cannot be
   */
  add(entries) {
    const updates = [];
    const faults = [];
    for (const entry of entries) {
      if (entry?.kind === 'update') {
        try {
          const text = this.#parts.put(entry);
          if (text !== null) {
            updates.push(this.#read(text));
          }
        } catch (error) {
          const { seq, id, session, user } = entry;
          faults.push({ seq, id, session, user, reason: `an update is skipped: ${reasonOf(error)}` });
        }
      }
    }
    this.#keep(updates);
    return { updates, faults };
  }

  /**
   * A document with what the log holds.
   *
   * @param {boolean} gc as in `Y.Doc`
   * @param {Uint8Array[]} [more] to be applied as well
   */
  build(gc, more = []) {
    const doc = new this.#Y.Doc({ gc });
    applyAll(this.#Y, doc, [...this.#updates, ...more], this);
    return doc;
  }

  /** What the log holds, as one update. */
  encode() {
    const doc = this.build(true);
    const update = this.#Y.encodeStateAsUpdate(doc);
    doc.destroy();
    return update;
  }

  /** @param {Uint8Array[]} updates */
  #keep(updates) {
    updates.forEach((update) => {
      this.#updates.push(update);
      this.#bytes += update.length;
    });
    if (this.#bytes > 2 * this.#base + SLACK) {
      this.#updates = [this.encode()];
      this.#base = this.#bytes = this.#updates[0].length;
    }
  }

  /** @param {any} text @returns {Uint8Array} */
  #read(text) {
    if (typeof text !== 'string') {
      throw new TypeError('it is not one of Yjs');
    }
    const update = fromBase64(text);
    // Yjs reads while it applies: what ends in the middle would be applied by half.
    this.#Y.decodeUpdate(update);
    return update;
  }
}

/**
 * Applies updates in one transaction, so that an editor draws once.
 *
 * @param {typeof import('yjs')} Y
 * @param {import('yjs').Doc} doc
 * @param {Uint8Array[]} updates
 * @param {any} origin
 * @returns {unknown[]} what was thrown: by Yjs, whose updates after that are applied all the same, or by an observer of the document
 */
export function applyAll(Y, doc, updates, origin) {
  const thrown = [];
  try {
    doc.transact(() => {
      for (const update of updates) {
        try {
          Y.applyUpdate(doc, update, origin);
        } catch (error) {
          thrown.push(error);
        }
      }
    }, origin);
  } catch (error) {
    thrown.push(error);
  }
  return thrown;
}

/** Puts the parts of large updates together. A writer that was fenced between two of them sends all again, later. */
class Parts {
  /** @type {string[]} */
  #got = [];
  #length = 0;
  #from = '';

  get open() {
    return this.#got.length > 0;
  }

  forget() {
    this.#got = [];
    this.#length = 0;
  }

  /**
   * @param {import('./document.js').Entry} entry @returns {?string} the update that it completes; throws when it is
   * none
   */
  put({ session, epoch, data }) {
    if (typeof data?.y !== 'string') {
      throw new TypeError('it is not one of Yjs');
    }
    if (data.part === undefined) {
      this.forget();
      return data.y;
    }
    const { part, of, y } = data;
    if (!Number.isInteger(part) || !Number.isInteger(of) || part < 1 || part > of) {
      throw new TypeError('its part has no place among the others');
    }
    const from = `${session} ${epoch}`;
    if (part === 1 || from !== this.#from || part !== this.#got.length + 1) {
      this.forget();
    }
    if (part !== this.#got.length + 1) {
      return null; // the rest of what its writer could not finish
    }
    this.#from = from;
    this.#got.push(y);
    this.#length += y.length;
    if (this.#length > LARGEST_UPDATE) {
      this.forget();
      throw new RangeError(`it has more than ${LARGEST_UPDATE} characters`);
    }
    if (part < of) {
      return null;
    }
    const whole = this.#got.join('');
    this.forget();
    return whole;
  }
}

/** @param {unknown} error */
export function reasonOf(error) {
  return error instanceof Error ? error.message : String(error);
}

/** @param {Uint8Array} bytes */
export function toBase64(bytes) {
  let text = '';
  for (let at = 0; at < bytes.length; at += 0x8000) {
    text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  }
  return btoa(text);
}

/** @param {string} text */
export function fromBase64(text) {
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = characters.charCodeAt(i);
  }
  return bytes;
}
