import { randomUUID } from 'node:crypto';
import { BatonClient } from 'baton-client';

/** The addresses of the nodes to test against, all of one cluster. */
export const NODES = (process.env.BATON_NODES ?? '').split(',').filter(Boolean);

/** A name that no other test has. */
export const aDocument = () => `js-${randomUUID()}`;

/**
 * A client that is let go when the test ends.
 * @param {import('node:test').TestContext} t
 */
export function person(t, name, url, more = {}) {
  const client = new BatonClient({ url, user: { id: name, name }, ...more });
  t.after(() => client.close());
  return client;
}

/** Everything that a document told of its log, in order, as a model that follows the rules has it. */
export function logOf(document) {
  let entries = [];
  document.on('joined', (joined) => {
    entries = joined.recovered ? entries.concat(joined.entries) : joined.entries;
  });
  document.on('entries', (told) => (entries = entries.concat(told.entries)));
  return {
    get updates() {
      return entries.filter(({ kind }) => kind === 'update');
    },
    get seqs() {
      return entries.map(({ seq }) => seq);
    },
  };
}

/** Waits until something is so. */
export async function until(so, what, within = 15_000) {
  const end = performance.now() + within;
  for (;;) {
    const result = so();
    if (result) {
      return result;
    }
    if (performance.now() > end) {
      throw new Error(`not within ${within} ms: ${what}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** The detail of the next event of a type of which something is true. */
export function next(target, type, wanted = () => true, within = 15_000) {
  return new Promise((resolve, reject) => {
    const over = new AbortController();
    const timer = setTimeout(() => {
      over.abort();
      reject(new Error(`no such ${type} within ${within} ms`));
    }, within);
    target.on(
      type,
      (detail) => {
        if (wanted(detail)) {
          clearTimeout(timer);
          over.abort();
          resolve(detail);
        }
      },
      over.signal,
    );
  });
}

/** A source of chance that is the same each time. */
export function chance(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** What a tab keeps over a reload; a duplicated tab starts with a copy. */
export function storage(entries = []) {
  const all = new Map(entries);
  return {
    getItem: (key) => all.get(key) ?? null,
    setItem: (key, value) => all.set(key, String(value)),
    removeItem: (key) => all.delete(key),
    copy: () => storage(all),
  };
}
