import { byId, clock, el } from './dom.js';

/** For how long after an edit its writer counts as writing. */
const WRITING = 2500;

/** What the toolbar offers; what is pasted keeps no other form. Pictures are not among them: an update has 64 KiB. */
const FORMATS = ['bold', 'italic', 'underline', 'strike', 'header', 'list', 'blockquote', 'code-block', 'link'];

/** Left to the browser: Tab goes to what is next, or whoever has only a keyboard would not get out of the text. */
const NO_TABS = { tab: null, indent: null, outdent: null, 'indent code-block': null, 'outdent code-block': null };

/** The one editor of this page; documents come and go in it. @type {any} */
let editor = null;

/** @returns {any} the editor, made when it is first asked for */
function theEditor() {
  if (!editor) {
    editor = new globalThis.Quill(byId('text'), {
      theme: 'snow',
      formats: FORMATS,
      placeholder: '',
      readOnly: true,
      modules: {
        toolbar: byId('toolbar'),
        keyboard: { bindings: NO_TABS },
        history: { userOnly: true },
        uploader: { handler: () => {} },
      },
    });
    const root = editor.root;
    Object.entries({ role: 'textbox', 'aria-multiline': 'true', 'aria-labelledby': 'text-label', 'aria-describedby': 'saved', tabindex: '0' })
      .forEach(([name, value]) => root.setAttribute(name, value));
    root.spellcheck = true;
  }
  return editor;
}

/** The text, what became of it, and the drafts. */
export class TextPanel {
  #document;
  #names;
  #text;
  #drafts;
  #editor = theEditor();
  #typed = (change, before, source) => source === 'user' && this.#text.edit(change, this.#editor.getContents());
  #online = false;
  #writer = '';
  #writerUntil = 0;

  /**
   * @param {import('./client/document.js').BatonDocument} document
   * @param {import('./names.js').Names} names
   * @param {import('./rich-text.js').RichText} text
   * @param {import('./drafts.js').Drafts} drafts
   */
  constructor(document, names, text, drafts) {
    this.#document = document;
    this.#names = names;
    this.#text = text;
    this.#drafts = drafts;
    text.on('change', ({ change }) => this.#editor.updateContents(change, 'api'));
    text.on('reset', ({ whole }) => this.#reset(whole));
    text.on('writing', () => this.#enable());
    text.on('saving', () => this.#drawState());
    text.on('draft', (draft) => drafts.add(draft));
    drafts.on('change', () => this.#drawDrafts());
    document.on('entries', (detail) => this.#wrote(detail.entries));
    document.on('rights', () => this.#drawState());
    this.#editor.setContents([{ insert: '\n' }], 'api');
    this.#editor.on('text-change', this.#typed);
    this.#enable();
    this.#drawDrafts();
  }

  /** The Delta class that the editor speaks. */
  static get Delta() {
    return globalThis.Quill.import('delta');
  }

  /** @param {boolean} online */
  connected(online) {
    this.#online = online;
    this.#drawState();
  }

  tick() {
    if (this.#writerUntil > 0 && performance.now() > this.#writerUntil) {
      this.#writerUntil = 0;
      this.#drawState();
    }
  }

  /** Takes its hands off the editor. */
  end() {
    this.#editor.off('text-change', this.#typed);
    this.#editor.enable(false);
  }

  #reset(whole) {
    const difference = this.#editor.getContents().diff(whole);
    if (difference.ops.length > 0) {
      this.#editor.updateContents(difference, 'api');
    }
    this.#editor.history.clear();
  }

  #enable() {
    const { writing } = this.#text;
    const { root } = this.#editor;
    const had = root.contains(globalThis.document.activeElement);
    this.#editor.enable(writing);
    root.setAttribute('aria-readonly', String(!writing));
    root.dataset.placeholder = writing ? 'Write here.' : 'Nothing written yet.';
    byId('toolbar').hidden = !writing;
    if (had) {
      root.focus({ preventScroll: true });
    }
    this.#drawState();
    this.#drawDrafts();
  }

  #drawState() {
    const saved = byId('saved');
    saved.dataset.state = this.#text.unsaved && (this.#text.trouble || !this.#online) ? 'held' : 'fine';
    const words = this.#state();
    if (saved.textContent !== words) {
      saved.textContent = words;
    }
  }

  #state() {
    if (!this.#text.writing) {
      return this.#writerUntil > 0 ? `${this.#writer} is writing…` : 'Read only';
    }
    if (!this.#text.unsaved) {
      return 'All stored';
    }
    if (!this.#online) {
      return 'Kept here until the connection is back';
    }
    return this.#text.trouble ? 'Not stored yet' : 'Storing…';
  }

  #wrote(entries) {
    const update = entries.filter(({ kind, session }) => kind === 'update' && !this.#names.isMe(session)).pop();
    if (update) {
      this.#writer = update.user.name;
      this.#writerUntil = performance.now() + WRITING;
      this.#drawState();
    }
  }

  // ---- drafts ----------------------------------------------------------------------------------------------------

  #drawDrafts() {
    byId('drafts').hidden = this.#drafts.all.length === 0;
    byId('draft-list').replaceChildren(...this.#drafts.all.map((draft) => this.#drawDraft(draft)));
  }

  #drawDraft({ id, at, text, added }) {
    const area = el('textarea', { readOnly: true, value: text, 'aria-label': `Draft of ${clock(at)}` });
    const copied = el('button', { type: 'button', class: 'small', onclick: () => this.#copy(area, copied) }, 'Copy');
    const away = el('button', { type: 'button', class: 'small', onclick: () => this.#drafts.remove(id) }, 'Throw away');
    const back = el('button', { type: 'button', class: 'small', onclick: () => this.#putBack(id, added) }, 'Add to the text');
    back.disabled = !this.#text.writing;
    return el('li', {}, area,
      el('div', { class: 'row' },
        el('small', {}, `The whole text as you had it at ${clock(at)}`),
        el('span', { class: 'buttons' }, ...(added ? [back] : []), copied, away)));
  }

  /** What the draft added goes to the end of the text, where it is in nobody's way. */
  #putBack(id, added) {
    const end = this.#editor.getLength() - 1;
    this.#editor.insertText(end, (end > 0 ? '\n' : '') + added, 'user');
    this.#editor.setSelection(this.#editor.getLength() - 1, 0, 'api');
    this.#drafts.remove(id);
  }

  async #copy(area, button) {
    area.select();
    try {
      await navigator.clipboard.writeText(area.value);
      button.textContent = 'Copied';
    } catch {
      button.textContent = 'Selected: press Ctrl+C';
    }
  }
}
