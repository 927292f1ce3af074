import { announce, byId, seconds } from './dom.js';
import { whyRefused } from './refusal.js';

/** How often the time to the next try is drawn, in milliseconds. */
const TICK = 250;

/** Closes from here on are the node's, and say why. */
const SAID = 4001;

/** A handshake that failed once may have met a node that was starting. */
const OFTEN = 2;

/** What the connection is like, and what the node says about it. */
export class LinkPanel {
  #state = 'idle';
  #retryAt = 0;
  #failed = 0;
  #words = '';
  #address;

  /** @param {string} address of the socket, by http */
  constructor(address) {
    this.#address = address;
    setInterval(() => this.#draw(), TICK);
  }

  /** @param {{state: string, code?: number, reason?: string, retryAt?: number}} detail */
  show({ state, code = 0, reason = '', retryAt = 0 }) {
    const before = this.#state;
    this.#state = state;
    this.#retryAt = retryAt;
    byId('connection').dataset.state = state;
    if (state === 'online') {
      this.#failed = 0;
      this.#say('');
      announce('Connected.');
    } else if (state === 'waiting' && code >= SAID) {
      this.#say(reason);
    } else if (state === 'waiting' && before === 'connecting') {
      this.#refused();
    } else if (state === 'waiting' && before === 'online') {
      announce('The connection is lost. Trying again.');
    } else if (state === 'idle' || state === 'ended') {
      this.#say('');
    }
    this.#draw();
  }

  /** A try has failed: the node is asked why, and answers when it was a refusal. */
  async #refused() {
    const failed = ++this.#failed;
    const { words, handshake } = await whyRefused(this.#address);
    if (failed === this.#failed && (!handshake || failed >= OFTEN)) {
      this.#say(words);
    }
  }

  #say(words) {
    if (words && words !== this.#words) {
      announce(`Not connected. The node says: ${words}.`);
    }
    this.#words = words;
    this.#draw();
  }

  #draw() {
    const left = this.#retryAt - performance.now();
    const words = {
      idle: 'Not connected',
      connecting: 'Connecting…',
      online: 'Connected',
      waiting: left > 1000 ? `Offline, next try in ${seconds(Math.ceil(left / 1000) * 1000).replace('.0', '')}` : 'Offline, trying…',
      ended: 'Ended',
    };
    put(byId('connection-text'), words[this.#state]);
    put(byId('refused'), this.#words && `Not connected. The node says: ${this.#words}. The page goes on trying.`);
    byId('refused').hidden = this.#words === '';
  }
}

function put(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}
