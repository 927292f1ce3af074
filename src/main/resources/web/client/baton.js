/**
 * A client of Baton: one session that outlives its connections. No dependencies.
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
import { comesBack, delay, weight } from './backoff.js';
import { BatonDocument } from './document.js';
import { Emitter } from './emitter.js';
import { BatonError, ConnectionLost } from './errors.js';
import { Liveness } from './liveness.js';

export { BatonDocument, BatonError, ConnectionLost, Emitter };

/** The sub-protocol spoken. */
export const PROTOCOL = 'baton.v1';

/** How long connecting, the handshake and the welcome may take, in milliseconds. */
const CONNECT = 10_000;

/** How long a node may take to answer when there is reason to doubt it, in milliseconds. */
const DOUBT = 4_000;

/** How long after an error a close may follow, in milliseconds. */
const CLOSE_FOLLOWS = 50;

const OPEN = 1;
const ABNORMAL = 1006;
const NOT_AUTHENTICATED = 4401;
const TOKEN_EXPIRED = 4503;

/**
 * @typedef {object} Options
 * @property {string | string[]} url `ws:` or `wss:`; of several, the next one is tried after each that fails
 * @property {import('./document.js').User} [user] who to be, where the node does not ask for a token
 * @property {string | (() => string | Promise<string>)} [token] the JWT, where it does; a function is asked before each
 *   connection, and so can bring a new one after 4503
 * @property {string} [resume] the secret of an earlier welcome
 * @property {{least: number, most: number}} [backoff] in milliseconds
 * @property {typeof WebSocket} [WebSocket] where there is no global one
 *
 * @typedef {'idle' | 'connecting' | 'online' | 'waiting' | 'ended'} State
 *
 * @typedef {object} Events
 * @property {{state: State, code?: number, reason?: string, retryAt?: number}} state it changed; `retryAt` by
 *   `performance.now()`, while `waiting`
 * @property {Error} problem the node complains of something that is no request, or says what cannot be read
 * @property {any} welcome the node's frame; `resume` in it is a secret to be kept for {@link Options}
 */

/**
 * One session with a node. It comes back with jittered back-off, at once when the tab becomes visible or the network is
 * back; resumes; joins its documents where they were left; and sends again what was not answered. It does not come back
 * after 1002, 1003, 1007, 1008, 4401 and 4500 to 4999; after 4503 it does when `token` is a function that has another one.
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
  #urls;
  #Socket;
  /** @type {?WebSocket} */
  #socket = null;
  /** @type {Map<string, BatonDocument>} */
  #documents = new Map();
  /** @type {Map<number, {heard: (frame: any) => void, resolve: (frame: any) => void, reject: (error: Error) => void}>} */
  #pending = new Map();
  /** Documents left while the node could not be told. @type {Set<string>} */
  #leaving = new Set();
  #ref = 0;
  #attempt = 0;
  #turn = 0;
  #onlineSince = 0;
  /** @type {any} */
  #timer = 0;
  /** @type {any} */
  #watch = 0;
  /** @type {?Liveness} */
  #liveness = null;
  #opened = 0;
  #token = '';
  /** The token that the node called expired. @type {?string} */
  #expired = null;
  #ids = randomPrefix();
  #operations = 0;
  #back = () => this.#comeBack();
  #visible = () => globalThis.document.visibilityState === 'visible' && this.#comeBack();

  /** @param {Options} options */
  constructor(options) {
    super();
    this.#options = { ...options };
    this.#backoff = options.backoff ?? { least: 250, most: 10_000 };
    this.#urls = [options.url].flat();
    this.#Socket = options.WebSocket ?? globalThis.WebSocket;
    if (!this.#Socket) {
      throw new TypeError('there is no global WebSocket here: name one in the option WebSocket');
    }
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

  /** Ends: what waits to be written is rejected, and told as drafts. {@link connect} starts again. */
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

  /** An operation id that no other operation of this session has, also not after a reload. @returns {string} */
  nextId() {
    return `${this.#ids}${++this.#operations}`;
  }

  /**
   * Sends a request; the promise is for its answer.
   * @param {object} frame
   * @param {(answer: any) => void} [heard] is given the answer before anything that the node sent after it is told: what comes in
   *   one piece of the network is told in one turn of the loop, and promises go on behind it
   * @returns {Promise<any>}
   */
  ask(frame, heard = () => {}) {
    return new Promise((resolve, reject) => {
      if (this.#socket?.readyState !== OPEN) {
        reject(new ConnectionLost(ABNORMAL, 'there is no connection'));
        return;
      }
      const ref = ++this.#ref;
      const text = JSON.stringify({ ...frame, ref });
      if (this.#tooLarge(text)) {
        // Sent, it would end the connection.
        reject(new BatonError('too-large', `a message has at most ${this.limits.message} bytes`));
        return;
      }
      this.#pending.set(ref, { heard, resolve, reject });
      this.#socket.send(text);
    });
  }

  /** Sends a frame that nobody waits for; lost while there is no connection. @param {object} frame */
  post(frame) {
    const text = JSON.stringify(frame);
    if (this.state === 'online' && this.#socket?.readyState === OPEN && !this.#tooLarge(text)) {
      this.#socket.send(text);
    }
  }

  /** Takes this session out of a document, now or when it is back. @param {string} name @returns {Promise<void>} */
  async left(name) {
    if (this.#documents.has(name)) {
      return; // entered again meanwhile
    }
    this.#leaving.add(name);
    try {
      await this.ask({ type: 'leave', document: name });
      this.#leaving.delete(name);
    } catch (error) {
      if (!(error instanceof ConnectionLost)) {
        this.#leaving.delete(name);
      }
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
    const turn = ++this.#opened;
    this.#timer = setTimeout(() => turn === this.#opened && this.#wait(ABNORMAL, 'the node did not answer'), CONNECT);
    this.#become('connecting');
    const { token } = this.#options;
    if (typeof token !== 'function') {
      this.#connect(token);
      return;
    }
    // Before the socket is open: the node does not wait long for a hello.
    Promise.resolve()
      .then(token)
      .then(
        (fresh) => turn === this.#opened && this.#connect(fresh),
        (error) => turn === this.#opened && this.#wait(ABNORMAL, `no token: ${error?.message ?? error}`),
      );
  }

  /** @param {string} [token] */
  #connect(token) {
    if (this.#expired !== null && token === this.#expired) {
      this.#end(TOKEN_EXPIRED, 'the token has expired');
      return;
    }
    this.#token = token ?? '';
    const url = this.#urls[this.#turn % this.#urls.length];
    const socket = new this.#Socket(url, PROTOCOL);
    this.#socket = socket;
    socket.onopen = () => this.#hello(socket, token);
    socket.onmessage = (event) => socket === this.#socket && this.#received(event.data);
    // The close that follows tells more, where one follows: not every WebSocket that is no browser's has one.
    socket.onerror = () => setTimeout(() => this.#lost(socket, ABNORMAL, 'the connection failed'), CLOSE_FOLLOWS);
    socket.onclose = (event) => this.#lost(socket, event.code, event.reason);
  }

  #hello(socket, token) {
    if (socket !== this.#socket) {
      return;
    }
    const { user, resume } = this.#options;
    this.ask({ type: 'hello', token, user, resume }, (welcome) => this.#welcomed(welcome)).catch((error) => {
      if (socket === this.#socket && error instanceof BatonError && !error.passing) {
        this.#end(NOT_AUTHENTICATED, error.message);
      }
    });
  }

  #welcomed(welcome) {
    clearTimeout(this.#timer);
    this.session = welcome.session;
    this.node = welcome.node;
    this.limits = welcome.limits ?? {};
    this.#options.resume = welcome.resume;
    this.#onlineSince = performance.now();
    this.#liveness = new Liveness(welcome.heartbeat.timeout, this.#onlineSince);
    this.#heed(this.#liveness.wake(this.#onlineSince));
    this.#become('online');
    this.emit('welcome', welcome);
    const leaving = welcome.resumed ? [...this.#leaving] : [];
    this.#leaving.clear();
    leaving.forEach((name) => this.left(name));
    this.#documents.forEach((document) => document.online());
  }

  #received(text) {
    let frame;
    try {
      frame = JSON.parse(text);
    } catch {
      this.emit('problem', new BatonError('bad-message', 'the node sent what is no JSON'));
      return;
    }
    this.#liveness?.heard(performance.now());
    const waiting = this.#pending.get(frame.ref);
    if (waiting) {
      this.#pending.delete(frame.ref);
      if (frame.type === 'error') {
        waiting.reject(new BatonError(frame.code, frame.message, frame.retry));
        return;
      }
      try {
        waiting.heard(frame);
      } finally {
        waiting.resolve(frame);
      }
    }
    if (frame.document !== undefined && (!waiting || frame.type === 'rights')) {
      this.#documents.get(frame.document)?.handle(frame);
    } else if (frame.type === 'error' && !waiting) {
      this.emit('problem', new BatonError(frame.code, frame.message, frame.retry));
    }
  }

  /** @param {string} text */
  #tooLarge(text) {
    const most = this.limits.message ?? Infinity;
    return text.length * 3 > most && new TextEncoder().encode(text).length > most;
  }

  #lost(socket, code, reason) {
    if (socket !== this.#socket) {
      return;
    }
    const renewable = code === TOKEN_EXPIRED && typeof this.#options.token === 'function';
    if (renewable) {
      this.#expired = this.#token;
    }
    if (renewable || comesBack(code)) {
      this.#wait(code, reason);
    } else {
      this.#end(code, reason);
    }
  }

  #wait(code, reason) {
    this.#opened++;
    this.#detach();
    this.#failPending(code, reason);
    this.#documents.forEach((document) => document.offline());
    // A node that welcomes and then drops its clients must not be met by all of them at once, again and again.
    if (this.#onlineSince > 0 && performance.now() - this.#onlineSince > this.#backoff.most) {
      this.#attempt = 0;
    }
    this.#onlineSince = 0;
    this.#attempt = Math.max(this.#attempt, weight(code));
    this.#turn++;
    const wait = delay(this.#attempt++, this.#backoff);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#open(), wait);
    this.#become('waiting', { code, reason, retryAt: performance.now() + wait });
  }

  #end(code, reason) {
    this.#opened++;
    clearTimeout(this.#timer);
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
    clearTimeout(this.#watch);
    this.#liveness = null;
    const socket = this.#socket;
    this.#socket = null;
    if (socket && socket.readyState <= OPEN) {
      socket.close();
    }
  }

  #failPending(code, reason) {
    const all = [...this.#pending.values()];
    this.#pending.clear();
    all.forEach(({ reject }) => reject(new ConnectionLost(code, reason)));
  }

  // ---- is the node still there? ----------------------------------------------------------------------------------

  /** @param {import('./liveness.js').Advice} advice */
  #heed({ ask, dead, wake }) {
    const socket = this.#socket;
    clearTimeout(this.#watch);
    if (dead) {
      this.#lost(socket, ABNORMAL, 'the node does not answer');
      return;
    }
    if (ask) {
      this.ask({ type: 'ping' }).catch(() => {});
    }
    this.#watch = setTimeout(() => this.#liveness && this.#heed(this.#liveness.wake(performance.now())), wake);
  }

  #comeBack() {
    if (this.state === 'waiting') {
      this.#open();
    } else if (this.#liveness) {
      this.#heed(this.#liveness.doubt(DOUBT, performance.now()));
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
