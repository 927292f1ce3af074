/** The share of the node's rate that is used, so that clocks that differ a little never add up to more. */
const SHARE = 0.9;

/**
 * How much one connection may send, by the node's limits: within their rate, and a second's worth at once (the node
 * allows two). Pure: it is told the time.
 */
export class Rate {
  #rate;
  #bytes;
  #messagesLeft;
  #bytesLeft;
  #at;
  #until = 0;

  /**
   * @param {{rate?: number, bytes?: number}} limits messages and bytes a second; without, there is none
   * @param {number} now in milliseconds
   */
  constructor({ rate = Infinity, bytes = Infinity }, now) {
    this.#rate = rate;
    this.#bytes = bytes;
    this.#messagesLeft = rate;
    this.#bytesLeft = bytes;
    this.#at = now;
  }

  /**
   * How long a message has to wait, in milliseconds; one larger than a second's worth waits until nothing else counts.
   */
  wait(size, now) {
    this.#refill(now);
    const messages = (1 - this.#messagesLeft) / this.#rate;
    const bytes = (Math.min(size, this.#bytes) - this.#bytesLeft) / this.#bytes;
    return Math.max(0, this.#until - now, (Math.max(messages || 0, bytes || 0) * 1000) / SHARE);
  }

  /** A message is sent, whether it had to wait or not. */
  spend(size, now) {
    this.#refill(now);
    this.#messagesLeft--;
    this.#bytesLeft -= size;
  }

  /** The node says when to go on. */
  pause(millis, now) {
    this.#until = Math.max(this.#until, now + millis);
  }

  #refill(now) {
    const share = (SHARE * (now - this.#at)) / 1000;
    this.#at = now;
    this.#messagesLeft = Math.min(this.#rate, this.#messagesLeft + this.#rate * share);
    this.#bytesLeft = Math.min(this.#bytes, this.#bytesLeft + this.#bytes * share);
  }
}
