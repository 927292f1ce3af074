/**
 * The wait before an attempt to come back: anywhere between the least and a bound that doubles from attempt to attempt,
 * so that the clients of a node that went away do not come back all at once.
 *
 * @param {number} attempt how many failed before, from 0
 * @param {{least: number, most: number}} bounds in milliseconds
 * @param {() => number} random from 0 to 1
 * @returns {number} milliseconds
 */
export function delay(attempt, { least, most }, random = Math.random) {
  const bound = Math.min(most, least * 2 ** Math.min(attempt + 1, 30));
  return Math.round(least + (bound - least) * random());
}

const FINAL = new Set([1002, 1003, 1007, 1008, 4401]);

/**
 * Whether coming back makes sense after a close code. It does not after a fault of this client's, which it would make
 * again, nor after a refusal that holds.
 *
 * @param {number} code
 * @returns {boolean}
 */
export function comesBack(code) {
  return !FINAL.has(code) && !(code >= 4500 && code <= 4999);
}

/**
 * As how many failed attempts a close code counts at least: a node that says "slower" is not answered within a moment.
 *
 * @param {number} code
 * @returns {number}
 */
export function weight(code) {
  return code === 4002 || code === 4001 ? 3 : 0;
}
