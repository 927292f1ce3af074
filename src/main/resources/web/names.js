/**
 * What people are called on this page.
 *
 * @typedef {import('./client/document.js').Member} Member
 */
export class Names {
  #client;
  #document;

  /**
   * @param {import('./client/baton.js').BatonClient} client
   * @param {import('./client/document.js').BatonDocument} document
   */
  constructor(client, document) {
    this.#client = client;
    this.#document = document;
  }

  /** This page's session; null before the first welcome. */
  get me() {
    return this.#client.session;
  }

  /** @param {string} session */
  isMe(session) {
    return session === this.#client.session;
  }

  /** A member's name; with the end of its session's id where another one has the same. @param {Member} member */
  of(member) {
    const { name } = member.user;
    const twins = [...this.#document.members.values()].filter((other) => other.user.name === name);
    return twins.length > 1 && !this.isMe(member.session) ? `${name} · ${member.session.slice(-4)}` : name;
  }

  /** @param {string} session */
  ofSession(session) {
    const member = this.#document.members.get(session);
    return member ? this.of(member) : 'somebody';
  }
}
