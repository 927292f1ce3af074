/**
 * Events with one argument of a known type. A listener that throws, or returns a promise that rejects, is reported
 * through {@link Emitter#failed}; the other listeners are called all the same.
 *
 * @template {Record<string, any>} Events
 */
export class Emitter {
  /** @type {Map<string, Set<{listener: (detail: any) => any}>>} */
  #listeners = new Map();

  /**
   * Calls a listener with the detail of each event of a type.
   *
   * @template {keyof Events & string} T
   * @param {T} type
   * @param {(detail: Events[T]) => any} listener
   * @param {AbortSignal} [signal] ends it
   * @returns {() => void} ends it
   */
  on(type, listener, signal) {
    const all = this.#listeners.get(type) ?? new Set();
    const entry = { listener };
    const off = () => {
      all.delete(entry);
      signal?.removeEventListener('abort', off);
    };
    this.#listeners.set(type, all);
    if (!signal?.aborted) {
      all.add(entry);
      signal?.addEventListener('abort', off, { once: true });
    }
    return off;
  }

  /**
   * Calls a listener with the detail of the next event of a type, and no more.
   *
   * @template {keyof Events & string} T
   * @param {T} type
   * @param {(detail: Events[T]) => any} listener
   * @param {AbortSignal} [signal] ends it
   * @returns {() => void} ends it
   */
  once(type, listener, signal) {
    const off = this.on(
      type,
      (detail) => {
        off();
        return listener(detail);
      },
      signal,
    );
    return off;
  }

  /**
   * For subclasses.
   *
   * @template {keyof Events & string} T
   * @param {T} type
   * @param {Events[T]} [detail]
   * @returns {boolean} whether anybody listens
   */
  emit(type, detail) {
    const all = this.#listeners.get(type) ?? new Set();
    const failed = (error) => this.failed(error, type, detail);
    for (const entry of [...all]) {
      if (all.has(entry)) {
        try {
          entry.listener(detail)?.then?.(undefined, failed);
        } catch (error) {
          failed(error);
        }
      }
    }
    return all.size > 0;
  }

  /**
   * For subclasses: a listener threw.
   *
   * @param {any} error
   * @param {string} type of the event
   * @param {any} detail
   */
  failed(error, type, detail) {
    globalThis.console?.error(error);
  }
}
