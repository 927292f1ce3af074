import { byId, clock, el, hue } from './dom.js';
import { History } from './history.js';

/** From one moment to the next while it plays, in milliseconds; a long history is played in bigger steps. */
const STEP = 120;

/** How many steps playing takes at most. */
const STEPS = 250;

/** The document at earlier moments, in place of the editor, which goes on underneath. */
export class HistoryPanel {
  #history = new History();
  #moment = 0;
  #open = false;
  /** @type {any} */
  #timer = 0;

  /**
   * @param {import('./client/document.js').BatonDocument} document
   * @param {AbortSignal} over
   */
  constructor(document, over) {
    document.on('joined', (detail) => this.#joined(detail), over);
    document.on('entries', ({ entries }) => this.#add(entries), over);
    const listen = (id, type, act) => byId(id).addEventListener(type, act, { signal: over });
    listen('past-open', 'click', () => (this.#open ? this.#close() : this.#show()));
    listen('past-close', 'click', () => this.#close());
    listen('past-play', 'click', () => this.#play());
    listen('past-at', 'input', () => {
      this.#stop();
      this.#go(byId('past-at').valueAsNumber);
    });
    over.addEventListener('abort', () => this.#close());
  }

  #joined({ recovered, snapshot, entries }) {
    if (!recovered) {
      this.#history.restart(typeof snapshot?.data?.text === 'string' ? snapshot.data.text : '');
    }
    this.#add(entries);
  }

  #add(entries) {
    this.#history.add(entries);
    if (this.#open) {
      byId('past-at').max = this.#history.length;
      this.#go(Math.min(this.#moment, this.#history.length));
    }
  }

  #show() {
    this.#toggle(true);
    byId('past-at').max = this.#history.length;
    this.#go(this.#history.length);
    byId('past-at').focus();
  }

  #close() {
    this.#stop();
    this.#toggle(false);
  }

  #toggle(open) {
    this.#open = open;
    byId('past').hidden = !open;
    byId('now').hidden = open;
    byId('past-open').setAttribute('aria-expanded', String(open));
    byId('past-text').replaceChildren();
  }

  #play() {
    if (this.#timer) {
      this.#stop();
      return;
    }
    if (this.#moment === this.#history.length) {
      this.#go(0);
    }
    byId('past-play').textContent = 'Pause';
    const step = Math.ceil(this.#history.length / STEPS);
    this.#timer = setInterval(() => {
      this.#go(Math.min(this.#moment + step, this.#history.length));
      if (this.#moment === this.#history.length) {
        this.#stop();
      }
    }, STEP);
  }

  #stop() {
    clearInterval(this.#timer);
    this.#timer = 0;
    byId('past-play').textContent = 'Play';
  }

  /** Shows the text after so many updates. @param {number} moment */
  #go(moment) {
    this.#moment = moment;
    const range = byId('past-at');
    range.value = String(moment);
    const { text, from, to, words, id } = this.#shown(moment);
    byId('past-words').textContent = words;
    range.setAttribute('aria-valuetext', words);
    const mark = el('mark', { class: `hue-${hue(id)}` }, text.slice(from, to));
    byId('past-text').replaceChildren(text.slice(0, from), mark, text.slice(to));
    mark.scrollIntoView({ block: 'nearest' });
  }

  #shown(moment) {
    if (moment === 0) {
      const text = this.#history.beginning;
      return { text, from: 0, to: 0, id: '', words: text ? 'Before all that the log still has' : 'Before the first word' };
    }
    const shown = this.#history.at(moment);
    const words = `${moment} of ${this.#history.length}: ${shown.name || 'somebody'}, ${clock(shown.at, true)} (entry ${shown.seq})`;
    return { ...shown, words };
  }
}
