import { byId, el } from './dom.js';
import { ChatPanel } from './chat-panel.js';
import { Drafts } from './drafts.js';
import { HistoryPanel } from './history-panel.js';
import { Names } from './names.js';
import { PenPanel } from './pen-panel.js';
import { PeoplePanel } from './people-panel.js';
import { SharedText } from './shared-text.js';
import { TextPanel } from './text-panel.js';

/** How often what counts down is drawn, in milliseconds. */
const TICK = 200;

/** How long to wait for the node to know that this session has left, in milliseconds. */
const PATIENCE = 1000;

/** One document on the page, from entering to leaving. */
export class Room {
  #client;
  #document;
  #text;
  #drafts;
  #pen;
  #typing;
  #chat;
  #people;
  #timer;
  #over = new AbortController();

  /**
   * @param {import('./client/baton.js').BatonClient} client
   * @param {import('./client/document.js').BatonDocument} document
   */
  constructor(client, document) {
    this.#client = client;
    this.#document = document;
    const names = new Names(client, document);
    this.#drafts = new Drafts(document.name);
    this.#text = new SharedText(document);
    this.#pen = new PenPanel(document, names, this.#text);
    this.#typing = new TextPanel(document, names, this.#text, this.#drafts);
    this.#chat = new ChatPanel(document, names);
    this.#people = new PeoplePanel(document, names, (session) => this.#pen.release(session));
    new HistoryPanel(document, this.#over.signal);
    this.#listen();
    this.#timer = setInterval(() => this.#tick(), TICK);
    this.#pen.draw();
    byId('title').textContent = document.name;
    globalThis.document.title = `${document.name} · Baton`;
  }

  /** Whether closing the page would lose something. */
  get precious() {
    return this.#text.unsaved || this.#drafts.all.length > 0;
  }

  /** Whether there is something that did not get into the log. */
  get drafts() {
    return this.#drafts.all.length > 0;
  }

  /** @param {boolean} online */
  connected(online) {
    this.#pen.connected(online);
    this.#typing.connected(online);
    this.#people.connected(online);
  }

  /** Leaves the document. What is not stored stays with the tab as a draft. */
  async leave() {
    await this.#text.settled(this.#client.state === 'online' ? 2000 : 0);
    this.end();
    await Promise.race([this.#document.leave(), new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
  }

  /** Takes the page's hands off the document. */
  end() {
    this.#text.end();
    this.#typing.end();
    this.#over.abort();
    clearInterval(this.#timer);
  }

  #listen() {
    const { signal } = this.#over;
    byId('say').addEventListener('submit', (event) => this.#say(event), { signal });
    this.#document.on('snapshot-wanted', () => this.#snapshot(), signal);
    this.#document.on('trouble', (error) => this.#trouble(error), signal);
  }

  #say(event) {
    event.preventDefault();
    const field = byId('say-text');
    const text = field.value.trim();
    if (text) {
      field.value = '';
      this.#chat.say(text);
    }
  }

  #snapshot() {
    // Too large, it is refused; the log alone can rebuild the text as well.
    this.#document.snapshot(this.#text.snapshot());
  }

  #trouble(error) {
    const banner = byId('trouble');
    banner.hidden = error === null;
    if (error) {
      const words = this.#document.joined
        ? `The text cannot be stored at the moment: ${error.message}. Presence and the pen go on; what you write is kept here and sent as soon as it can be.`
        : `This document cannot be opened at the moment: ${error.message}.${error.passing ? ' Trying again.' : ''}`;
      banner.replaceChildren(el('span', {}, words));
    }
  }

  #tick() {
    this.#pen.tick();
    this.#typing.tick();
    byId('seq').textContent = String(this.#document.seq);
    byId('epoch').textContent = String(this.#document.rights?.epoch ?? '–');
  }
}
