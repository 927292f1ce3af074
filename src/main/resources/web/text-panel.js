import { byId, clock, el } from './dom.js';
import { CaretsPanel } from './carets-panel.js';
import { Editor } from './editor.js';

/** For how long after an edit its writer counts as writing. */
const WRITING = 2500;

const FIELD = { id: 'editor', 'aria-labelledby': 'text-label', 'aria-describedby': 'saved' };

/** The text, what became of it, and the drafts. */
export class TextPanel {
  #document;
  #names;
  #text;
  #drafts;
  #editor;
  #carets;
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
    this.#editor = new Editor(byId('text'), FIELD, {
      edited: () => text.edit(this.#editor.text),
      moved: () => this.#carets.moved(),
    });
    this.#carets = new CaretsPanel(document, names, text, this.#editor);
    text.on('change', () => this.#show());
    text.on('writing', () => this.#enable());
    text.on('saving', () => this.#drawState());
    text.on('draft', (draft) => drafts.add(draft));
    drafts.on('change', () => this.#drawDrafts());
    document.on('entries', (detail) => this.#wrote(detail.entries));
    document.on('rights', () => this.#drawState());
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
    this.#editor.end();
  }

  #show() {
    this.#editor.show(this.#text.text);
    this.#drawState();
  }

  #enable() {
    const { writing } = this.#text;
    this.#editor.writable = writing;
    byId('text').classList.toggle('writing', writing);
    this.#drawState();
    this.#drawDrafts();
  }

  #drawState() {
    byId('blank').textContent = !this.#editor.empty ? '' : this.#text.writing ? 'Write here.' : 'Nothing written yet.';
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
    this.#editor.append(added);
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
