/** How long a call of the application's function is waited for before it is called again, in milliseconds. */
const PATIENCE = 60_000;

/** How long before its end a token is renewed at the latest, in milliseconds. */
const EARLY = 60_000;

/** When a token is renewed that this machine's clock calls expired although the node has taken it, in milliseconds. */
const LATE = 10_000;

/** The longest time that a timer takes, in milliseconds. */
const LONGEST = 2 ** 31 - 1;

/**
 * The token, or where to get one. One call of the application's function is under way at a time, however slow it is.
 */
export class Tokens {
  #source;
  /** @type {?Promise<string>} */
  #call = null;
  #calledAt = 0;

  /** @param {string | (() => string | Promise<string>) | undefined} source */
  constructor(source) {
    this.#source = source;
  }

  /** Whether there may be another one. */
  get renewable() {
    return typeof this.#source === 'function';
  }

  /** The token, where it is no function. @returns {string | undefined} */
  get fixed() {
    return typeof this.#source === 'function' ? undefined : this.#source;
  }

  /** @param {string | (() => string | Promise<string>)} source */
  set(source) {
    this.#source = source;
    this.#call = null;
  }

  /**
   * A token for now; rejects when there is none.
   * @param {number} now in milliseconds
   * @returns {Promise<string | undefined>}
   */
  get(now) {
    const source = this.#source;
    if (typeof source !== 'function') {
      return Promise.resolve(source);
    }
    if (!this.#call || now - this.#calledAt > PATIENCE) {
      const call = Promise.resolve().then(source);
      const over = () => (this.#call = this.#call === call ? null : this.#call);
      this.#call = call;
      this.#calledAt = now;
      call.then(over, over);
    }
    return this.#call;
  }
}

/**
 * In how many milliseconds a token is to be renewed; undefined when that is not known.
 *
 * @param {string | undefined} token a JWT, whose `exp` is looked at, or something else
 * @param {number} [life] in milliseconds, where the token does not tell
 */
export function renewIn(token, life) {
  const end = expiry(token);
  const left = end === undefined ? life : end - Date.now();
  if (left === undefined || left <= 0) {
    return left === undefined ? undefined : LATE;
  }
  return Math.min(LONGEST, Math.max(left / 2, left - EARLY));
}

/** @param {string | undefined} token @returns {number | undefined} milliseconds since 1970 */
function expiry(token) {
  try {
    const [, claims] = /** @type {string} */ (token).split('.');
    const { exp } = JSON.parse(atob(claims.replace(/-/g, '+').replace(/_/g, '/')));
    return exp > 0 ? exp * 1000 : undefined;
  } catch {
    return undefined; // no token that can be read
  }
}
