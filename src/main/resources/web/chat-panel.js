import { byId, clock, el } from './dom.js';

/** How many lines are kept in sight. */
const LARGEST = 400;

/** What was said, and when the pen changed hands: both are in the log, in one order. */
export class ChatPanel {
  #document;
  #names;

  /**
   * @param {import('./client/document.js').BatonDocument} document
   * @param {import('./names.js').Names} names
   */
  constructor(document, names) {
    this.#document = document;
    this.#names = names;
    byId('messages').replaceChildren();
    document.on('joined', (detail) => {
      if (!detail.recovered) {
        byId('messages').replaceChildren();
      }
      this.#add(detail.entries);
    });
    document.on('entries', (detail) => this.#add(detail.entries));
  }

  /** @param {string} text */
  async say(text) {
    const line = el('div', { class: 'pending' }, el('p', {}, el('span', { class: 'by' }, 'You '), text));
    this.#append([line]);
    try {
      await this.#document.say({ text });
      line.remove();
    } catch (error) {
      line.classList.remove('pending');
      line.append(el('p', { class: 'field-error' }, `Not sent: ${error.message}`));
    }
  }

  #add(entries) {
    const lines = entries.map((entry) => this.#line(entry)).filter((line) => line !== null);
    if (lines.length > 0) {
      this.#append(lines);
    }
  }

  #line({ kind, session, user, data, at }) {
    if (kind === 'message') {
      const name = this.#names.isMe(session) ? 'You' : user.name;
      const text = typeof data?.text === 'string' ? data.text : JSON.stringify(data);
      return el('div', {},
        el('time', { dateTime: new Date(at).toISOString() }, clock(at)),
        el('p', {}, el('span', { class: 'by' }, `${name} `), text));
    }
    if (kind === 'rights' && data) {
      const me = this.#names.isMe(session);
      const name = user?.name || 'Somebody';
      const words = data.to ? `The pen went to ${me ? 'you' : name}` : `${me ? 'You' : name} put the pen down`;
      return el('div', { class: 'event' }, words);
    }
    return null;
  }

  #append(lines) {
    const list = byId('messages');
    const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
    // What waits stays below what is in the log.
    const waiting = list.querySelector('.pending');
    lines.forEach((line) => (waiting && !line.classList.contains('pending') ? waiting.before(line) : list.append(line)));
    while (list.children.length > LARGEST) {
      list.firstElementChild?.remove();
    }
    if (atEnd) {
      list.scrollTop = list.scrollHeight;
    }
  }
}
