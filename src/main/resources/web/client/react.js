/**
 * Hooks for React 18 and newer. They keep to its rules in StrictMode, where every effect runs twice: a document that is
 * used again within a moment has never been left.
 *
 * ```jsx
 * const notes = useDocument(client, 'notes', 'edit');
 * const { standing, holder } = useRights(notes);
 * const { saved } = useSaved(notes);
 * ```
 *
 * @module
 */
import { useCallback, useEffect, useReducer, useRef, useSyncExternalStore } from 'react';

/** For how long a document that nobody uses any more is kept, in milliseconds: until effects have run twice. */
const LINGER = 50;

/**
 * For how long one is kept that was drawn with and is not used yet, in milliseconds: React may take its time, or throw
 * the drawing away.
 */
const UNUSED = 5_000;

/**
 * @typedef {import('./baton.js').BatonClient} BatonClient
 * @typedef {import('./document.js').BatonDocument} BatonDocument
 * @typedef {{document: BatonDocument, users: number, timer: any}} Use
 */

/** @type {WeakMap<BatonClient, Map<string, Use>>} */
const uses = new WeakMap();

/** @param {BatonClient} client @returns {Map<string, Use>} */
function usesOf(client) {
  const known = uses.get(client) ?? new Map();
  uses.set(client, known);
  return known;
}

/**
 * @param {BatonClient} client
 * @param {string} name
 * @param {'edit' | 'view'} mode
 * @returns {Use}
 */
function use(client, name, mode) {
  const all = usesOf(client);
  const known = all.get(name);
  if (known) {
    return known;
  }
  const document = client.document(name, mode);
  /** @type {Use} */
  const made = { document, users: 0, timer: setTimeout(() => done(client, name, made), UNUSED) };
  document.once('dropped', () => all.get(name) === made && all.delete(name));
  all.set(name, made);
  return made;
}

/** Leaves a document that nobody uses. */
function done(client, name, made) {
  if (made.users === 0 && usesOf(client).get(name) === made) {
    usesOf(client).delete(name);
    made.document.leave();
  }
}

/**
 * Takes part in a document while the component is there. The last one that goes leaves it, and gives the lock back.
 *
 * @param {BatonClient} client
 * @param {string} name
 * @param {'edit' | 'view'} mode of several components that use the document, the first decides, until one changes it
 * @returns {BatonDocument}
 */
export function useDocument(client, name, mode) {
  const { document } = use(client, name, mode);
  const [, drawAgain] = useReducer((times) => times + 1, 0);
  useEffect(() => {
    const own = use(client, name, mode);
    if (own.document !== document) {
      drawAgain(); // it took so long to get here that the document was left
    }
    clearTimeout(own.timer);
    own.users++;
    return () => {
      own.users--;
      own.timer = setTimeout(() => done(client, name, own), LINGER);
    };
  }, [client, name, document]);
  const first = useRef(true);
  useEffect(() => {
    first.current ? (first.current = false) : document.stand(mode);
  }, [document, mode]);
  return document;
}

/** Draws again when one of some events says so. */
function useOf(target, types, read) {
  const kept = useRef(/** @type {any} */ (undefined));
  const subscribe = useCallback(
    (changed) => {
      const offs = types.map((type) => target.on(type, changed));
      return () => offs.forEach((off) => off());
    },
    [target],
  );
  const snapshot = () => {
    const now = read(target);
    const before = kept.current;
    const same = before && Object.keys(now).every((key) => Object.is(now[key], before[key]));
    kept.current = same ? before : now;
    return kept.current;
  };
  return useSyncExternalStore(subscribe, snapshot, snapshot);
}

/** What the connection does. @param {BatonClient} client */
export function useConnection(client) {
  return useOf(client, ['state'], ({ state, session }) => ({ state, online: state === 'online', session }));
}

/** What this session may do, and who holds the lock. @param {BatonDocument} document */
export function useRights(document) {
  return useOf(document, ['rights', 'standing'], ({ standing, writable, rights }) => ({
    standing,
    writable,
    rights,
    epoch: rights?.epoch ?? null,
    holder: rights?.holder ?? null,
  }));
}

/** Who is here. @param {BatonDocument} document */
export function useMembers(document) {
  return useOf(document, ['members'], ({ members, count }) => ({ members, count }));
}

/** Whether everything is stored, and how much is not. @param {BatonDocument} document */
export function useSaved(document) {
  return useOf(document, ['pending', 'saved', 'full', 'drain'], ({ saved, pending, full }) => ({ saved, pending, full }));
}
