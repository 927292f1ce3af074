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
import { Channel } from './channel.js';
import { BatonDocument } from './document.js';
import { Emitter } from './emitter.js';
import { BatonError, ConnectionLost } from './errors.js';
import { Guard } from './guard.js';
import { Liveness } from './liveness.js';
import { listenToPage } from './page.js';
import { now, unique } from './platform.js';
import { Tokens, renewIn } from './tokens.js';

export { BatonDocument, BatonError, ConnectionLost, Emitter };

/** The sub-protocol spoken. */
export const PROTOCOL = 'baton.v1';

/** How long connecting, the handshake and the welcome may take, in milliseconds. */
const CONNECT = 10_000;

/** How long a node may take to answer when there is reason to doubt it, in milliseconds. */
const DOUBT = 4_000;

/** How long after an error a close may follow, in milliseconds. */
const CLOSE_FOLLOWS = 50;

/** How long after a complaint of the node a close is because of it, in milliseconds. */
const COMPLAINT = 5_000;

/** The wait before a token that could not be renewed is asked for again, in milliseconds. */
const RENEW = { least: 1_000, most: 30_000 };

/** No number of the node's counts for more: timers do not take it. */
const MOST = 2 ** 31 - 1;

const ABNORMAL = 1006;
const NOT_AUTHENTICATED = 4401;
const TOKEN_EXPIRED = 4503;

/** Closes whose reason the node tells in an error before. */
const EXPLAINED = new Set([4001, 4002, NOT_AUTHENTICATED]);

/**
 * @typedef {object} Options
 * @property {string | string[]} url `ws:` or `wss:`; of several, the next one is tried after each that fails
 * @property {import('./document.js').User} [user] who to be, where the node does not ask for a token
 * @property {string | (() => string | Promise<string>)} [token] the JWT, where it does; a function is asked before each
 *   connection, and again before the token expires
 * @property {number} [tokenLife] after how many milliseconds a token expires that does not tell
 * @property {string} [resume] the secret of an earlier welcome
 * @property {'bye' | 'close'} [pagehide] when the page is left: end the session, or let another page resume it
 * @property {import('./keep.js').Keep} [keep] what outlives a reload
 * @property {{least: number, most: number}} [backoff] in milliseconds
 * @property {typeof WebSocket} [WebSocket] where there is no global one
 *
 * @typedef {'idle' | 'connecting' | 'online' | 'waiting' | 'ended'} State
 *
 * @typedef {object} Events
 * @property {{state: State, code?: number, reason?: string, retryAt?: number}} state it changed; `retryAt` by
 *   `performance.now()`, while `waiting`
 * @property {BatonError} problem the node refuses something, or says what cannot be read, or a listener threw
 * @property {any} welcome the node's frame; `resume` in it is a secret to be kept for {@link Options}
 */

/**
 * One session with a node. It comes back with jittered back-off, at once when the tab becomes visible or the network is
 * back; resumes; joins its documents where they were left; and sends again what was not answered. It does not come back
 * after 1002, 1003, 1007, 1008, 4401 and 4500 to 4999; when `token` is a function, it does after 4503, and once after 4401.
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
  #options;
  #backoff;
  #urls;
  #Socket;
  #tokens;
  /** @type {?WebSocket} */
  #socket = null;
  /** @type {Map<string, BatonDocument>} */
  #documents = new Map();
  #channel = new Channel();
  /** Documents left while the node could not be told. @type {Set<string>} */
  #leaving = new Set();
  #ref = 0;
  #attempt = 0;
  #turn = 0;
  /** @type {any} */
  #timer = 0;
  /** @type {any} */
  #watch = 0;
  /** @type {?Liveness} */
  #liveness = null;
  #opened = 0;
  /** The token shown last. @type {string | undefined} */
  #token;
  /** The token that the node called expired. @type {?string} */
  #expired = null;
  /** Whether the node has refused a token since the last welcome. */
  #refused = false;
  /** @type {any} */
  #renewal = 0;
  /** @type {WeakSet<BatonError>} */
  #reported = new WeakSet();
  #complaint = '';
  /** Whether that may pass. */
  #passing = false;
  #complainedAt = 0;
  /** When the node is to be asked again at the earliest. */
  #notBefore = 0;
  #guard = new Guard({
    online: () => this.state === 'online',
    documents: () => [...this.#documents.values()],
    ping: (done) => this.send({ type: 'ping' }, undefined, done),
  });
  #ids = `${unique()}-`;
  #operations = 0;
  /** @type {AbortController | undefined} */
  #page;

  /** @param {Options} options */
  constructor(options) {
    super();
    this.#options = { ...options, resume: options.resume ?? options.keep?.take() };
    this.#backoff = options.backoff ?? { least: 250, most: 10_000 };
    this.#urls = [options.url].flat();
    this.#tokens = new Tokens(options.token);
    this.#Socket = options.WebSocket ?? globalThis.WebSocket;
    if (!this.#Socket) {
      throw new TypeError('there is no global WebSocket here: name one in the option WebSocket');
    }
  }

  /** The node's limits by name. @returns {Record<string, number>} */
  get limits() {
    return this.#channel.limits;
  }

  /** Connects, and stays so until {@link close}. */
  connect() {
    if (this.state !== 'idle' && this.state !== 'ended') {
      return;
    }
    this.#page = listenToPage({ back: () => this.#comeBack(), hide: () => this.#hide(), show: () => this.#show() });
    this.#attempt = 0;
    this.#refused = false;
    this.#open();
  }

  /** Does not wait for the next attempt. */
  reconnectNow() {
    if (this.state === 'waiting') {
      this.#open();
    }
  }

  /**
   * Ends: what waits to be written is rejected, and told as drafts. The session can be resumed. {@link connect} starts
   * again.
   */
  close() {
    this.#end(1000, '');
  }

  /** Ends the session as well: the others see at once that it is gone, and its locks go on. */
  bye() {
    this.post({ type: 'bye' });
    this.#options.resume = undefined;
    this.close();
  }

  /**
   * Takes part in a document, on this connection and all to come. One that is there already changes to this mode.
   * @param {string} name
   * @param {'edit' | 'view'} mode
   * @returns {BatonDocument}
   */
  document(name, mode) {
    const known = this.#documents.get(name);
    if (known) {
      known.stand(mode);
      return known;
    }
    const document = new BatonDocument(this, name);
    document.mode = mode;
    this.#documents.set(name, document);
    this.#options.keep?.watch(document);
    if (this.state === 'online') {
      document.online();
    }
    return document;
  }

  /**
   * The token from now on. Online, it is shown to the node at once; the connection stays.
   * @param {string | (() => string | Promise<string>)} token
   */
  setToken(token) {
    this.#tokens.set(token);
    this.#expired = null;
    this.#renew(0);
  }

  // ---- for documents ---------------------------------------------------------------------------------------------

  /** An operation id that no other operation of this session has, also not after a reload. @returns {string} */
  nextId() {
    return `${this.#ids}${++this.#operations}`;
  }

  /**
   * Sends a request.
   * @param {object} head its fields, without the data
   * @param {string | undefined} data JSON; it goes in parts where the node takes them and it is too large for one message
   * @param {(answer: any, error?: Error) => void} done is called once, before anything that the node sent after the answer is told
   */
  send(head, data, done) {
    this.#channel.send(head, data, done);
  }

  /** Sends a request; the promise is for its answer. @param {object} head @returns {Promise<any>} */
  ask(head) {
    return new Promise((resolve, reject) => {
      this.send(head, undefined, (answer, error) => (error ? reject(error) : resolve(answer)));
    });
  }

  /**
   * Sends a frame that nobody waits for; lost while there is no connection.
   * @param {object} head
   * @param {string} [data] JSON
   */
  post(head, data) {
    const error = this.state === 'online' && this.#channel.open && this.#channel.post(head, data);
    if (error) {
      this.problem(error, head);
    }
  }

  /** For how many milliseconds the node's limits forbid to send so much. @param {number} bytes */
  wait(bytes) {
    return this.#channel.wait(bytes);
  }

  /** Something went wrong that nobody waits for. @param {any} error @param {object} [about] where it was */
  problem(error, about) {
    const known = error instanceof BatonError ? error : Object.assign(new BatonError('listener', String(error)), { cause: error });
    if (this.#reported.has(known)) {
      return;
    }
    this.#reported.add(known);
    if (!this.emit('problem', Object.assign(known, about))) {
      globalThis.console?.error(known);
    }
  }

  /** A listener of the client's threw. */
  failed(error, event) {
    event === 'problem' ? super.failed(error, event) : this.problem(error, { event });
  }

  /** A document holds its lock: whether that is still so is watched. */
  guard() {
    this.#guard.begin();
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
    let missing = 'the token has not come';
    this.#timer = setTimeout(() => turn === this.#opened && this.#wait(ABNORMAL, missing), CONNECT);
    this.#become('connecting');
    const connect = (token) => {
      if (turn === this.#opened) {
        missing = 'the node did not answer';
        this.#connect(token);
      }
    };
    if (!this.#tokens.renewable) {
      connect(this.#tokens.fixed);
      return;
    }
    // Before the socket is open: the node does not wait long for a hello.
    this.#tokens.get(now()).then(connect, (error) => {
      turn === this.#opened && this.#wait(ABNORMAL, `no token: ${error?.message ?? error}`);
    });
  }

  /** @param {string} [token] */
  #connect(token) {
    if (this.#expired !== null && token === this.#expired) {
      this.#end(TOKEN_EXPIRED, 'the token has expired');
      return;
    }
    this.#token = token;
    this.#complaint = '';
    const url = this.#urls[this.#turn % this.#urls.length];
    const socket = new this.#Socket(url, PROTOCOL);
    this.#socket = socket;
    this.#channel.over(socket);
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
    this.send({ type: 'hello', token, user, resume }, undefined, (welcome, error) => {
      if (welcome) {
        this.#welcomed(welcome);
      } else if (error instanceof BatonError && !error.passing) {
        this.#lost(socket, NOT_AUTHENTICATED, error.message);
      } else if (error instanceof BatonError) {
        this.#complain(error);
      }
    });
  }

  #welcomed(welcome) {
    const { heartbeat, grace } = welcome;
    const interval = amount(heartbeat?.interval, 5_000);
    const timeout = amount(heartbeat?.timeout, 10_000);
    clearTimeout(this.#timer);
    this.#refused = false;
    this.session = String(welcome.session);
    this.node = welcome.node;
    this.#options.resume = welcome.resume;
    this.#channel.limited(welcome.limits);
    // What moves the lock first: a closed socket, a lost node, or pings that stay unanswered.
    const silent = Math.max(0, timeout - interval) + amount(grace?.timeout, 0);
    this.#guard.welcomed(Math.min(amount(grace?.closed, 3_000), amount(grace?.node, 3_000), silent));
    const at = now();
    this.#liveness = new Liveness(timeout, at);
    this.#heed(this.#liveness.wake(at));
    this.#renewLater();
    this.#become('online');
    this.emit('welcome', welcome);
    const leaving = welcome.resumed ? [...this.#leaving] : [];
    this.#leaving.clear();
    leaving.forEach((name) => this.left(name));
    this.#documents.forEach((document) => document.online());
  }

  #received(text) {
    this.#guard.heard();
    this.#liveness?.heard(now());
    let frame;
    try {
      frame = JSON.parse(text);
    } catch {
      frame = null;
    }
    if (typeof frame?.type !== 'string') {
      this.problem(new BatonError('bad-message', 'the node sent what cannot be read'));
      return;
    }
    try {
      this.#told(frame);
    } catch (error) {
      const about = { cause: error, event: frame.type, document: frame.document };
      this.problem(new BatonError('bad-message', `the node sent what cannot be read: ${error?.message}`), about);
    }
  }

  #told(frame) {
    const done = this.#channel.waiting(frame);
    const error = frame.type === 'error' ? new BatonError(String(frame.code), String(frame.message), amount(frame.retry)) : undefined;
    if (error?.code === 'rate-limited') {
      this.#channel.pause(error.retry ?? 1_000);
    }
    if (done) {
      if (this.state === 'online') {
        this.#attempt = 0; // this node not only welcomes, it answers
      }
      done(error ? null : frame, error);
    } else if (error) {
      this.#complain(error);
      this.problem(error);
    }
    if (frame.document !== undefined && (!done || frame.type === 'rights')) {
      this.#documents.get(frame.document)?.handle(frame);
    }
  }

  #complain({ message, passing, retry = 0 }) {
    this.#complaint = message;
    this.#passing = passing;
    this.#complainedAt = now();
    this.#notBefore = now() + retry;
  }

  #lost(socket, code, reason) {
    if (socket !== this.#socket) {
      return;
    }
    const explained = EXPLAINED.has(code) && this.#complaint && now() - this.#complainedAt < COMPLAINT;
    const words = explained ? this.#complaint : reason;
    const late = explained && code === NOT_AUTHENTICATED && this.#passing;
    const again = late || (this.#tokens.renewable && (code === TOKEN_EXPIRED || (code === NOT_AUTHENTICATED && !this.#refused)));
    this.#refused ||= !late && code === NOT_AUTHENTICATED;
    if (again && code === TOKEN_EXPIRED) {
      this.#expired = this.#token ?? '';
    }
    if (again || comesBack(code)) {
      this.#wait(code, words);
    } else {
      this.#end(code, words);
    }
  }

  #wait(code, reason) {
    this.#opened++;
    this.#detach(code, reason);
    this.#documents.forEach((document) => document.offline(code));
    // A node that welcomes and then drops its clients must not be met by all of them at once, again and again.
    this.#attempt = Math.max(this.#attempt, weight(code));
    this.#turn++;
    const wait = Math.max(delay(this.#attempt++, this.#backoff), this.#notBefore - now());
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#open(), wait);
    this.#become('waiting', { code, reason, retryAt: now() + wait });
    this.#guard.look();
  }

  #end(code, reason) {
    this.#opened++;
    clearTimeout(this.#timer);
    this.#guard.end();
    this.#page?.abort();
    this.#detach(code, reason);
    const cause = new ConnectionLost(code, reason);
    this.#documents.forEach((document) => document.end(cause));
    this.#become('ended', { code, reason });
  }

  #detach(code, reason) {
    clearTimeout(this.#watch);
    clearTimeout(this.#renewal);
    this.#liveness = null;
    this.#socket = null;
    this.#channel.close(code, reason);
  }

  // ---- the token -------------------------------------------------------------------------------------------------

  #renewLater() {
    const wait = renewIn(this.#token, this.#options.tokenLife);
    clearTimeout(this.#renewal);
    if (wait && this.#tokens.renewable) {
      this.#renewal = setTimeout(() => this.#renew(0), wait);
    }
  }

  /** Shows the node a new token on the connection that is there. However long that takes, the connection stays. */
  async #renew(attempt) {
    const socket = this.#socket;
    clearTimeout(this.#renewal);
    if (this.state !== 'online') {
      return;
    }
    try {
      const token = await this.#tokens.get(now());
      if (socket !== this.#socket) {
        return;
      }
      const { limits } = await this.ask({ type: 'hello', token, user: this.#options.user });
      this.#token = token;
      this.#channel.limited(limits);
      this.#renewLater();
    } catch (error) {
      if (socket === this.#socket && !(error instanceof ConnectionLost)) {
        this.problem(new BatonError('token', `the token could not be renewed: ${error?.message ?? error}`), { cause: error });
        if (!(error instanceof BatonError) || error.passing) {
          this.#renewal = setTimeout(() => this.#renew(attempt + 1), delay(attempt, RENEW));
        }
      }
    }
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
      this.#guard.ping();
    }
    this.#watch = setTimeout(() => this.#liveness && this.#heed(this.#liveness.wake(now())), wake);
  }

  #comeBack() {
    if (this.state === 'waiting') {
      this.#open();
    } else if (this.#liveness) {
      this.#guard.look();
      this.#heed(this.#liveness.doubt(DOUBT, now()));
    }
  }

  // ---- the page --------------------------------------------------------------------------------------------------

  /** The page is left, for ever or until somebody goes back to it: then it comes back too. */
  #hide() {
    const { keep, pagehide = keep ? 'close' : 'bye', resume } = this.#options;
    keep?.put(resume, this.#documents.values());
    if (pagehide === 'bye') {
      this.post({ type: 'bye' });
      this.#options.resume = undefined;
    }
    this.#wait(1000, 'the page was left');
    clearTimeout(this.#timer);
  }

  #show() {
    this.#options.keep?.back();
    this.#comeBack();
  }

  // ---- pieces ----------------------------------------------------------------------------------------------------

  #become(state, detail = {}) {
    this.state = state;
    this.emit('state', { state, ...detail });
  }
}

/** A time or a size that the node tells, or what is to be assumed. */
const amount = (number, otherwise) => (typeof number === 'number' && number >= 0 ? Math.min(number, MOST) : otherwise);
