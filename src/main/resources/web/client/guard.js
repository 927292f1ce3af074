import { now } from './platform.js';

/** Online, doubts about a lock begin after so many milliseconds at the earliest: an answer takes its time. */
const LEAST_TRUST = 1_000;

/**
 * @typedef {object} Owner
 * @property {() => boolean} online
 * @property {() => import('./document.js').BatonDocument[]} documents
 * @property {(done: (answer: any) => void) => void} ping asks the node
 */

/**
 * Whether the locks held here still are. The node moves the lock of a client that it does not hear; the client cannot
 * be told so then, but knows how long the node waits at least. While a lock is held and the node is silent, it is asked
 * after half that time.
 */
export class Guard {
  #owner;
  /** @type {any} */
  #timer = 0;
  #trust = 0;
  #heardAt = 0;
  #asking = false;

  /** @param {Owner} owner */
  constructor(owner) {
    this.#owner = owner;
  }

  /** The node is here. @param {number} trust for how many milliseconds of silence a lock is surely kept */
  welcomed(trust) {
    this.#trust = trust;
    this.#asking = false;
    this.heard();
  }

  /** The node said something. */
  heard() {
    this.#heardAt = now();
  }

  /** A lock is held. */
  begin() {
    if (!this.#timer) {
      this.#lookIn(LEAST_TRUST / 2);
    }
  }

  /** No lock is held any more. */
  end() {
    clearTimeout(this.#timer);
    this.#timer = 0;
  }

  /**
   * Whoever gets an answer holds what it held when it asked, or has been told otherwise. One that was long on its way
   * proves nothing.
   */
  ping() {
    const asked = now();
    this.#asking = true;
    this.#owner.ping((answer) => {
      this.#asking = false;
      if (answer && now() - asked < this.#trusted) {
        this.#owner.documents().forEach((document) => document.trust());
      }
    });
  }

  /** Looks now. @param {boolean} [awake] who looks late has not been listening, and asks first */
  look(awake = true) {
    const holders = this.#owner.documents().filter(({ rights }) => rights?.you === 'holder');
    const online = this.#owner.online();
    const silent = now() - this.#heardAt;
    const trust = this.#trusted;
    this.end();
    if (silent >= trust && awake) {
      holders.forEach((document) => document.doubt());
    }
    if (online && silent >= trust / 2 && !this.#asking) {
      this.ping();
    }
    if (holders.length > 0 && (online || silent < trust)) {
      const next = [trust / 2, trust].find((at) => at > silent) ?? silent + trust / 2;
      this.#lookIn(next - silent);
    }
  }

  get #trusted() {
    return this.#owner.online() ? Math.max(LEAST_TRUST, this.#trust) : this.#trust;
  }

  #lookIn(wait) {
    const due = now() + wait;
    this.#timer = setTimeout(() => this.look(now() - due < LEAST_TRUST / 2), wait);
  }
}
