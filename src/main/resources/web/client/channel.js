import { BatonError, ConnectionLost } from './errors.js';
import { now, pieces, size } from './platform.js';
import { Rate } from './rate.js';

/** Room for the words around the data of a message, in bytes. */
const AROUND = 1024;

/** What may wait in the socket before large data goes on, in bytes; how long it then waits, in milliseconds. */
const BUFFERED = 256 * 1024;
const PAUSE = 50;

const OPEN = 1;
const ABNORMAL = 1006;

/**
 * @typedef {(answer: any, error?: Error) => void} Done
 */

/** Requests over one socket after another, within the node's limits, and their answers. */
export class Channel {
  /** The node's limits by name. @type {Record<string, number>} */
  limits = {};

  /** @type {?WebSocket} */
  #socket = null;
  #ref = 0;
  /** @type {Map<number, Done>} */
  #pending = new Map();
  /** Data that waits for the node's limits, or for the socket. @type {string[]} */
  #queue = [];
  /** @type {any} */
  #timer = 0;
  #rate = new Rate({}, 0);

  /** Whether anything can be sent. */
  get open() {
    return this.#socket?.readyState === OPEN;
  }

  /** @param {WebSocket} socket */
  over(socket) {
    this.#socket = socket;
  }

  /** What the node told of its limits. @param {any} told */
  limited(told) {
    this.limits = Object.fromEntries(Object.entries(told ?? {}).filter(([, limit]) => limit > 0));
    this.#rate = new Rate(this.limits, now());
  }

  /**
   * Sends a request.
   * @param {object} head its fields, without the data
   * @param {string | undefined} data JSON; it goes in parts where the node takes them and it is too large for one message
   * @param {Done} done is called once, before anything that the node sent after the answer is told
   */
  send(head, data, done) {
    if (!this.open) {
      done(null, new ConnectionLost(ABNORMAL, 'there is no connection'));
      return;
    }
    const ref = ++this.#ref;
    const texts = this.#texts({ ...head, ref }, data);
    if (typeof texts === 'string') {
      done(null, new BatonError('too-large', texts));
      return;
    }
    this.#pending.set(ref, done);
    if (data === undefined) {
      this.#put(texts[0]);
    } else {
      this.#queue.push(...texts);
      this.#drain();
    }
  }

  /**
   * Sends what nobody waits for.
   * @param {object} head
   * @param {string} [data] JSON
   * @returns {BatonError | undefined} why not
   */
  post(head, data) {
    const texts = this.#texts(head, data);
    if (typeof texts === 'string') {
      return new BatonError('too-large', texts);
    }
    this.#put(texts[0]);
    return undefined;
  }

  /** Who waits for the answer that is this frame; nobody waits for it any more then. @returns {Done | undefined} */
  waiting(frame) {
    const done = this.#pending.get(frame.ref);
    this.#pending.delete(frame.ref);
    return done;
  }

  /** For how many milliseconds the node's limits forbid to send so much. @param {number} bytes */
  wait(bytes) {
    return this.#queue.length > 0 ? PAUSE : this.#rate.wait(bytes + AROUND, now());
  }

  /** The node wants nothing for a while. @param {number} millis */
  pause(millis) {
    this.#rate.pause(millis, now());
  }

  /** Lets the socket go without waiting for a closing handshake, which a dead node never answers. */
  close(code, reason) {
    const socket = this.#socket;
    const all = [...this.#pending.values()];
    clearTimeout(this.#timer);
    this.#socket = null;
    this.#queue = [];
    this.#pending.clear();
    if (socket && socket.readyState <= OPEN) {
      socket.close();
    }
    all.forEach((done) => done(null, new ConnectionLost(code, reason)));
  }

  /** The frames of a message, or why it is too large. @returns {string[] | string} */
  #texts(head, data) {
    const { message = Infinity, data: one = Infinity, updateData, snapshot } = this.limits;
    const whole = frame(head, data);
    if (data === undefined) {
      return [whole];
    }
    const bytes = size(data);
    const [most, parts] = head.type === 'snapshot' ? [Infinity, snapshot] : [one, head.type === 'update' ? updateData : 0];
    if (bytes <= most && size(whole) <= message) {
      return [whole];
    }
    if (!parts || bytes > parts) {
      return `it has ${bytes} bytes, and the node takes at most ${parts || Math.min(most, message)}`;
    }
    // Within a text a character takes up to three bytes.
    const all = pieces(data, Math.floor(Math.min(one, message - AROUND) / 3) - 1);
    return all.map((piece, i) => frame({ ...head, part: i + 1, parts: all.length }, JSON.stringify(piece)));
  }

  #put(text) {
    this.#rate.spend(size(text), now());
    this.#socket?.send(text);
  }

  /** Data goes out in the order in which it came, as fast as the node and the network take it. */
  #drain() {
    clearTimeout(this.#timer);
    while (this.#queue.length > 0) {
      const full = this.#queue.length > 1 && (this.#socket?.bufferedAmount ?? 0) > BUFFERED;
      const wait = full ? PAUSE : this.#rate.wait(size(this.#queue[0]), now());
      if (wait > 0) {
        this.#timer = setTimeout(() => this.#drain(), wait);
        return;
      }
      this.#put(/** @type {string} */ (this.#queue.shift()));
    }
  }
}

function frame(head, data) {
  const text = JSON.stringify(head);
  return data === undefined ? text : `${text.slice(0, -1)},"data":${data}}`;
}
