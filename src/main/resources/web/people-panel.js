import { buttons, byId, el, hue, initials, keepingFocus } from './dom.js';

/** Who is here. */
export class PeoplePanel {
  #document;
  #names;
  #handOver;
  #online = false;

  /**
   * @param {import('./client/document.js').BatonDocument} document
   * @param {import('./names.js').Names} names
   * @param {(session: string) => void} handOver
   */
  constructor(document, names, handOver) {
    this.#document = document;
    this.#names = names;
    this.#handOver = handOver;
    document.on('members', () => this.draw());
    document.on('rights', () => this.draw());
  }

  /** @param {boolean} online */
  connected(online) {
    this.#online = online;
    this.draw();
  }

  draw() {
    keepingFocus(byId('people-title'), () => this.#draw());
  }

  #draw() {
    const members = [...this.#document.members.values()].sort((a, b) => this.#order(a) - this.#order(b) || a.since - b.since);
    const list = byId('people');
    const old = new Map([...list.children].map((child) => [child.dataset.session, child]));
    const now = members.map((member) => this.#item(member, old.get(member.session)));
    if (now.length !== list.children.length || now.some((item, i) => list.children[i] !== item)) {
      list.replaceChildren(...now);
    }
    const { count } = this.#document;
    byId('count').textContent = String(count);
    byId('count').setAttribute('aria-label', count === 1 ? 'one person' : `${count} people`);
    byId('more').hidden = count <= members.length;
    byId('more').textContent = `and ${count - members.length} more`;
  }

  #order({ session }) {
    if (this.#document.rights?.holder?.session === session) {
      return 0;
    }
    return this.#names.isMe(session) ? 1 : 2;
  }

  #item(member, known) {
    const { session, user, state, mode } = member;
    const me = this.#names.isMe(session);
    const holds = this.#document.rights?.holder?.session === session;
    const item = known ?? el('li', { 'data-session': session },
      el('span', { class: `avatar hue-${hue(user.id)}`, 'aria-hidden': 'true' }, initials(user.name)),
      el('span', { class: 'who' }, el('b'), el('small')),
      el('span', { class: 'buttons' }));
    item.className = `${holds ? 'holder' : ''} ${state === 'offline' ? 'offline' : ''}`;
    item.querySelector('b').textContent = me ? `${user.name} (you)` : this.#names.of(member);
    const doing = holds ? 'has the pen' : mode === 'edit' ? 'in line for the pen' : 'reading';
    item.querySelector('small').textContent = state === 'offline' ? `away, ${holds ? 'pen kept' : 'may come back'}` : doing;
    const may = this.#document.holding && !me && state === 'online';
    buttons(item.querySelector('.buttons'), may
      ? [{ id: `give-${session}`, label: 'Hand over', small: true, disabled: !this.#online, act: () => this.#handOver(session) }]
      : []);
    const button = item.querySelector('button');
    button?.setAttribute('aria-label', `Hand over the pen to ${this.#names.of(member)}`);
    return item;
  }
}
