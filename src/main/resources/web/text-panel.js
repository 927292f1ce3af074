import { byId, clock, el } from './dom.js';
import { diff, moved } from './shared-text.js';

/** For how long after an edit its writer counts as writing. */
const WRITING = 2500;

/** The text, what became of it, and the drafts. */
export class TextPanel {
  #document;
  #names;
  #text;
  #drafts;
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
    text.on('saving', () => this.#drawState());
    text.on('draft', (detail) => drafts.add(detail.text));
    drafts.on('change', () => this.#drawDrafts());
    document.on('entries', (detail) => this.#wrote(detail.entries));
    document.on('rights', () => this.#drawState());
    byId('text').value = '';
    this.#show();
    this.#drawDrafts();
  }

  /** The writer typed. */
  typed() {
    this.#text.edit(byId('text').value);
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

  #show() {
    const area = byId('text');
    const splice = diff(area.value, this.#text.text);
    if (splice) {
      const { scrollTop } = area;
      const start = moved(area.selectionStart, splice);
      const end = moved(area.selectionEnd, splice);
      area.value = this.#text.text;
      area.setSelectionRange(Math.min(start, end), end);
      area.scrollTop = scrollTop;
    }
    this.#drawState();
  }

  #drawState() {
    const area = byId('text');
    area.readOnly = !this.#text.writing;
    area.placeholder = this.#text.writing ? 'Write here.' : 'Nothing written yet.';
    const saved = byId('saved');
    saved.dataset.state = this.#text.unsaved && (this.#text.trouble || !this.#online) ? 'held' : 'fine';
    saved.textContent = this.#state();
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

  #drawDrafts() {
    byId('drafts').hidden = this.#drafts.all.length === 0;
    byId('draft-list').replaceChildren(
      ...this.#drafts.all.map(({ id, at, text }) => {
        const area = el('textarea', { readOnly: true, value: text, 'aria-label': `Draft of ${clock(at)}` });
        const copied = el('button', { type: 'button', class: 'small', onclick: () => this.#copy(area, copied) }, 'Copy');
        const away = el('button', { type: 'button', class: 'small', onclick: () => this.#drafts.remove(id) }, 'Throw away');
        return el('li', {}, area,
          el('div', { class: 'row' },
            el('small', {}, `The whole text as you had it at ${clock(at)}`), el('span', { class: 'buttons' }, copied, away)));
      }),
    );
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
