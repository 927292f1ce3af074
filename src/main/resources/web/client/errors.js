const PASSING = new Set(['busy', 'unavailable', 'rate-limited', 'internal', 'out-of-order']);

/** The node refuses something, or the client does: `code` says why, `message` says it in plain words. */
export class BatonError extends Error {
  /**
   * @param {string} code as in the protocol: `not-joined`, `busy`, `unavailable`, …; the client's own are `full` (too many
   *   edits wait) and `listener` (a listener of the application threw)
   * @param {string} message in plain words
   * @param {number} [retry] after how many milliseconds trying again makes sense
   */
  constructor(code, message, retry) {
    super(message);
    this.name = 'BatonError';
    this.code = code;
    this.retry = retry;
  }

  /** Whether the same request may get another answer later. */
  get passing() {
    return PASSING.has(this.code) || this.retry !== undefined;
  }
}

/** The connection ended before the answer came; whether the request was carried out is not known. */
export class ConnectionLost extends Error {
  /**
   * @param {number} code the close code; 1006 when there was none
   * @param {string} reason
   */
  constructor(code, reason) {
    super(reason || `connection closed (${code})`);
    this.name = 'ConnectionLost';
    this.code = code;
    this.reason = reason;
  }
}
