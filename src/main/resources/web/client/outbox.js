import { BatonError, ConnectionLost } from './errors.js';

/** How many operations may wait. */
const LARGEST = 1000;

/** How long to wait after an error that names no time, in milliseconds. */
const RETRY = 1000;

const TOO_LARGE = 1009;

/**
 * @typedef {import('./document.js').Outcome} Outcome
 * @typedef {import('./document.js').Entry} Entry
 *
 * @typedef {object} Operation
 * @property {'update' | 'say'} type
 * @property {string} id
 * @property {number} [epoch] of an update
 * @property {*} data
 * @property {(outcome: Outcome) => void} resolve
 * @property {(error: Error) => void} reject
 */

/**
 * Operations on one document on their way to the log. One at a time is with the node: were there two, the first could be put
 * off while the second is taken, and their order would be lost.
 */
export class Outbox {
  /** @type {Operation[]} */
  #waiting = [];
  /** @type {?((frame: object, heard: (answer: any) => void) => Promise<any>)} */
  #send = null;
  #turn = 0;
  #inFlight = false;
  #pausing = false;
  /** Whether the first in line has been with the node before, so that it may be in the log. */
  #firstWasSent = false;
  #trouble;
  #draft;

  /**
   * @param {(error: ?BatonError) => void} trouble told when the node puts an operation off, and null when that is over
   * @param {(draft: import('./document.js').Draft) => void} draft told each update that is not, or not known to be, in the log
   */
  constructor(trouble, draft) {
    this.#trouble = trouble;
    this.#draft = draft;
  }

  /** @param {Operation} operation */
  add(operation) {
    if (this.#waiting.length >= LARGEST) {
      this.refuse(operation, new BatonError('busy', `${LARGEST} operations wait for the connection already`, RETRY), 'refused');
      return;
    }
    this.#waiting.push(operation);
    this.#pump();
  }

  /**
   * The document is joined, by the session of before: what waits goes out, in order.
   * @param {(frame: object, heard: (answer: any) => void) => Promise<any>} send as `ask` of the client
   */
  resume(send) {
    if (this.#send !== send) {
      this.#send = send;
      this.#inFlight = false;
      this.#turn++;
    }
    this.#pump();
  }

  /**
   * The document is joined by a new session, whose operations the node cannot tell from repeated ones, and which does not
   * hold the pen: what may have been stored is looked up, edits come back as fenced, messages go out.
   *
   * @param {(frame: object, heard: (answer: any) => void) => Promise<any>} send as `ask` of the client
   * @param {string} former the session of before
   * @param {{recovered: boolean, complete: boolean, entries: Entry[], rights: any}} joined
   */
  startAnew(send, former, joined) {
    const all = this.#waiting;
    let sent = this.#firstWasSent;
    this.#waiting = [];
    this.#firstWasSent = false;
    for (const operation of all) {
      const stored = joined.entries.find((entry) => entry.session === former && entry.id === operation.id);
      const uncertain = sent && !(joined.recovered && joined.complete);
      sent = false;
      if (stored) {
        operation.resolve({ applied: true, seq: stored.seq });
      } else if (operation.type === 'update') {
        this.#giveBack(operation, 'new-session', uncertain);
        operation.resolve({ applied: false, epoch: joined.rights.epoch, holder: joined.rights.holder, uncertain });
      } else if (uncertain) {
        operation.reject(new ConnectionLost(1006, 'whether it was said is not known'));
      } else {
        this.#waiting.push(operation);
      }
    }
    this.resume(send);
  }

  /** The connection is lost: everything waits. */
  pause() {
    this.#send = null;
    this.#inFlight = false;
    this.#turn++;
  }

  /** It is over: nothing of what waits will be sent. @param {Error} cause */
  end(cause) {
    this.pause();
    const all = this.#waiting;
    let uncertain = this.#firstWasSent;
    this.#waiting = [];
    this.#firstWasSent = false;
    for (const operation of all) {
      this.refuse(operation, cause, 'ended', uncertain);
      uncertain = false;
    }
  }

  /**
   * An operation comes to nothing.
   * @param {Operation} operation
   * @param {Error} error
   * @param {import('./document.js').Draft['cause']} cause
   * @param {boolean} [uncertain]
   */
  refuse(operation, error, cause, uncertain = false) {
    this.#giveBack(operation, cause, uncertain);
    operation.reject(error);
  }

  /**
   * @param {Operation} operation
   * @param {import('./document.js').Draft['cause']} cause
   * @param {boolean} uncertain
   */
  #giveBack({ type, id, epoch, data }, cause, uncertain) {
    if (type === 'update') {
      this.#draft({ id, epoch: /** @type {number} */ (epoch), data, cause, uncertain });
    }
  }

  #pump() {
    const operation = this.#waiting[0];
    if (!this.#send || this.#inFlight || this.#pausing || !operation) {
      return;
    }
    this.#inFlight = true;
    this.#firstWasSent = true;
    const turn = this.#turn;
    const { type, id, epoch, data } = operation;
    this.#send({ type, id, epoch, data }, (answer) => turn === this.#turn && this.#settled(operation, answer)).catch(
      (error) => turn === this.#turn && this.#failed(operation, error),
    );
  }

  #settled(operation, answer) {
    this.#next();
    this.#trouble(null);
    if (answer.type === 'applied') {
      operation.resolve({ applied: true, seq: answer.seq });
    } else {
      this.#giveBack(operation, 'fenced', false);
      operation.resolve({ applied: false, epoch: answer.epoch, holder: answer.holder ?? null, uncertain: false });
    }
    this.#pump();
  }

  #failed(operation, error) {
    if (error instanceof ConnectionLost && error.code !== TOO_LARGE) {
      return; // the connection's end pauses this box
    }
    if (error instanceof BatonError && error.passing) {
      this.#inFlight = false;
      this.#pausing = true;
      setTimeout(() => {
        this.#pausing = false;
        this.#pump();
      }, error.retry ?? RETRY);
      this.#trouble(error);
      return;
    }
    // Sent again, an operation that is too large would end every connection to come.
    this.#next();
    this.refuse(operation, error, 'refused');
    this.#pump();
  }

  #next() {
    this.#waiting.shift();
    this.#inFlight = false;
    this.#firstWasSent = false;
  }
}
