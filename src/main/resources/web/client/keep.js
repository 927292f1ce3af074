/**
 * What outlives a reload, in a storage of the tab's: the session's secret, so that a refresh goes on with the session,
 * and drafts.
 *
 * ```js
 * const keep = new Keep(sessionStorage);
 * const client = new BatonClient({ url, user, keep });
 * keep.drafts('notes').forEach((draft) => show(draft, () => keep.discard('notes', draft)));
 * ```
 *
 * @module
 */

/**
 * The secret lies in the storage only from the moment in which the page is left until it is loaded again: a tab that is
 * duplicated while it lives has a session of its own. A storage that is full or forbidden keeps nothing, and nothing
 * else goes wrong.
 *
 * @typedef {import('./document.js').Draft} Draft
 */
export class Keep {
  #storage;
  #key;

  /**
   * @param {Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>} storage `sessionStorage`, or something like it
   * @param {string} [key] what the keys in it begin with
   */
  constructor(storage, key = 'baton') {
    this.#storage = storage;
    this.#key = key;
  }

  /**
   * The drafts of a document, oldest first, those from before the reload included. @param {string} name @returns
   * {Draft[]}
   */
  drafts(name) {
    return this.#get(`drafts.${name}`) ?? [];
  }

  /**
   * A draft is not needed any more. @param {string} name @param {Draft} draft one of {@link drafts}, or one that was
   * told
   */
  discard(name, draft) {
    const ids = new Set(draft.edits.map(({ id }) => id));
    this.#strip(name, (id) => ids.has(id));
  }

  // ---- for the client --------------------------------------------------------------------------------------------

  /** @returns {string | undefined} the secret that was kept; what was on its way is a draft from now on */
  take() {
    const kept = this.#get('left');
    this.#set('left', null);
    Object.entries(kept?.rest ?? {}).forEach(([name, draft]) => this.#add(name, draft));
    return kept?.resume;
  }

  /**
   * The page is left. @param {string | undefined} resume @param {Iterable<import('./document.js').BatonDocument>}
   * documents
   */
  put(resume, documents) {
    const rest = [...documents].map((document) => [document.name, document.rest()]);
    this.#set('left', { resume, rest: Object.fromEntries(rest.filter(([, draft]) => draft.edits.length > 0)) });
  }

  /** The page is back, as it was left. */
  back() {
    this.#set('left', null);
  }

  /** @param {import('./document.js').BatonDocument} document */
  watch(document) {
    document.on('draft', (draft) => this.#add(document.name, draft));
    // What was on its way may turn out to be in the log.
    document.on('entry', ({ id }) => id && this.#strip(document.name, (own) => own === id));
  }

  // ---- pieces ----------------------------------------------------------------------------------------------------

  #add(name, { cause, uncertain, edits }) {
    this.#set(`drafts.${name}`, [...this.drafts(name), { cause, uncertain, edits }]);
  }

  #strip(name, gone) {
    const drafts = this.drafts(name);
    if (drafts.some(({ edits }) => edits.some(({ id }) => gone(id)))) {
      const left = drafts.map((draft) => ({ ...draft, edits: draft.edits.filter(({ id }) => !gone(id)) }));
      this.#set(`drafts.${name}`, left.filter(({ edits }) => edits.length > 0));
    }
  }

  #get(name) {
    try {
      return JSON.parse(this.#storage.getItem(`${this.#key}.${name}`));
    } catch {
      return null;
    }
  }

  #set(name, value) {
    try {
      const key = `${this.#key}.${name}`;
      value === null || value.length === 0 ? this.#storage.removeItem(key) : this.#storage.setItem(key, JSON.stringify(value));
    } catch {
      // full, or forbidden
    }
  }
}
