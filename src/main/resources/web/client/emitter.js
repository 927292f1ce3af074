/**
 * An `EventTarget` whose events carry a `detail` of a known type.
 *
 * @template {Record<string, any>} Events
 */
export class Emitter extends EventTarget {
  /**
   * Calls a listener with the detail of each event of a type.
   *
   * @template {keyof Events & string} T
   * @param {T} type
   * @param {(detail: Events[T]) => void} listener
   * @param {AbortSignal} [signal] ends it
   */
  on(type, listener, signal) {
    this.addEventListener(type, (event) => listener(/** @type {CustomEvent} */ (event).detail), { signal });
  }

  /**
   * For subclasses.
   *
   * @template {keyof Events & string} T
   * @param {T} type
   * @param {Events[T]} [detail]
   */
  emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
