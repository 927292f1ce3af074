/**
 * A Yjs document kept in a document of Baton: any editor with a Yjs binding works on it.
 *
 * ```js
 * const provider = new BatonProvider(client.document('notes', 'edit'), new Y.Doc(), { awarenessProtocol });
 * provider.on('writable', (writable) => editor.enable(writable));
 * ```
 *
 * Only the holder's edits go out. What is edited without the pen (offline, or because the pen went elsewhere meanwhile) stays in
 * the local document and goes out, merged, when the pen is here: Yjs merges it with whatever others wrote. So nothing is ever lost,
 * and nothing has to be shown as a draft.
 *
 * @module
 */
import * as Y from 'yjs';
import { Emitter } from './emitter.js';

/** Room for the words around the data of one update, in bytes. */
const AROUND = 256;

/**
 * In the log, an update of Yjs is `{y: base64}`, or `{y: base64, part: n, of: m}` for one of the parts of a large one; a snapshot
 * is `{y: base64}`; awareness is a signal `{awareness: base64}`.
 *
 * @typedef {import('./document.js').BatonDocument} BatonDocument
 *
 * @typedef {object} Options
 * @property {any} [awarenessProtocol] the module `y-protocols/awareness`, to share cursors and names through signals
 * @property {number} [largest] bytes of data in one update; 60,000 unless said otherwise
 *
 * @typedef {object} Events
 * @property {boolean} synced everything of the log is in the Yjs document now
 * @property {boolean} writable whether edits go out now
 * @property {boolean} saved whether the log has every edit made here
 * @property {Error} problem the node does not take an edit, for another reason than the pen
 */

/** @extends {Emitter<Events>} */
export class BatonProvider extends Emitter {
  /** Whether everything of the log is in the Yjs document. */
  synced = false;
  /** The awareness of `y-protocols`; null without `awarenessProtocol`. */
  awareness = null;

  #document;
  #protocol;
  #largest;
  #over = new AbortController();
  /** Edits made here that the log does not have, as far as is known. @type {Uint8Array[]} */
  #unsaved = [];
  /** What is on its way, at the head of the edits above: so many. */
  #sending = 0;
  /** @type {?number} */
  #epoch = null;
  #saved = true;
  #parts = new Parts();
  /** Whether a large update is on its way in parts: a snapshot now would have its first parts only. */
  #inParts = false;
  /** @type {Map<string, Set<number>>} which clients of the awareness each session speaks for */
  #spoken = new Map();
  /** @type {Set<string>} the sessions online */
  #known = new Set();
  #edited = (update, origin) => origin !== this && this.#edit(update);
  #aware = ({ added, updated, removed }, origin) => origin !== this && this.#tellAwareness([...added, ...updated, ...removed]);

  /**
   * @param {BatonDocument} document not joined yet; how it is joined says whether this client stands in line for the pen
   * @param {Y.Doc} doc what is in it already counts as edits made here
   * @param {Options} [options]
   */
  constructor(document, doc, { awarenessProtocol, largest = 60_000 } = {}) {
    super();
    if (document.joined) {
      throw new Error('the provider has to be there when the document is joined, or it misses what is in it');
    }
    this.doc = doc;
    this.#document = document;
    this.#largest = largest - AROUND;
    this.#protocol = awarenessProtocol;
    if (doc.store.clients.size > 0) {
      this.#edit(Y.encodeStateAsUpdate(doc));
    }
    doc.on('update', this.#edited);
    const { signal } = this.#over;
    document.on('joined', (detail) => this.#joined(detail), signal);
    document.on('entries', ({ entries }) => this.#take(entries), signal);
    document.on('writable', ({ epoch }) => this.#mayWrite(epoch), signal);
    document.on('rights', (rights) => this.#rights(rights), signal);
    document.on('snapshot-wanted', () => this.#snapshot(), signal);
    if (awarenessProtocol) {
      this.awareness = new awarenessProtocol.Awareness(doc);
      this.awareness.on('update', this.#aware);
      document.on('signal', (told) => this.#tookAwareness(told), signal);
      document.on('members', () => this.#membersChanged(), signal);
    }
  }

  /** Whether edits go out now. */
  get writable() {
    return this.#epoch !== null;
  }

  /** Whether the log has every edit made here. */
  get saved() {
    return this.#saved;
  }

  /** Takes the provider's hands off both documents, and leaves neither. */
  destroy() {
    this.#over.abort();
    this.doc.off('update', this.#edited);
    this.#epoch = null;
    if (this.awareness) {
      this.#protocol.removeAwarenessStates(this.awareness, [this.doc.clientID], 'destroyed');
      this.awareness.off('update', this.#aware);
      this.awareness.destroy();
    }
  }

  // ---- what the log tells ----------------------------------------------------------------------------------------

  #joined({ recovered, snapshot, entries }) {
    if (!recovered) {
      this.#parts.forget();
      if (typeof snapshot?.data?.y === 'string') {
        Y.applyUpdate(this.doc, fromBase64(snapshot.data.y), this);
      }
    }
    this.#take(entries);
    this.synced = true;
    this.emit('synced', true);
    this.#flush();
  }

  #take(entries) {
    const updates = entries
      .filter(({ kind }) => kind === 'update')
      .map((entry) => this.#parts.put(entry))
      .filter((whole) => whole !== null);
    // In one transaction, however many there are: an editor then draws once.
    this.doc.transact(() => updates.forEach((update) => Y.applyUpdate(this.doc, update, this)), this);
  }

  // ---- what goes out ---------------------------------------------------------------------------------------------

  #edit(update) {
    this.#unsaved.push(update);
    this.#drawSaved();
    this.#flush();
  }

  #mayWrite(epoch) {
    this.#epoch = epoch;
    this.emit('writable', true);
    this.#flush();
  }

  #rights({ epoch, you }) {
    if (this.#epoch !== null && (you !== 'holder' || epoch !== this.#epoch)) {
      this.#epoch = null;
      this.emit('writable', false);
    }
  }

  async #flush() {
    const epoch = this.#epoch;
    if (epoch === null || this.#sending > 0 || this.#unsaved.length === 0) {
      return;
    }
    this.#sending = this.#unsaved.length;
    const texts = split(toBase64(Y.mergeUpdates(this.#unsaved)), this.#largest);
    let stored = true;
    try {
      this.#inParts = texts.length > 1;
      for (let i = 0; i < texts.length && stored; i++) {
        const data = texts.length === 1 ? { y: texts[i] } : { y: texts[i], part: i + 1, of: texts.length };
        stored = (await this.#document.update(epoch, data)).applied;
      }
    } catch (error) {
      stored = false;
      if (this.#epoch === epoch) {
        this.emit('problem', /** @type {Error} */ (error));
      }
    }
    this.#inParts = false;
    if (stored) {
      this.#unsaved.splice(0, this.#sending);
    }
    this.#sending = 0;
    this.#drawSaved();
    if (stored || this.#epoch !== epoch) {
      this.#flush();
    }
  }

  #drawSaved() {
    const saved = this.#unsaved.length === 0;
    if (saved !== this.#saved) {
      this.#saved = saved;
      this.emit('saved', saved);
    }
  }

  #snapshot() {
    if (!this.#inParts) {
      // Too large for one message it is refused here; the log alone can rebuild the document as well.
      this.#document.snapshot({ y: toBase64(Y.encodeStateAsUpdate(this.doc)) }).catch(() => {});
    }
  }

  // ---- awareness -------------------------------------------------------------------------------------------------

  #tellAwareness(clients) {
    const known = this.awareness ? clients.filter((client) => this.awareness.meta.has(client)) : [];
    if (known.length > 0) {
      this.#document.signal({ awareness: toBase64(this.#protocol.encodeAwarenessUpdate(this.awareness, known)) });
    }
  }

  #tookAwareness({ session, data }) {
    if (typeof data?.awareness !== 'string') {
      return;
    }
    const spoken = this.#spoken.get(session) ?? new Set();
    this.#spoken.set(session, spoken);
    const listen = ({ added, updated }) => [...added, ...updated].forEach((client) => spoken.add(client));
    this.awareness.on('update', listen);
    this.#protocol.applyAwarenessUpdate(this.awareness, fromBase64(data.awareness), this);
    this.awareness.off('update', listen);
  }

  #membersChanged() {
    const { members } = this.#document;
    for (const [session, clients] of this.#spoken) {
      if (members.get(session)?.state !== 'online') {
        this.#spoken.delete(session);
        this.#protocol.removeAwarenessStates(this.awareness, [...clients], this);
      }
    }
    const known = this.#known;
    this.#known = new Set([...members.values()].filter(({ state }) => state === 'online').map(({ session }) => session));
    if ([...this.#known].some((session) => !known.has(session))) {
      this.#tellAwareness([this.doc.clientID]); // whoever has just come does not know us yet
    }
  }
}

/** Puts the parts of large updates together. A writer that was fenced between two of them sends all again, later. */
class Parts {
  #got = [];
  #from = '';

  forget() {
    this.#got = [];
  }

  /** @returns {?Uint8Array} the update that this entry completes */
  put({ session, epoch, data }) {
    if (typeof data?.y !== 'string') {
      return null;
    }
    if (data.part === undefined) {
      this.forget();
      return fromBase64(data.y);
    }
    const from = `${session} ${epoch}`;
    if (data.part === 1 || from !== this.#from || data.part !== this.#got.length + 1) {
      this.forget();
    }
    if (data.part !== this.#got.length + 1) {
      return null;
    }
    this.#from = from;
    this.#got.push(data.y);
    if (data.part < data.of) {
      return null;
    }
    const whole = this.#got.join('');
    this.forget();
    return fromBase64(whole);
  }
}

function split(text, largest) {
  const pieces = [];
  for (let at = 0; at < text.length; at += largest) {
    pieces.push(text.slice(at, at + largest));
  }
  return pieces;
}

/** @param {Uint8Array} bytes */
function toBase64(bytes) {
  let text = '';
  for (let at = 0; at < bytes.length; at += 0x8000) {
    text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  }
  return btoa(text);
}

/** @param {string} text */
function fromBase64(text) {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
