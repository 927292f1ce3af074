/**
 * A client of Baton for the browser: one session that outlives its connections. No dependencies.
 *
 * ```js
 * const client = new BatonClient({ url: 'ws://127.0.0.1:8080/socket', user: { id: 'ada', name: 'Ada' } });
 * const notes = client.document('notes', 'edit');
 * notes.on('writable', ({ epoch }) => notes.update(epoch, { any: 'JSON' }));
 * client.connect();
 * ```
 *
 * @module
 */
import { comesBack, delay } from './backoff.js';
import { BatonDocument } from './document.js';
import { Emitter } from './emitter.js';
import { BatonError, ConnectionLost } from './errors.js';

export { BatonDocument, BatonError, ConnectionLost };

/** The sub-protocol spoken. */
export const PROTOCOL = 'baton.v1';

/** How long connecting, the handshake and the welcome may take, in milliseconds. */
const CONNECT = 10_000;

/** How long a node may take to answer when there is reason to doubt it, in milliseconds. */
const DOUBT = 4_000;

/**
 * @typedef {object} Options
 * @property {string} url `ws:` or `wss:`
 * @property {import('./document.js').User} [user] who to be, where the node does not ask for a token
 * @property {string} [token] the JWT, where it does
 * @property {string} [resume] the secret of an earlier welcome
 * @property {{least: number, most: number}} [backoff] in milliseconds
 *
 * @typedef {'idle' | 'connecting' | 'online' | 'waiting' | 'ended'} State
 *
 * @typedef {object} Events
 * @property {{state: State, code?: number, reason?: string, retryAt?: number}} state it changed; `retryAt` by
 *   `performance.now()`, while `waiting`
 * @property {BatonError} problem the node complains of something that is no request
 * @property {any} welcome the node's frame; `resume` in it is a secret to be kept for {@link Options}
 */

/**
 * One session with a node. It comes back with jittered back-off, at once when the tab becomes visible or the network is
 * back; resumes; joins its documents where they were left; and sends again what was not answered. It does not come back
 * after 1002, 1003, 1007, 1008, 4401 and 4500 to 4999.
 *
 * @extends {Emitter<Events>}
 */
export class BatonClient extends Emitter {
  /** @type {State} */
  state = 'idle';
  /** The session's public id; null before the first welcome. @type {?string} */
  session = null;
  /** The node's id. @type {?string} */
  node = null;
  /** The node's limits by name. @type {Record<string, number>} */
  limits = {};

  #options;
  #backoff;
  /** @type {?WebSocket} */
  #socket = null;
  /** @type {Map<string, BatonDocument>} */
  #documents = new Map();
  /** @type {Map<number, {resolve: (frame: any) => void, reject: (error: Error) => void}>} */
  #pending = new Map();
  #ref = 0;
  #attempt = 0;
  #onlineSince = 0;
  #timer = 0;
  #watch = 0;
  #silence = 0;
  #ids = randomPrefix();
  #operations = 0;
  #back = () => this.#comeBack();
  #visible = () => globalThis.document.visibilityState === 'visible' && this.#comeBack();

  /** @param {Options} options */
  constructor(options) {
    super();
    this.#options = { ...options };
    this.#backoff = options.backoff ?? { least: 250, most: 10_000 };
  }

  /** Connects, and stays so until {@link close}. */
  connect() {
    if (this.state !== 'idle' && this.state !== 'ended') {
      return;
    }
    globalThis.addEventListener?.('online', this.#back);
    globalThis.addEventListener?.('pageshow', this.#back);
    globalThis.document?.addEventListener('visibilitychange', this.#visible);
    this.#attempt = 0;
    this.#open();
  }

  /** Does not wait for the next attempt. */
  reconnectNow() {
    if (this.state === 'waiting') {
      this.#open();
    }
  }

  /** Ends: what waits to be written is rejected. {@link connect} starts again. */
  close() {
    this.#end(1000, '');
  }

  /**
   * Takes part in a document, on this connection and all to come.
   * @param {string} name
   * @param {'edit' | 'view'} mode
   * @returns {BatonDocument}
   */
  document(name, mode) {
    const known = this.#documents.get(name);
    if (known) {
      return known;
    }
    const document = new BatonDocument(this, name);
    document.mode = mode;
    this.#documents.set(name, document);
    if (this.state === 'online') {
      document.online();
    }
    return document;
  }

  // ---- for documents ---------------------------------------------------------------------------------------------

  /** An operation id that no other operation of this session has, also not after a reload. */
  nextId() {
    return `${this.#ids}${++this.#operations}`;
  }

  /** Sends a request; the promise is for its answer. @param {object} frame @returns {Promise<any>} */
  ask(frame) {
    return new Promise((resolve, reject) => {
      if (!this.#socket || this.#socket.readyState !== WebSocket.OPEN) {
        reject(new ConnectionLost(1006, 'there is no connection'));
        return;
      }
      const ref = ++this.#ref;
      this.#pending.set(ref, { resolve, reject });
      this.#write({ ...frame, ref });
    });
  }

  /** Sends a frame that nobody waits for; lost while there is no connection. @param {object} frame */
  post(frame) {
    if (this.state === 'online') {
      this.#write(frame);
    }
  }

  /** @param {BatonDocument} document */
  forget(document) {
    if (this.#documents.get(document.name) === document) {
      this.#documents.delete(document.name);
    }
  }

  // ---- the connection --------------------------------------------------------------------------------------------

  #open() {
    clearTimeout(this.#timer);
    const socket = new WebSocket(this.#options.url, PROTOCOL);
    this.#socket = socket;
    this.#become('connecting');
    this.#timer = setTimeout(() => this.#lost(socket, 1006, 'the node did not answer'), CONNECT);
    socket.onopen = () => this.#hello(socket);
    socket.onmessage = (event) => socket === this.#socket && this.#received(event.data);
    socket.onclose = (event) => this.#lost(socket, event.code, event.reason);
  }

  #hello(socket) {
    if (socket !== this.#socket) {
      return;
    }
    const { token, user, resume } = this.#options;
    this.ask({ type: 'hello', token, user, resume }).then(
      (welcome) => socket === this.#socket && this.#welcomed(welcome),
      (error) => {
        if (socket === this.#socket && error instanceof BatonError && !error.passing) {
          this.#end(4401, error.message);
        }
      },
    );
  }

  #welcomed(welcome) {
    clearTimeout(this.#timer);
    this.session = welcome.session;
    this.node = welcome.node;
    this.limits = welcome.limits ?? {};
    this.#options.resume = welcome.resume;
    this.#silence = welcome.heartbeat.timeout;
    this.#onlineSince = performance.now();
    this.#become('online');
    this.emit('welcome', welcome);
    this.#listen();
    this.#documents.forEach((document) => document.online());
  }

  #received(text) {
    const frame = JSON.parse(text);
    this.#listen();
    const waiting = this.#pending.get(frame.ref);
    if (waiting) {
      this.#pending.delete(frame.ref);
      if (frame.type === 'error') {
        waiting.reject(new BatonError(frame.code, frame.message, frame.retry));
        return;
      }
      waiting.resolve(frame);
    }
    if (frame.document !== undefined && (!waiting || frame.type === 'rights')) {
      this.#documents.get(frame.document)?.handle(frame);
    } else if (frame.type === 'error' && !waiting) {
      this.emit('problem', new BatonError(frame.code, frame.message, frame.retry));
    }
  }

  #write(frame) {
    if (this.#socket?.readyState === WebSocket.OPEN) {
      this.#socket.send(JSON.stringify(frame));
    }
  }

  #lost(socket, code, reason) {
    if (socket !== this.#socket) {
      return;
    }
    clearTimeout(this.#watch);
    if (!comesBack(code)) {
      this.#end(code, reason);
      return;
    }
    this.#detach();
    this.#failPending(code, reason);
    this.#documents.forEach((document) => document.offline());
    // A node that welcomes and then drops its clients must not be met by all of them at once, again and again.
    if (this.#onlineSince > 0 && performance.now() - this.#onlineSince > this.#backoff.most) {
      this.#attempt = 0;
    }
    this.#onlineSince = 0;
    const wait = delay(this.#attempt++, this.#backoff);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#open(), wait);
    this.#become('waiting', { code, reason, retryAt: performance.now() + wait });
  }

  #end(code, reason) {
    clearTimeout(this.#timer);
    clearTimeout(this.#watch);
    globalThis.removeEventListener?.('online', this.#back);
    globalThis.removeEventListener?.('pageshow', this.#back);
    globalThis.document?.removeEventListener('visibilitychange', this.#visible);
    this.#detach();
    this.#failPending(code, reason);
    const cause = new ConnectionLost(code, reason);
    this.#documents.forEach((document) => document.end(cause));
    this.#become('ended', { code, reason });
  }

  /** Lets the socket go without waiting for a closing handshake, which a dead node never answers. */
  #detach() {
    const socket = this.#socket;
    this.#socket = null;
    if (socket && socket.readyState <= WebSocket.OPEN) {
      socket.close();
    }
  }

  #failPending(code, reason) {
    const all = [...this.#pending.values()];
    this.#pending.clear();
    all.forEach(({ reject }) => reject(new ConnectionLost(code, reason)));
  }

  // ---- is the node still there? ----------------------------------------------------------------------------------

  /** The node was heard just now. The browser hides its pings: when nothing else comes for long, it is asked. */
  #listen() {
    clearTimeout(this.#watch);
    if (this.state === 'online') {
      this.#watch = setTimeout(() => this.#doubt(this.#silence), this.#silence);
    }
  }

  #doubt(patience) {
    const socket = this.#socket;
    clearTimeout(this.#watch);
    this.ask({ type: 'ping' }).catch(() => {});
    const asked = performance.now();
    this.#watch = setTimeout(() => {
      if (performance.now() - asked > patience * 1.5) {
        this.#doubt(patience); // this tab slept meanwhile, and the answer may wait to be read
      } else {
        this.#lost(socket, 1006, 'the node does not answer');
      }
    }, patience);
  }

  #comeBack() {
    if (this.state === 'waiting') {
      this.#open();
    } else if (this.state === 'online') {
      this.#doubt(DOUBT);
    }
  }

  // ---- pieces ----------------------------------------------------------------------------------------------------

  #become(state, detail = {}) {
    this.state = state;
    this.emit('state', { state, ...detail });
  }
}

function randomPrefix() {
  const bytes = crypto.getRandomValues(new Uint8Array(6));
  return `${Array.from(bytes, (byte) => byte.toString(36).padStart(2, '0')).join('')}-`;
}
