import { byId, clock, el } from './dom.js';
import { diff } from './shared-text.js';

/** For how long after an edit its writer counts as writing. */
const WRITING = 2500;

/** What comes from the log or a draft, as the editor calls where a change is from. */
const FROM_LOG = 'log';

/** The one editor of this page; documents come and go in it. @type {any} */
let editor = null;

/** @returns {any} the editor, made when it is first asked for */
function theEditor() {
  if (!editor) {
    editor = globalThis.CodeMirror(byId('text'), {
      // A field that the browser knows: screen readers read it, telephones write in it, spelling is checked.
      inputStyle: 'contenteditable',
      spellcheck: true,
      autocorrect: true,
      autocapitalize: true,
      lineWrapping: true,
      lineSeparator: '\n',
      readOnly: true,
      // Left to the browser: Tab goes to what is next, or whoever has only a keyboard would not get out of the text.
      extraKeys: { Tab: false, 'Shift-Tab': false },
    });
    const described = { role: 'textbox', 'aria-multiline': 'true', 'aria-labelledby': 'text-label', 'aria-describedby': 'saved' };
    Object.entries(described).forEach(([name, value]) => editor.getInputField().setAttribute(name, value));
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
  #typed = (from, changes) => changes.some(({ origin }) => origin !== FROM_LOG) && this.#text.edit(this.#editor.getValue());
  #online = false;
  #writer = '';
  #writerUntil = 0;

  /**
   * @param {import('./client/document.js').BatonDocument} document
   * @param {import('./names.js').Names} names
   * @param {import('./shared-text.js').SharedText} text
   * @param {import('./drafts.js').Drafts} drafts
   */
  constructor(document, names, text, drafts) {
    this.#document = document;
    this.#names = names;
    this.#text = text;
    this.#drafts = drafts;
    text.on('change', () => this.#show());
    text.on('writing', () => this.#enable());
    text.on('saving', () => this.#drawState());
    text.on('draft', (draft) => drafts.add(draft));
    drafts.on('change', () => this.#drawDrafts());
    document.on('entries', (detail) => this.#wrote(detail.entries));
    document.on('rights', () => this.#drawState());
    this.#editor.on('changes', this.#typed);
    this.#show();
    this.#enable();
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
    this.#editor.off('changes', this.#typed);
    this.#editor.setOption('readOnly', true);
  }

  /** Changes no more than is another: the cursor, the selection and the place in sight stay. */
  #show() {
    const splice = diff(this.#editor.getValue(), this.#text.text);
    if (splice) {
      const { pos, del, ins } = splice;
      this.#editor.replaceRange(ins, this.#editor.posFromIndex(pos), this.#editor.posFromIndex(pos + del), FROM_LOG);
    }
    this.#drawState();
  }

  #enable() {
    const { writing } = this.#text;
    if (writing === this.#editor.getOption('readOnly')) {
      this.#editor.setOption('readOnly', !writing);
      this.#editor.clearHistory(); // nobody takes back what another wrote
    }
    this.#editor.getInputField().setAttribute('aria-readonly', String(!writing));
    byId('text').classList.toggle('writing', writing);
    this.#drawState();
    this.#drawDrafts();
  }

  #drawState() {
    const empty = this.#editor.getValue() === '';
    byId('blank').textContent = !empty ? '' : this.#text.writing ? 'Write here.' : 'Nothing written yet.';
    const saved = byId('saved');
    saved.dataset.state = this.#text.unsaved && (this.#text.trouble || !this.#online) ? 'held' : 'fine';
    const words = this.#state();
    if (saved.textContent !== words) {
      saved.textContent = words;
    }
  }

  #state() {
    if (!this.#text.writing && !this.#text.unsaved) {
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
    const last = this.#editor.lastLine();
    const end = { line: last, ch: this.#editor.getLine(last).length };
    this.#editor.replaceRange((this.#editor.getValue() === '' ? '' : '\n') + added, end, end, '+draft');
    this.#editor.focus();
    this.#editor.setCursor(this.#editor.lastLine());
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
