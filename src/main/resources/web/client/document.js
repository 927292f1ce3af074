import { Emitter } from './emitter.js';
import { Outbox } from './outbox.js';
import { BatonError, ConnectionLost } from './errors.js';
import { now, size } from './platform.js';
import { Signals } from './signals.js';

/** How long to wait for the log to show that the lock is here before asking, in milliseconds. */
const PROOF = 400;

/** How long to wait before a document is asked for again, in milliseconds. */
const AGAIN = 1000;

/**
 * @typedef {{id: string, name: string}} User
 * @typedef {{session: string, user: User, mode: 'edit' | 'view', since: number, state: 'online' | 'offline', kept?: any}} Member
 *   `kept`: its last signal with `keep` when it was met
 * @typedef {object} Entry
 * @property {number} seq
 * @property {'update' | 'message' | 'rights'} kind
 * @property {number} epoch
 * @property {string} session
 * @property {User} user
 * @property {string} id
 * @property {number} at milliseconds since 1970, by the node's clock
 * @property {*} data
 *
 * @typedef {object} Rights
 * @property {number} epoch the fencing token
 * @property {?Member} holder
 * @property {'held' | 'reserved' | 'free'} state
 * @property {number} [until] while reserved: when that ends, by this machine's `performance.now()`
 * @property {string[]} queue sessions in the queue, in order; the first of them, when there are many
 * @property {number} [waiting] how many wait in all
 * @property {number} [position] one's own place in the queue, from 1
 * @property {'holder' | 'queued' | 'viewer'} you
 * @property {string} [cause]
 *
 * @typedef {'unknown' | 'viewer' | 'queued' | 'holder' | 'writer'} Standing what this session may do, as far as can be known
 *
 * @typedef {{applied: true, seq: number} | {applied: false, epoch: number, holder: ?Member, uncertain: boolean}} Outcome
 *   `uncertain`: it may have been stored all the same
 *
 * @typedef {object} Draft edits that are not, or not known to be, in the log: one, and all that were made behind it
 * @property {{id: string, epoch: number, data: any, uncertain: boolean}[]} edits in the order in which they were made, with the
 *   operation's id and the epoch each was made under
 * @property {'fenced' | 'refused' | 'full' | 'new-session' | 'ended'} cause the lock was elsewhere; the node does not take the
 *   first of them; too many wait; the session could not be resumed; the document was left, or the client has ended
 * @property {Error} [error] why they were refused
 * @property {boolean} uncertain one of them may have been stored all the same
 *
 * @typedef {object} Events
 * @property {{recovered: boolean, snapshot: ?{seq: number, data: any}, entries: Entry[]}} joined with `recovered`, the
 *   entries follow on what was told before; without, build anew from the snapshot and the entries
 * @property {{entries: Entry[]}} entries exactly once, in order, without a gap
 * @property {Entry} entry each of those of `joined` and of `entries`, by itself
 * @property {undefined} synced all that the log had when it was joined first has been told
 * @property {undefined} members `members` or `count` changed
 * @property {Rights} rights
 * @property {Standing} standing it changed
 * @property {{epoch: number}} writable this session holds the lock, and has seen all that was written before it got it
 * @property {{by: Member, epoch: number, until: number}} requested somebody asks this session for the lock
 * @property {{epoch: number, until: number}} idle the holder loses the lock unless it writes or says `keep`
 * @property {{session: string, data: any}} signal
 * @property {{seq: number}} snapshot-wanted
 * @property {Draft} draft edits that nobody else keeps
 * @property {{count: number, bytes: number}} pending it changed
 * @property {boolean} saved it changed
 * @property {undefined} full no more edits are taken for now
 * @property {undefined} drain they are again
 * @property {?BatonError} trouble the node puts writing (or joining) off; null when that is over
 * @property {BatonError} dropped the document could not be joined, or is not this user's any more
 */

/**
 * One document of a {@link BatonClient}, over all its connections.
 *
 * @extends {Emitter<Events>}
 */
export class BatonDocument extends Emitter {
  /** @type {Map<string, Member>} those the node tells of; in a large room not all */
  members = new Map();
  /** How many are there. */
  count = 0;
  /** @type {?Rights} as the node told them last */
  rights = null;
  /** What this session may do, as far as can be known. @type {Standing} */
  standing = 'unknown';
  /** The last seq told. */
  seq = 0;
  /** @type {'edit' | 'view'} */
  mode = 'view';
  /** Whether all that the log had when the document was joined has been told. */
  synced = false;
  /** Operations that are not known to be in the log, and the bytes of their data. */
  pending = { count: 0, bytes: 0 };
  /** Whether no more edits are taken for now. */
  full = false;

  #client;
  #outbox = new Outbox({
    trouble: (error) => this.#trouble(error),
    draft: (draft) => this.#drafted(draft),
    changed: () => this.#counted(),
  });
  #left = false;
  #joined = false;
  #troubled = false;
  #log = null;
  #head = 0;
  #everSynced = false;
  #joinedAs = null;
  #epochSeen = -1;
  #proof = null;
  /** @type {any} */
  #timer = 0;
  #writable = -1;
  /** The epoch told as writable last. */
  #told = -1;
  #doubted = false;
  /** @type {?import('./outbox.js').Link} */
  #link = null;
  #turn = Promise.resolve();
  /** The answer to a join whose snapshot is still on its way. @type {any} */
  #parted = null;
  #signals = new Signals({
    joined: () => this.#joined,
    wait: () => this.#client.wait(0),
    send: (text, keep) => this.#client.post({ type: 'signal', document: this.name, keep: keep || undefined }, text),
  });
  /** @type {Set<{of: 'synced' | 'saved', resolve: () => void, reject: (error: any) => void}>} */
  #waiters = new Set();

  /**
   * @param {import('./baton.js').BatonClient} client
   * @param {string} name
   */
  constructor(client, name) {
    super();
    this.#client = client;
    this.name = name;
  }

  /** The node's limits by name. @returns {Record<string, number>} */
  get limits() {
    return this.#client.limits;
  }

  /** Whether the entries told are those of now. */
  get joined() {
    return this.#joined;
  }

  /** Whether this session holds the lock, as far as can be known: not once the node may have moved it. */
  get holding() {
    return this.rights?.you === 'holder' && !this.#doubted;
  }

  /** Whether what is written now is written by the holder, who has seen all that was written before. */
  get writable() {
    return this.standing === 'writer';
  }

  /** Whether the node has everything that was written here and was not given back as a draft. */
  get saved() {
    return this.pending.count === 0;
  }

  /** Done once `synced`; rejects when the document is left or ends before. @returns {Promise<void>} */
  whenSynced() {
    return this.#when('synced');
  }

  /** Done once `saved`; rejects when something comes back as a draft before. @returns {Promise<void>} */
  whenSaved() {
    return this.#when('saved');
  }

  /** Asks for the lock: of its holder, or gets it at once if it is free. @returns {Promise<void>} */
  request() {
    return this.#inTurn(() => ({ type: 'request' }));
  }

  /**
   * Stands in the queue for the lock (`edit`), or wants it no longer and gives it back (`view`). @param {'edit' |
   * 'view'} mode
   */
  stand(mode) {
    if (mode !== this.mode && this.#link && this.#client.state === 'online') {
      this.#join(mode);
    }
    this.mode = mode;
  }

  /**
   * The holder's answer to a request.
   * @param {string} session who asked
   * @param {boolean} accept
   * @returns {Promise<void>}
   */
  answer(session, accept) {
    return this.#inTurn(() => ({ type: 'answer', epoch: this.rights?.epoch, session, accept }));
  }

  /** Gives the lock back, or to a session in the document. @param {string} [to] @returns {Promise<void>} */
  release(to) {
    return this.#inTurn(() => ({ type: 'release', epoch: this.rights?.epoch, to }));
  }

  /** Answers `idle`: the lock is still wanted. */
  keep() {
    this.#client.post({ type: 'keep', document: this.name, epoch: this.rights?.epoch });
  }

  /**
   * Writes an edit, now or when the connection is back, after all that was written before.
   * @param {number} epoch the epoch that `writable` told
   * @param {*} data any JSON
   * @returns {Promise<Outcome>} rejects when the node does not take it, when too many wait, or when it is over before
   */
  update(epoch, data) {
    return this.#operation({ type: 'update', epoch, data });
  }

  /** Says something to all, now or when the connection is back. @param {*} data @returns {Promise<Outcome>} */
  say(data) {
    return this.#operation({ type: 'say', data });
  }

  /**
   * Tells all a cursor or the like. Of what comes faster than about 30 times a second only the latest goes out, and
   * that always: also when the connection has to come back for it.
   * @param {*} data
   * @param {{keep?: boolean}} [options] `keep`: the node tells it to those who come later, too
   */
  signal(data, { keep = false } = {}) {
    this.#signals.add(JSON.stringify(data) ?? 'null', keep);
  }

  /** Gives the node the whole content as of {@link seq}. @param {*} data @returns {Promise<void>} */
  snapshot(data) {
    const { seq, rights } = this;
    return this.#quiet((done) => {
      const head = { type: 'snapshot', document: this.name, epoch: rights?.epoch, seq };
      this.#client.send(head, JSON.stringify(data), done);
    });
  }

  /**
   * Takes part no longer. What still waits to be written is rejected, and told as a draft.
   * @returns {Promise<void>} done when the node knows, or when the connection is lost: then it is told when that is back
   */
  async leave() {
    this.#client.forget(this);
    this.#over(new ConnectionLost(1000, 'left the document'));
    await this.#turn;
    await this.#client.left(this.name);
  }

  // ---- for the client --------------------------------------------------------------------------------------------

  /** The client is online. */
  online() {
    const client = this.#client;
    // One of its own for each connection: the outbox tells connections apart by it.
    this.#link = {
      send: ({ type, id, epoch, text }, follows, done) =>
        client.send({ type, document: this.name, id, epoch, follows: follows ?? undefined }, text, done),
      wait: (bytes) => client.wait(bytes),
    };
    this.#turn = Promise.resolve();
    this.#join();
  }

  /** The connection is lost, and comes back. @param {number} [code] the close code */
  offline(code) {
    this.#joined = false;
    this.synced = false;
    this.#parted = null;
    this.#link = null;
    this.#outbox.pause(code);
    clearTimeout(this.#timer);
    this.#signals.stop();
  }

  /** The client ends; it may start again. @param {Error} cause */
  end(cause) {
    this.offline();
    this.#outbox.end(cause);
    this.doubt();
    this.#giveUp(cause);
  }

  /** What waits, for whoever keeps it over a reload. */
  rest() {
    return this.#outbox.rest();
  }

  /** The lock may be elsewhere by now. */
  doubt() {
    this.#doubted = true;
    this.#prove();
  }

  /** The node has answered since. */
  trust() {
    if (this.#joined && this.#doubted) {
      this.#doubted = false;
      this.#prove();
    }
  }

  /** A listener threw. */
  failed(error, event, detail) {
    const { seq, session = detail?.by?.session } = detail?.entries?.length === 1 ? detail.entries[0] : (detail ?? {});
    this.#client.problem(error, { document: this.name, event, seq, session });
  }

  /** A frame about this document. @param {any} frame */
  handle(frame) {
    switch (frame.type) {
      case 'joined':
        this.#tookJoined(frame, -1);
        break;
      case 'presence':
        // Another map each time: who draws it sees that it changed.
        this.members = new Map(this.members);
        list(frame.joined).concat(list(frame.changed)).forEach((member) => this.members.set(member.session, member));
        list(frame.left).forEach(({ session }) => this.members.delete(session));
        this.count = frame.count;
        this.emit('members');
        break;
      case 'rights':
        this.#tookRights(frame);
        break;
      case 'requested':
        this.emit('requested', { by: frame.by, epoch: frame.epoch, until: now() + frame.within });
        break;
      case 'idle':
        this.emit('idle', { epoch: frame.epoch, until: now() + frame.within });
        break;
      case 'entries':
        this.#tookEntries(frame.entries);
        break;
      case 'snapshot-part':
        this.#tookPart(frame);
        break;
      case 'signal':
        this.emit('signal', { session: frame.session, data: frame.data });
        break;
      case 'snapshot-wanted':
        this.emit('snapshot-wanted', { seq: frame.seq });
        break;
      case 'left':
        this.#drop(new BatonError('forbidden', 'the node has taken this session out of the document'));
        break;
    }
  }

  // ---- joining ---------------------------------------------------------------------------------------------------

  /** @param {'edit' | 'view'} [mode] to take part in another way */
  #join(mode) {
    const link = this.#link;
    let epoch = -1;
    const frame = () => {
      this.#joined = false;
      this.mode = mode ?? this.mode;
      epoch = this.rights?.epoch ?? -1;
      const known = this.#log === null ? {} : { after: this.seq, log: this.#log };
      return { type: 'join', mode: this.mode, ...known };
    };
    clearTimeout(this.#timer);
    this.#inTurn(frame, (answer) => this.#tookJoined(answer, epoch)).catch((error) => link === this.#link && this.#refused(error));
  }

  #joinLater(wait) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#link && this.#join(), wait);
  }

  /**
   * Sends what concerns the lock once what was sent before is answered: a join says how this session takes part, and
   * one that crosses a release would ask for the lock again.
   * @param {() => object} frame
   * @param {(answer: any) => void} [heard] is given the answer before anything that the node sent after it is told
   * @returns {Promise<void>}
   */
  #inTurn(frame, heard = () => {}) {
    const link = this.#link;
    const before = this.#turn;
    const answer = this.#quiet(async (done) => {
      await before;
      if (this.#left || link !== this.#link || this.#client.state !== 'online') {
        done(null, new ConnectionLost(1006, 'the connection was lost'));
        return;
      }
      this.#client.send({ ...frame(), document: this.name }, undefined, (told, error) => {
        try {
          error || (link === this.#link && heard(told));
        } finally {
          done(told, error);
        }
      });
    });
    this.#turn = answer.catch(() => {});
    return answer;
  }

  #tookJoined(answer, epochBefore) {
    const { snapshot } = answer;
    this.#joined = false;
    this.#parted = null;
    if (snapshot?.parts) {
      this.#parted = { answer, epochBefore, got: [] };
    } else {
      this.#enter(answer, epochBefore, snapshot ?? null);
    }
    this.members = new Map(list(answer.members).map((member) => [member.session, member]));
    this.count = answer.count;
    this.emit('members');
    this.#tookRights(answer.rights);
    this.#reached();
  }

  /** A large snapshot comes in parts; entries that are told meanwhile come behind it. */
  #tookPart({ part, data }) {
    const parted = this.#parted;
    if (!parted) {
      return;
    }
    const { answer, epochBefore, got } = parted;
    if (part !== got.length + 1 || typeof data !== 'string') {
      this.#parted = null;
      this.#joinLater(AGAIN);
      throw new BatonError('bad-message', 'a part of the snapshot is missing');
    }
    got.push(data);
    if (part === answer.snapshot.parts) {
      this.#parted = null;
      this.#enter(answer, epochBefore, { seq: answer.snapshot.seq, data: JSON.parse(got.join('')) });
      this.#prove();
      this.#reached();
    }
  }

  /** The document is here. */
  #enter(answer, epochBefore, snapshot) {
    const { recovered, log, seq, rights } = answer;
    let entries;
    try {
      entries = checked(answer.entries);
    } catch (error) {
      this.#joinLater(AGAIN);
      throw error;
    }
    const goesOn = recovered === true && log === this.#log;
    const last = entries.length > 0 ? entries[entries.length - 1].seq : seq;
    const fresh = goesOn ? entries.filter((entry) => entry.seq > this.seq) : entries;
    const former = this.#joinedAs;
    const link = /** @type {import('./outbox.js').Link} */ (this.#link);
    this.seq = goesOn ? Math.max(this.seq, last) : last;
    this.#epochSeen = log === this.#log ? this.#epochSeen : -1;
    this.#log = log;
    this.#head = seq;
    this.#joinedAs = this.#client.session;
    this.#joined = true;
    this.synced = false;
    // Read after that epoch was known: nothing of an older one can come behind the head.
    this.#proof = { epoch: epochBefore, seq };
    this.#trouble(null);
    this.#saw(entries);
    this.emit('joined', { recovered: goesOn, snapshot, entries: fresh });
    fresh.forEach((entry) => this.emit('entry', entry));
    if (former === null || former === this.#joinedAs) {
      this.#outbox.resume(link);
    } else {
      this.#outbox.startAnew(link, former, { recovered, complete: last === seq, entries, rights });
      this.#signals.startAnew();
    }
    this.#signals.go();
  }

  #refused(error) {
    if (error instanceof BatonError && error.passing) {
      this.#trouble(error);
      this.#joinLater(error.retry ?? AGAIN);
    } else if (error instanceof BatonError) {
      this.#trouble(error);
      this.#drop(error);
    }
  }

  #drop(error) {
    this.#client.forget(this);
    this.#over(error);
    this.emit('dropped', error);
  }

  // ---- what the node tells ---------------------------------------------------------------------------------------

  #tookEntries(told) {
    const entries = checked(told);
    if (!this.#joined) {
      // Among those that the answer to the join brings, or behind its snapshot.
      this.#parted?.answer.entries.push(...entries);
      return;
    }
    const fresh = entries.filter((entry) => entry.seq > this.seq);
    if (fresh.some((entry, i) => entry.seq !== this.seq + 1 + i)) {
      this.#joined = false;
      this.#joinLater(0); // a gap
      return;
    }
    if (fresh.length > 0) {
      this.seq = fresh[fresh.length - 1].seq;
      this.#saw(fresh);
      this.emit('entries', { entries: fresh });
      fresh.forEach((entry) => this.emit('entry', entry));
      this.#reached();
      this.#prove();
    }
  }

  #saw(entries) {
    entries.forEach((entry) => (this.#epochSeen = Math.max(this.#epochSeen, entry.epoch)));
  }

  #reached() {
    this.synced = this.#joined && this.seq >= this.#head;
    if (this.synced && !this.#everSynced) {
      this.#everSynced = true;
      this.emit('synced');
    }
    this.#look();
  }

  #tookRights({ epoch, holder, state, until, queue, waiting, position, you, cause }) {
    const end = typeof until === 'number' ? now() + until : undefined;
    this.rights = { epoch, holder: holder ?? null, state, until: end, queue: queue ?? [], waiting, position, you, cause };
    this.#doubted = false;
    if (this.#joined) {
      this.mode = you === 'viewer' ? 'view' : 'edit';
    }
    if (this.holding) {
      this.#client.guard();
    }
    this.emit('rights', this.rights);
    this.#prove();
  }

  /**
   * To hold the lock is not enough to write: an edit of the holder before may still be on its way here, and what is
   * written without it would build on another text. An entry of the new epoch proves that none is; so does a join sent
   * since.
   */
  #prove() {
    const epoch = this.rights?.epoch ?? -1;
    const was = this.standing;
    if (!this.holding) {
      this.#writable = -1;
    } else if (this.#joined && this.#writable !== epoch) {
      const read = this.#proof && this.#proof.epoch >= epoch && this.seq >= this.#proof.seq;
      clearTimeout(this.#timer);
      if (this.#epochSeen >= epoch || read) {
        this.#writable = epoch;
      } else {
        this.#joinLater(PROOF);
      }
    }
    const writes = this.holding && this.#writable === epoch && !this.#outbox.overflowed;
    this.standing = !this.rights || this.#doubted ? 'unknown' : writes ? 'writer' : this.rights.you;
    if (was !== this.standing) {
      this.emit('standing', this.standing);
    }
    if (this.writable && (was !== 'writer' || this.#told !== epoch)) {
      this.#told = epoch;
      this.emit('writable', { epoch });
    }
  }

  // ---- what goes out ---------------------------------------------------------------------------------------------

  #operation(operation) {
    const outcome = new Promise((resolve, reject) => {
      const text = JSON.stringify(operation.data) ?? 'null';
      const whole = { ...operation, text, size: size(text), id: this.#client.nextId(), resolve, reject };
      this.#outbox.add(whole);
      if (this.#left) {
        this.#outbox.end(new ConnectionLost(1000, 'left the document'));
      }
    });
    // Who listens to drafts only does not have to catch what they tell as well.
    outcome.catch(() => {});
    return outcome;
  }

  #drafted(draft) {
    this.emit('draft', draft);
    const error = draft.error ?? new BatonError(draft.cause, 'it came back as a draft');
    this.#waiters.forEach((waiter) => waiter.of === 'saved' && this.#settle(waiter, error));
  }

  #counted() {
    const before = this.pending;
    const full = this.full;
    this.pending = { count: this.#outbox.count, bytes: this.#outbox.bytes };
    this.full = this.#outbox.full;
    this.#outbox.overflowed &&= this.full;
    if (before.count !== this.pending.count) {
      this.emit('pending', this.pending);
    }
    if (this.saved !== (before.count === 0)) {
      this.emit('saved', this.saved);
    }
    if (full !== this.full) {
      this.full ? this.emit('full') : this.emit('drain');
    }
    this.#prove();
    this.#look();
  }

  // ---- pieces ----------------------------------------------------------------------------------------------------

  #trouble(error) {
    if (error || this.#troubled) {
      this.#troubled = error !== null;
      this.emit('trouble', error);
    }
  }

  #over(cause) {
    this.#left = true;
    this.end(cause);
  }

  #when(of) {
    return this.#quiet((done) => {
      this.#waiters.add({ of, resolve: () => done(), reject: (error) => done(null, error) });
      this.#look();
    });
  }

  #look() {
    this.#waiters.forEach((waiter) => this[waiter.of] && this.#settle(waiter));
  }

  #giveUp(cause) {
    this.#waiters.forEach((waiter) => this.#settle(waiter, cause));
  }

  #settle(waiter, error) {
    this.#waiters.delete(waiter);
    error ? waiter.reject(error) : waiter.resolve();
  }

  /** A promise that need not be caught: a refusal is a `problem` too. @returns {Promise<void>} */
  #quiet(act) {
    const promise = new Promise((resolve, reject) => {
      act((answer, error) => (error ? reject(error) : resolve(undefined)));
    });
    promise.catch((error) => error instanceof BatonError && this.#client.problem(error, { document: this.name }));
    return promise;
  }
}

/** @returns {any[]} the objects in what should be a list of them */
const list = (told) => (Array.isArray(told) ? told.filter((one) => one !== null && typeof one === 'object') : []);

/** @returns {Entry[]} */
function checked(told) {
  const entries = list(told);
  if (entries.length !== told?.length || !entries.every(({ seq }) => Number.isSafeInteger(seq))) {
    throw new BatonError('bad-message', 'it has entries that are none');
  }
  return entries;
}
