import { announce, buttons, byId, el, keepingFocus, seconds } from './dom.js';

/** A holder has about this long to answer; asking again before that changes nothing. */
const ASKED = 20_000;

/** A reservation longer than this is not one that somebody waits out. */
const LONG = 20_000;

/**
 * Who has the pen, who waits for it, and what can be done about it.
 *
 * @typedef {import('./client/document.js').Rights} Rights
 */
export class PenPanel {
  #document;
  #names;
  #text;
  /** @type {Map<string, {by: import('./client/document.js').Member, epoch: number, until: number}>} */
  #requests = new Map();
  #askedAt = -Infinity;
  #online = false;
  #reservedFor = 0;
  #said = '';

  /**
   * @param {import('./client/document.js').BatonDocument} document
   * @param {import('./names.js').Names} names
   * @param {import('./shared-text.js').SharedText} text
   */
  constructor(document, names, text) {
    this.#document = document;
    this.#names = names;
    this.#text = text;
    document.on('rights', () => this.#changed());
    document.on('members', () => this.draw());
    document.on('standing', () => this.draw());
    document.on('requested', (detail) => this.#requested(detail));
    text.on('writing', () => this.draw());
  }

  /** @param {boolean} online */
  connected(online) {
    this.#online = online;
    this.draw();
  }

  /** Gives the pen back, or to somebody, after what was written is stored. @param {string} [to] */
  async release(to) {
    await this.#text.settled(3000);
    await this.#try(() => this.#document.release(to));
  }

  draw() {
    const rights = this.#document.rights;
    const { state, title, text } = this.#words(rights);
    byId('pen').dataset.state = state;
    byId('pen-title').textContent = title;
    byId('pen-text').textContent = text;
    keepingFocus(byId('pen-title'), () => buttons(byId('pen-actions'), rights ? this.#actions(rights) : []));
    this.#drawQueue(rights?.queue ?? []);
    this.#drawRequests();
    this.tick();
  }

  /** What counts down. */
  tick() {
    const rights = this.#document.rights;
    const now = performance.now();
    const left = rights?.state === 'reserved' && rights.until !== undefined ? Math.max(0, rights.until - now) : 0;
    const bar = byId('pen-time');
    bar.hidden = !(left > 0 && this.#reservedFor <= LONG && this.#online);
    if (left > 0 && this.#online) {
      bar.value = left / Math.max(1, this.#reservedFor);
      byId('pen-text').textContent = this.#reservedWords(left);
    }
    for (const [session, request] of this.#requests) {
      const line = byId('requests').querySelector(`[data-session="${CSS.escape(session)}"] .left`);
      if (request.until <= now) {
        this.#requests.delete(session);
        this.#drawRequests();
      } else if (line) {
        line.textContent = seconds(request.until - now);
      }
    }
  }

  // ---- words -----------------------------------------------------------------------------------------------------

  #words(rights) {
    if (!rights) {
      return { state: 'none', title: 'Opening…', text: 'Asking who has the pen.' };
    }
    if (!this.#online || (rights.you === 'holder' && !this.#document.holding)) {
      return this.#offlineWords(rights);
    }
    const first = rights.queue[0];
    if (rights.you === 'holder') {
      const ready = this.#text.writing ? 'What you write is seen by everyone here.' : 'One moment: catching up first.';
      return { state: 'mine', title: 'You have the pen', text: ready };
    }
    if (rights.state === 'free') {
      return first
        ? { state: 'free', title: 'The pen changes hands', text: `It goes to ${this.#who(first)}.` }
        : { state: 'free', title: 'The pen is free', text: 'Take it to write.' };
    }
    const holder = rights.holder ? this.#names.of(rights.holder) : 'Somebody';
    if (rights.state === 'reserved') {
      return { state: 'reserved', title: `The pen is kept for ${holder}`, text: this.#reservedWords(0) };
    }
    return { state: 'held', title: `${holder} has the pen`, text: this.#place(rights) };
  }

  #offlineWords(rights) {
    if (rights.you === 'holder' && !this.#document.holding) {
      const text = 'Somebody else may have it by now. What you wrote stays here.';
      return { state: 'reserved', title: 'You had the pen', text };
    }
    if (rights.you === 'holder') {
      const text = 'It is kept for a moment. What you write stays here until the connection is back.';
      return { state: 'reserved', title: 'You had the pen', text };
    }
    const title = rights.holder ? `${this.#names.of(rights.holder)} had the pen` : 'The pen was free';
    return { state: 'held', title, text: 'That was when the connection was lost.' };
  }

  #reservedWords(left) {
    const rights = this.#document.rights;
    if (left <= 0) {
      return 'The connection was lost.';
    }
    return rights && rights.queue.length > 0
      ? `The connection was lost. Unless they come back, the pen moves on in ${seconds(left)}.`
      : `The connection was lost. It is kept for ${seconds(left)}, or until somebody wants it.`;
  }

  #place(rights) {
    if (rights.you !== 'queued') {
      return 'You are reading along.';
    }
    const place = rights.position ?? rights.queue.findIndex((session) => this.#names.isMe(session)) + 1;
    const asked = performance.now() - this.#askedAt < ASKED ? ' You have asked for it.' : '';
    return (place === 1 ? 'You are next in line.' : `You are number ${place} in line.`) + asked;
  }

  #who(session) {
    return this.#names.isMe(session) ? 'you' : this.#names.ofSession(session);
  }

  // ---- actions ---------------------------------------------------------------------------------------------------

  #actions(rights) {
    const off = !this.#online;
    if (rights.you === 'holder') {
      const next = rights.queue.find((session) => this.#document.members.get(session)?.state !== 'offline');
      const label = next ? `Hand over to ${this.#who(next)}` : 'Give the pen back';
      return [{ id: 'release', label, act: () => this.release(), disabled: off }];
    }
    if (rights.you === 'queued') {
      const asked = performance.now() - this.#askedAt < ASKED;
      const ask = { id: 'ask', label: asked ? 'Asked' : 'Ask for it now', act: () => this.#ask(), disabled: off || asked };
      const leave = { id: 'leave-line', label: 'Leave the line', act: () => this.#document.stand('view'), disabled: off };
      return rights.state === 'held' ? [ask, leave] : [leave];
    }
    if (rights.state === 'free') {
      return [{ id: 'ask', label: 'Take the pen', act: () => this.#ask(), primary: true, disabled: off }];
    }
    return [
      { id: 'ask', label: 'Ask for the pen', act: () => this.#ask(), primary: true, disabled: off },
      { id: 'stand', label: 'Stand in line', act: () => this.#document.stand('edit'), disabled: off },
    ];
  }

  async #ask() {
    if (this.#document.rights?.state === 'held') {
      this.#askedAt = performance.now();
      setTimeout(() => this.draw(), ASKED + 50);
    }
    await this.#try(() => this.#document.request());
  }

  async #answer(session, accept) {
    this.#requests.delete(session);
    this.#drawRequests();
    if (accept) {
      await this.#text.settled(3000);
    }
    await this.#try(() => this.#document.answer(session, accept));
  }

  async #try(action) {
    try {
      await action();
    } catch (error) {
      byId('pen-text').textContent = `That did not work: ${error.message}.`;
      announce(`That did not work: ${error.message}.`, true);
    }
  }

  // ---- what happens ----------------------------------------------------------------------------------------------

  #changed() {
    const rights = /** @type {Rights} */ (this.#document.rights);
    for (const [session, request] of this.#requests) {
      if (rights.you !== 'holder' || request.epoch !== rights.epoch || !rights.queue.includes(session)) {
        this.#requests.delete(session);
      }
    }
    this.#reservedFor = rights.until === undefined ? 0 : rights.until - performance.now();
    const key = `${rights.epoch} ${rights.holder?.session} ${rights.state} ${rights.you}`;
    if (key !== this.#said) {
      if (!this.#said.startsWith(`${rights.epoch} `)) {
        this.#askedAt = -Infinity;
      }
      this.#said = key;
      announce(rights.you === 'holder' ? 'You have the pen. You can write.' : this.#sentence(rights));
    }
    this.draw();
  }

  #sentence(rights) {
    const { title } = this.#words(rights);
    return rights.you === 'queued' && rights.state === 'held' ? `${title}. ${this.#place(rights)}` : `${title}.`;
  }

  #requested({ by, epoch, until }) {
    this.#requests.set(by.session, { by, epoch, until });
    announce(`${this.#names.of(by)} asks for the pen.`, true);
    this.draw();
  }

  #drawQueue(queue) {
    byId('line').hidden = queue.length === 0;
    byId('queue').replaceChildren(
      ...queue.map((session) => {
        const member = this.#document.members.get(session);
        const me = this.#names.isMe(session);
        const away = member?.state === 'offline';
        const name = me ? 'You' : this.#names.ofSession(session);
        return el('li', { class: `${me ? 'you' : ''} ${away ? 'offline' : ''}` }, away ? `${name} (away)` : name);
      }),
    );
  }

  #drawRequests() {
    const list = byId('requests');
    keepingFocus(byId('pen-title'), () => {
      for (const child of [...list.children]) {
        if (!this.#requests.has(child.dataset.session)) {
          child.remove();
        }
      }
    });
    for (const [session, { by, until }] of this.#requests) {
      if (!list.querySelector(`[data-session="${CSS.escape(session)}"]`)) {
        const name = this.#names.of(by);
        list.append(
          el(
            'li',
            { 'data-session': session },
            el('p', {}, el('b', {}, name), ' asks for the pen. It goes over by itself in ',
              el('span', { class: 'left' }, seconds(until - performance.now())), '.'),
            el('button', { class: 'primary small', type: 'button', onclick: () => this.#answer(session, true) }, 'Hand over'),
            el('button', { class: 'small', type: 'button', onclick: () => this.#answer(session, false) }, 'Not now'),
          ),
        );
      }
    }
  }
}
