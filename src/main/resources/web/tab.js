/**
 * What this tab remembers over a reload: who it is and what its session is resumed with. A duplicated tab starts with a
 * copy of the same memory; a lock that only one living tab can hold tells the two apart, where the browser has locks
 * (it has none on a plain-http origin other than localhost: there the node closes the older of the two, with 4500).
 *
 * @typedef {{name: string, document: string, mode: 'edit' | 'view', session: string, resume: string}} Memory
 */
const KEY = 'baton.tab';
const NAME = 'baton.name';

/** A page being reloaded gives its locks back a moment later. */
const TRIES = 5;
const PAUSE = 60;

/** @type {() => void} */
let giveBack = () => {};
let lockedSession = '';

/** @returns {Promise<?Memory>} what this tab, and no other living one, was doing before it was loaded again */
export async function recall() {
  /** @type {?Memory} */
  let memory = null;
  try {
    memory = JSON.parse(sessionStorage.getItem(KEY) ?? 'null');
  } catch {
    // Not ours, or no storage.
  }
  if (!memory?.session) {
    return null;
  }
  for (let i = 0; i < TRIES; i++) {
    if (await lock(memory.session)) {
      return memory;
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
  forget();
  return null;
}

/** @param {Memory} memory */
export async function remember(memory) {
  store(sessionStorage, KEY, JSON.stringify(memory));
  store(localStorage, NAME, memory.name);
  if (memory.session !== lockedSession) {
    giveBack();
    await lock(memory.session);
  }
}

/** Forgets the session; the name stays. */
export function forget() {
  giveBack();
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // No storage: nothing to forget.
  }
}

/** @returns {string} the name used last in this browser */
export function lastName() {
  try {
    return localStorage.getItem(NAME) ?? '';
  } catch {
    return '';
  }
}

/** @param {string} session @returns {Promise<boolean>} whether this tab has it */
function lock(session) {
  if (!navigator.locks) {
    return Promise.resolve(true);
  }
  return new Promise((resolve) => {
    navigator.locks
      .request(`baton.session.${session}`, { ifAvailable: true }, (held) => {
        resolve(held !== null);
        if (held) {
          lockedSession = session;
          return new Promise((release) => {
            giveBack = () => {
              lockedSession = '';
              release(undefined);
            };
          });
        }
        return undefined;
      })
      .catch(() => resolve(true));
  });
}

function store(storage, key, value) {
  try {
    storage.setItem(key, value);
  } catch {
    // Full or forbidden: the tab then is somebody new after a reload.
  }
}
