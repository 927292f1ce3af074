/**
 * A Yjs document kept in a document of Baton: any editor with a Yjs binding works on it.
 *
 * ```js
 * const provider = new BatonProvider(client.document('notes', 'edit'), new Y.Doc(), { awarenessProtocol });
 * provider.on('writable', (writable) => editor.enable(writable));
 * ```
 *
 * Only the holder's edits go out. Edits made without the edit lock (offline, or because the lock was lost) stay in the
 * Yjs document and go out, merged, when this session holds the lock again. So there are no drafts to show: `saved` and
 * `pending` tell.
 *
 * @module
 */
import * as ownY from 'yjs';
import { Emitter } from './emitter.js';
import { MemberAwareness } from './yjs-awareness.js';
import { Replica } from './yjs-replica.js';

/** How long `destroy()` waits for edits on their way when the provider owns its document, in milliseconds. */
const FLUSH = 5_000;

/** One replica a document, so that a provider can follow on another. @type {WeakMap<object, Replica>} */
const replicas = new WeakMap();

/** Yjs documents that have a provider. @type {WeakSet<object>} */
const provided = new WeakSet();

/**
 * In the log, an update of Yjs is `{y: base64}`, or `{y: base64, part: n, of: m}` for one of the parts of a large one;
 * a snapshot is `{y: base64}`; awareness is a signal `{awareness: base64}`.
 *
 * @typedef {import('./document.js').BatonDocument} BatonDocument
 *
 * @typedef {object} Options
 * @property {any} [awarenessProtocol] the module `y-protocols/awareness`, to share cursors and names through signals
 * @property {number} [largest] characters of data in one update; what the node takes, unless said otherwise
 * @property {boolean} [ownsDocument] whether {@link BatonProvider#destroy} also leaves the document of Baton
 * @property {any} [Y] the module `yjs` that made the Yjs document, where it is not the one that `baton-client/yjs` imports
 *
 * @typedef {object} Events
 * @property {boolean} synced once: all that the log held when the document was joined is in the Yjs document
 * @property {boolean} writable whether edits go out now
 * @property {boolean} saved whether the log is known to have every edit of the Yjs document
 * @property {{count: number, bytes: number}} pending the edits that the log is not known to have
 * @property {import('./yjs-replica.js').Problem} problem something was skipped or refused; its `code` says what
 */

/** @extends {Emitter<Events>} */
export class BatonProvider extends Emitter {
  #document;
  #replica;
  #owns;
  /** @type {?MemberAwareness} */
  #members = null;
  #over = new AbortController();
  /** @type {?Promise<void>} */
  #destroyed = null;
  #saved = true;
  #pending = { count: 0, bytes: 0 };
  #toldSynced = false;

  /**
   * @param {BatonDocument} document not joined yet, or one that had a provider before
   * @param {import('yjs').Doc} doc what it holds, and the log lacks, counts as edits made here
   * @param {Options} [options]
   */
  constructor(document, doc, { awarenessProtocol, largest, ownsDocument = false, Y = ownY } = {}) {
    super();
    if (!(doc instanceof Y.Doc)) {
      throw new TypeError(
        'the Yjs document is not of the copy of Yjs that the provider works with: let your bundler keep one copy, or name yours in the option Y',
      );
    }
    if (provided.has(doc)) {
      throw new Error('this Yjs document has a provider already, and a second one would write every edit twice: destroy that one first');
    }
    this.#replica = replicaOf(document, Y);
    this.#document = document;
    this.#owns = ownsDocument;
    this.doc = doc;
    provided.add(doc);
    this.#replica.attach(doc, {
      synced: () => this.#synced(),
      writable: (writable) => this.emit('writable', writable),
      pending: () => this.#edits(),
      problem: (problem) => this.emit('problem', problem),
    }, largest);
    this.#saved = this.#replica.saved;
    this.#pending = this.#replica.pending;
    if (awarenessProtocol) {
      const told = (problem) => this.emit('problem', problem);
      this.#members = new MemberAwareness(document, doc, awarenessProtocol, this.#over.signal, told);
    }
    doc.on('destroy', this.#docDestroyed);
    // Of a document that had a provider before, this is known already; nobody could listen until now.
    queueMicrotask(() => {
      if (!this.#over.signal.aborted) {
        this.#replica.synced && this.#synced();
        this.#replica.writable && this.emit('writable', true);
      }
    });
  }

  /** The awareness of `y-protocols`; null without `awarenessProtocol`. */
  get awareness() {
    return this.#members?.awareness ?? null;
  }

  /** Whether all that the log held when the document was joined is in the Yjs document. It stays so. */
  get synced() {
    return this.#replica.synced;
  }

  /** Whether edits go out now. */
  get writable() {
    return !this.#over.signal.aborted && this.#replica.writable;
  }

  /** Whether the log is known to have every edit of the Yjs document. */
  get saved() {
    return this.#saved;
  }

  /** The edits that the log is not known to have: how many updates, and their bytes. */
  get pending() {
    return this.#pending;
  }

  /** Resolves when {@link synced}; rejects when the provider is destroyed before. @returns {Promise<void>} */
  whenSynced() {
    return this.#when('synced', () => this.synced);
  }

  /** Resolves when {@link saved}; rejects when the provider is destroyed before. @returns {Promise<void>} */
  whenSaved() {
    return this.#when('saved', () => this.saved);
  }

  /**
   * Takes the provider's hands off the Yjs document, whose edits the log may still lack ({@link saved}). The document
   * of Baton can be given to another provider; with `ownsDocument` it is left, and the edit lock released, once edits
   * on their way are stored, or after five seconds, unless another provider was made for it by then.
   *
   * @returns {Promise<void>} done when that is done
   */
  destroy() {
    this.#destroyed ??= this.#end();
    return this.#destroyed;
  }

  #docDestroyed = () => void this.destroy();

  async #end() {
    const replica = this.#replica;
    this.doc.off('destroy', this.#docDestroyed);
    this.#members?.destroy();
    this.#over.abort();
    replica.detach();
    provided.delete(this.doc);
    if (this.#owns) {
      await replica.flushed(FLUSH);
      if (!replica.attached) {
        replicas.delete(this.#document);
        await this.#document.leave();
      }
    }
  }

  #synced() {
    if (!this.#toldSynced) {
      this.#toldSynced = true;
      this.emit('synced', true);
    }
  }

  #edits() {
    const { count, bytes } = this.#pending;
    this.#pending = this.#replica.pending;
    if (count !== this.#pending.count || bytes !== this.#pending.bytes) {
      this.emit('pending', this.#pending);
    }
    const before = this.#saved;
    this.#saved = this.#replica.saved;
    if (before !== this.#saved) {
      this.emit('saved', this.#saved);
    }
  }

  #when(type, so) {
    const promise = new Promise((resolve, reject) => {
      const { signal } = this.#over;
      const ended = () => reject(new Error(`the provider was destroyed before it was ${type}`));
      if (so()) {
        resolve();
      } else if (signal.aborted) {
        ended();
      } else {
        signal.addEventListener('abort', ended, { once: true });
        const off = this.on(type, (is) => {
          if (is) {
            off();
            signal.removeEventListener('abort', ended);
            resolve();
          }
        });
      }
    });
    promise.catch(() => {}); // who asks and goes away does not have to catch it
    return promise;
  }
}

/** @param {BatonDocument} document */
function replicaOf(document, Y) {
  const known = replicas.get(document);
  if (known?.attached) {
    throw new Error(`the document ${document.name} has a provider already, and a second one would write every edit twice: destroy that one first`);
  }
  if (known?.speaks(Y)) {
    return known;
  }
  if (known || document.joined || document.rights !== null) {
    throw new Error('the provider has to be there before the document is joined, or it misses what is in it: make it before connect(), or leave the document and take it anew');
  }
  const replica = new Replica(document, Y);
  replicas.set(document, replica);
  return replica;
}
