import { now } from './platform.js';
import { problem } from './yjs-replica.js';
import { fromBase64, reasonOf, toBase64 } from './yjs-log.js';

/** Yjs client ids of one session at a time. */
const CLIENTS = 8;

/** Bytes of one signal. */
const BYTES = 16 * 1024;

/** Characters of a signal that a node keeps. */
const KEPT = 4_000;

/** How long an answer to newcomers waits at most: this much, or so much a member, in milliseconds. */
const ANSWER = 1_000;
const ANSWER_A_MEMBER = 50;

/** Tells a state that lives with its member from one that `y-protocols` ends after 30 s of silence. */
const WITH_ITS_MEMBER = Infinity;

const COLOR = /^#[0-9a-f]{6}([0-9a-f]{2})?$/i;
const COLORS = ['#1f77b4', '#c2410c', '#15803d', '#b91c1c', '#7e22ce', '#92400e', '#be185d', '#0f766e'];

/**
 * The awareness of `y-protocols` over signals. A Yjs client id belongs to the session that spoke for it first, for as
 * long as that session is there; its `user` (`id`, `name`, `role`) and `session` are the member's, whatever the signal
 * says; its state ends with the member, not by a timer.
 */
export class MemberAwareness {
  #document;
  #protocol;
  #awareness;
  #problem;
  /** @type {Map<number, string>} which session speaks for a client */
  #owners = new Map();
  /**
   * @type {Map<string, {clients: Map<number, any>, known: boolean, role: string}>} by session: its states as it told
   * them
   */
  #sessions = new Map();
  /** @type {Set<string>} sessions and codes that were reported */
  #reported = new Set();
  /** @type {Set<string>} the sessions that were online */
  #online = new Set();
  /** Whether the node keeps states, and tells newcomers. */
  #kept = false;
  /** Whether this session's state is small enough for that. */
  #keepable = true;
  /** Whether the document was joined, and the members are still to be told. */
  #fresh = false;
  /** Members whose kept signal was read. @type {WeakSet<object>} */
  #read = new WeakSet();
  #answeredAt = -Infinity;
  /** @type {any} */
  #answering = null;
  #changed = ({ added, updated, removed }, origin) => origin !== this && this.#localChange([...added, ...updated, ...removed]);
  #ended = ({ removed }, origin) => origin === 'timeout' && removed.forEach((client) => this.#forget(client));

  /**
   * @param {import('./document.js').BatonDocument} document
   * @param {import('yjs').Doc} doc
   * @param {any} protocol the module `y-protocols/awareness`
   * @param {AbortSignal} over
   * @param {(problem: import('./yjs-replica.js').Problem) => void} told
   */
  constructor(document, doc, protocol, over, told) {
    this.#document = document;
    this.#protocol = protocol;
    this.#problem = told;
    this.#awareness = new protocol.Awareness(doc);
    this.#awareness.on('change', this.#changed);
    this.#awareness.on('update', this.#ended);
    document.on('joined', () => (this.#fresh = true), over);
    document.on('members', () => this.#membersChanged(), over);
    document.on('rights', () => this.#rolesChanged(), over);
    document.on('signal', ({ session, data }) => this.#take(session, data), over);
    if (document.joined) {
      this.#fresh = true;
      this.#membersChanged();
    }
  }

  get awareness() {
    return this.#awareness;
  }

  /** Takes the local state back, and ends. */
  destroy() {
    clearTimeout(this.#answering);
    this.#awareness.off('change', this.#changed);
    this.#awareness.off('update', this.#ended);
    if (this.#awareness.getLocalState() !== null) {
      this.#protocol.removeAwarenessStates(this.#awareness, [this.#awareness.clientID], this);
      this.#tell();
    }
    this.#awareness.destroy();
  }

  // ---- what this session tells -----------------------------------------------------------------------------------

  #localChange(clients) {
    if (clients.includes(this.#awareness.clientID)) {
      this.#tell();
    }
  }

  #tell() {
    const { clientID: client, states, meta } = this.#awareness;
    // One more than the clock is: `y-protocols` does not take a state of a client that begins with 0.
    const bytes = encode([{ client, clock: (meta.get(client)?.clock ?? 0) + 1, state: states.get(client) ?? null }]);
    if (bytes.length > BYTES) {
      this.#report('', 'awareness-too-large', `the awareness state has ${bytes.length} bytes, and at most ${BYTES} are told`);
      return;
    }
    const awareness = toBase64(bytes);
    this.#keepable = awareness.length <= KEPT;
    this.#document.signal({ awareness }, { keep: this.#keepable });
  }

  /**
   * Newcomers do not know this session yet, unless the node tells them. One answer will do for all that come meanwhile.
   */
  #answerSoon() {
    if ((this.#kept && this.#keepable) || this.#answering !== null || this.#awareness.getLocalState() === null) {
      return;
    }
    const window = Math.max(ANSWER, ANSWER_A_MEMBER * this.#document.count);
    const rest = Math.max(0, this.#answeredAt + window - now());
    this.#answering = setTimeout(() => {
      this.#answering = null;
      this.#answeredAt = now();
      this.#tell();
    }, rest + Math.random() * window);
  }

  // ---- what others tell ------------------------------------------------------------------------------------------

  #take(session, data) {
    if (data === null || typeof data !== 'object' || data.awareness === undefined) {
      return; // a signal of another kind
    }
    let told;
    try {
      told = decode(data.awareness);
    } catch (error) {
      this.#report(session, 'bad-signal', `an awareness signal is skipped: ${reasonOf(error)}`);
      return;
    }
    const accepted = told.filter(({ client, state }) => this.#accepts(session, client, state));
    this.#apply(session, accepted);
  }

  #accepts(session, client, state) {
    const owner = this.#owners.get(client);
    if (client === this.#awareness.clientID || (owner !== undefined && owner !== session)) {
      this.#report(session, 'foreign-client', `a signal for the Yjs client ${client}, for which another session speaks, is skipped`);
      return false;
    }
    if (owner === undefined && state !== null && (this.#sessions.get(session)?.clients.size ?? 0) >= CLIENTS) {
      this.#report(session, 'too-many-clients', `a session speaks for at most ${CLIENTS} Yjs clients at a time`);
      return false;
    }
    if (owner === undefined && state !== null) {
      // Within one signal too: the next state of it counts this one.
      this.#owners.set(client, session);
      this.#of(session).clients.set(client, state);
    }
    return owner !== undefined || state !== null;
  }

  #apply(session, states) {
    const of = this.#of(session);
    const latest = new Map(states.map(({ client, state }) => [client, state]));
    latest.forEach((state, client) => of.clients.set(client, state));
    this.#change(latest, session, of);
    latest.forEach((state, client) => state === null && this.#forget(client));
    this.#keepAlive(of);
    if (of.clients.size === 0) {
      this.#sessions.delete(session);
    }
  }

  /** @param {Map<number, any>} clients @param {string} session */
  #change(clients, session, of) {
    const states = [...clients].map(([client, state]) => ({
      client,
      // The clock counts what is applied here. Signals of a session come in order, so theirs says nothing more.
      clock: (this.#awareness.meta.get(client)?.clock ?? 0) + 1,
      state: state === null ? null : this.#verified(state, session, of),
    }));
    if (states.length > 0) {
      try {
        this.#protocol.applyAwarenessUpdate(this.#awareness, encode(states), this);
      } catch (error) {
        this.#problem(problem('threw', `while awareness was applied: ${reasonOf(error)}`, { cause: error }));
      }
    }
  }

  /** @returns what a session says of itself, with what the node says of it */
  #verified(state, session, of) {
    const member = this.#document.members.get(session);
    of.known = member !== undefined;
    of.role = this.#roleOf(session, member);
    const { id: _, name: __, role: ___, color, colorLight, ...rest } = Object(state.user);
    const { id, name } = member?.user ?? { id: undefined, name: undefined };
    const own = COLOR.test(color) ? color : colorOf(id ?? session);
    const light = COLOR.test(colorLight) ? colorLight : `${own.slice(0, 7)}33`;
    return { ...state, session, user: { ...rest, id, name, role: of.role, color: own, colorLight: light } };
  }

  #roleOf(session, member) {
    const { rights } = this.#document;
    return rights?.holder?.session === session ? 'holder' : member?.mode === 'edit' ? 'editor' : 'viewer';
  }

  // ---- who is there ----------------------------------------------------------------------------------------------

  #membersChanged() {
    const { members, count } = this.#document;
    this.#readKept();
    for (const [session, of] of [...this.#sessions]) {
      const member = members.get(session);
      if (member?.state === 'online') {
        if (!of.known) {
          this.#verifyAgain(session, of);
        }
      } else if (member || (of.known && count <= members.size)) {
        this.#end(session, of);
      } else if (of.known) {
        // One of many, of whom the node does not tell all: the state ends when nothing is heard.
        of.known = false;
        this.#keepAlive(of);
      }
    }
    const before = this.#online;
    this.#online = new Set(onlineOf(this.#document));
    if (this.#fresh) {
      this.#fresh = false;
      this.#awareness.getLocalState() !== null && this.#tell();
    } else if ([...this.#online].some((session) => !before.has(session))) {
      this.#answerSoon();
    }
  }

  /** States that the node keeps: the oldest member first, who spoke first. */
  #readKept() {
    const keeping = [...this.#document.members.values()].filter((member) => member.kept !== undefined && !this.#read.has(member));
    if (keeping.length > 0) {
      this.#kept = true;
      clearTimeout(this.#answering);
      this.#answering = null;
    }
    keeping.forEach((member) => this.#read.add(member));
    keeping
      .filter(({ session, state }) => state === 'online' && !this.#sessions.has(session))
      .sort((one, other) => one.since - other.since)
      .filter(({ kept }) => !this.#isOwn(kept))
      .forEach(({ session, kept }) => this.#take(session, kept));
  }

  #isOwn(data) {
    try {
      return decode(data?.awareness).every(({ client }) => client === this.#awareness.clientID);
    } catch {
      return false;
    }
  }

  #rolesChanged() {
    for (const [session, of] of this.#sessions) {
      if (of.known && of.role !== this.#roleOf(session, this.#document.members.get(session))) {
        this.#verifyAgain(session, of);
      }
    }
  }

  #verifyAgain(session, of) {
    this.#change(of.clients, session, of);
    this.#keepAlive(of);
  }

  #keepAlive({ clients, known }) {
    for (const client of clients.keys()) {
      const meta = this.#awareness.meta.get(client);
      if (meta) {
        meta.lastUpdated = known ? WITH_ITS_MEMBER : Date.now();
      }
    }
  }

  #end(session, { clients }) {
    const all = [...clients.keys()];
    this.#protocol.removeAwarenessStates(this.#awareness, all, this);
    all.forEach((client) => this.#forget(client));
    this.#sessions.delete(session);
    this.#reported.forEach((key) => key.startsWith(`${session} `) && this.#reported.delete(key));
  }

  #forget(client) {
    const session = this.#owners.get(client);
    this.#owners.delete(client);
    this.#awareness.meta.delete(client);
    const of = this.#sessions.get(session ?? '');
    of?.clients.delete(client);
  }

  #of(session) {
    const of = this.#sessions.get(session) ?? { clients: new Map(), known: false, role: '' };
    this.#sessions.set(session, of);
    return of;
  }

  #report(session, code, message) {
    const key = `${session} ${code}`;
    if (!this.#reported.has(key)) {
      this.#reported.add(key);
      const user = this.#document.members.get(session)?.user;
      this.#problem(problem(code, message, session === '' ? {} : { session, user }));
    }
  }
}

function onlineOf({ members }) {
  return [...members.values()].filter(({ state }) => state === 'online').map(({ session }) => session);
}

/** The same for a user on every screen. @param {string} id */
function colorOf(id) {
  let hash = 0;
  for (let i = 0; i < id.length; i++) {
    hash = (Math.imul(hash, 31) + id.charCodeAt(i)) | 0;
  }
  return COLORS[(hash >>> 0) % COLORS.length];
}

// ---- the update of `y-protocols`: a count, then client, clock and state as JSON of each
// ------------------------------

/** @returns {{client: number, clock: number, state: any}[]} throws when it is none */
function decode(text) {
  if (typeof text !== 'string') {
    throw new TypeError('it is no text');
  }
  if (text.length > (BYTES * 4) / 3 + 4) {
    throw new RangeError(`it has more than ${BYTES} bytes`);
  }
  const bytes = fromBase64(text);
  const reader = { bytes, at: 0 };
  const states = [];
  for (let left = number(reader); left > 0; left--) {
    const [client, clock, length] = [number(reader), number(reader), number(reader)];
    if (reader.at + length > bytes.length) {
      throw new RangeError('it ends in the middle');
    }
    const json = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(reader.at, reader.at + length));
    reader.at += length;
    const state = JSON.parse(json);
    if (typeof state !== 'object' || Array.isArray(state)) {
      throw new TypeError('a state is no object');
    }
    states.push({ client, clock, state });
  }
  return states;
}

function number(reader) {
  let value = 0;
  let weight = 1;
  for (;;) {
    const byte = reader.bytes[reader.at++];
    if (byte === undefined) {
      throw new RangeError('it ends in the middle');
    }
    value += (byte & 127) * weight;
    weight *= 128;
    if (value > Number.MAX_SAFE_INTEGER) {
      throw new RangeError('a number is too large');
    }
    if (byte < 128) {
      return value;
    }
  }
}

/** @param {{client: number, clock: number, state: any}[]} states */
function encode(states) {
  const bytes = [];
  const write = (value) => {
    for (; value > 127; value = Math.floor(value / 128)) {
      bytes.push((value & 127) | 128);
    }
    bytes.push(value);
  };
  write(states.length);
  states.forEach(({ client, clock, state }) => {
    const json = new TextEncoder().encode(JSON.stringify(state));
    write(client);
    write(clock);
    write(json.length);
    json.forEach((byte) => bytes.push(byte));
  });
  return new Uint8Array(bytes);
}
