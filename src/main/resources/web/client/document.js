import { Emitter } from './emitter.js';
import { Outbox } from './outbox.js';
import { BatonError, ConnectionLost } from './errors.js';

/** How long to wait for the log to show that the pen is here before asking, in milliseconds. */
const PROOF = 400;

/**
 * @typedef {{id: string, name: string}} User
 * @typedef {{session: string, user: User, mode: 'edit' | 'view', since: number, state: 'online' | 'offline'}} Member
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
 * @property {string[]} queue sessions in line, in order
 * @property {'holder' | 'queued' | 'viewer'} you
 * @property {string} [cause]
 *
 * @typedef {{applied: true, seq: number} | {applied: false, epoch: number, holder: ?Member, uncertain: boolean}} Outcome
 *   `uncertain`: it may have been stored all the same
 *
 * @typedef {object} Draft
 * @property {string} id its operation id
 * @property {number} epoch the epoch it was made under
 * @property {*} data
 * @property {'fenced' | 'refused' | 'new-session' | 'ended'} cause the pen was elsewhere; the node does not take such a thing;
 *   the session could not be resumed; the document was left, or the client has ended
 * @property {boolean} uncertain it may have been stored all the same
 *
 * @typedef {object} Events
 * @property {{recovered: boolean, snapshot: ?{seq: number, data: any}, entries: Entry[]}} joined with `recovered`, the
 *   entries follow on what was told before; without, build anew from the snapshot and the entries
 * @property {{entries: Entry[]}} entries exactly once, in order, without a gap
 * @property {undefined} members `members` or `count` changed
 * @property {Rights} rights
 * @property {{epoch: number}} writable this session holds the pen, and has seen all that was written before it got it
 * @property {{by: Member, epoch: number, until: number}} requested somebody asks this session for the pen
 * @property {{session: string, data: any}} signal
 * @property {{seq: number}} snapshot-wanted
 * @property {Draft} draft an edit that is not, or not known to be, in the log, and that nobody else keeps
 * @property {?BatonError} trouble the node puts writing (or joining) off; null when that is over
 * @property {BatonError} dropped the document could not be joined
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
  /** @type {?Rights} */
  rights = null;
  /** The last seq told. */
  seq = 0;
  /** @type {'edit' | 'view'} */
  mode = 'view';

  #client;
  #outbox = new Outbox(
    (error) => this.emit('trouble', error),
    (draft) => this.emit('draft', draft),
  );
  #left = false;
  #joined = false;
  #log = null;
  #joinedAs = null;
  #epochSeen = -1;
  #proof = null;
  #proofTimer = 0;
  #writable = -1;
  #send = null;
  #turn = Promise.resolve();

  /**
   * @param {import('./baton.js').BatonClient} client
   * @param {string} name
   */
  constructor(client, name) {
    super();
    this.#client = client;
    this.name = name;
  }

  /** Whether the entries told are those of now. */
  get joined() {
    return this.#joined;
  }

  /** Whether this session holds the pen, as far as it knows. */
  get holding() {
    return this.rights?.you === 'holder';
  }

  /** Asks for the pen: of its holder, or gets it at once if it is free. @returns {Promise<void>} */
  async request() {
    await this.#inTurn(() => ({ type: 'request' }));
  }

  /** Stands in line for the pen (`edit`), or wants it no longer and gives it back (`view`). @param {'edit' | 'view'} mode */
  stand(mode) {
    if (this.#client.state === 'online') {
      this.#join(mode);
    } else {
      this.mode = mode;
    }
  }

  /**
   * The holder's answer to a request.
   * @param {string} session who asked
   * @param {boolean} accept
   */
  async answer(session, accept) {
    await this.#inTurn(() => ({ type: 'answer', epoch: this.rights?.epoch, session, accept }));
  }

  /** Gives the pen back, or to a session in the document. @param {string} [to] */
  async release(to) {
    await this.#inTurn(() => ({ type: 'release', epoch: this.rights?.epoch, to }));
  }

  /**
   * Writes an edit, now or when the connection is back, after all that was written before.
   * @param {number} epoch the epoch that `writable` told
   * @param {*} data any JSON
   * @returns {Promise<Outcome>} rejects when the node does not take it, or when it is over before
   */
  update(epoch, data) {
    return this.#operation({ type: 'update', epoch, data });
  }

  /** Says something to all, now or when the connection is back. @param {*} data @returns {Promise<Outcome>} */
  say(data) {
    return this.#operation({ type: 'say', data });
  }

  /** Tells all a cursor or the like; lost while there is no connection. @param {*} data */
  signal(data) {
    this.#client.post({ type: 'signal', document: this.name, data });
  }

  /** Gives the node the whole content as of {@link seq}. @param {*} data */
  async snapshot(data) {
    await this.#ask({ type: 'snapshot', epoch: this.rights?.epoch, seq: this.seq, data });
  }

  /**
   * Takes part no longer. What still waits to be written is rejected, and told as drafts.
   * @returns {Promise<void>} done when the node knows, or when the connection is lost: then it is told when that is back
   */
  async leave() {
    this.#left = true;
    this.#client.forget(this);
    this.#outbox.end(new ConnectionLost(1000, 'left the document'));
    clearTimeout(this.#proofTimer);
    await this.#turn;
    await this.#client.left(this.name);
  }

  // ---- for the client --------------------------------------------------------------------------------------------

  /** The client is online. */
  online() {
    // A function of its own for each connection: the outbox tells connections apart by it.
    this.#send = (frame, heard) => this.#ask(frame, heard);
    this.#turn = Promise.resolve();
    this.#join();
  }

  /** The connection is lost, and comes back. */
  offline() {
    this.#joined = false;
    this.#outbox.pause();
    clearTimeout(this.#proofTimer);
  }

  /** It is over. @param {Error} cause */
  end(cause) {
    this.#joined = false;
    this.#outbox.end(cause);
    clearTimeout(this.#proofTimer);
  }

  /** A frame about this document. @param {any} frame */
  handle(frame) {
    switch (frame.type) {
      case 'presence':
        frame.joined.concat(frame.changed).forEach((member) => this.members.set(member.session, member));
        frame.left.forEach(({ session }) => this.members.delete(session));
        this.count = frame.count;
        this.emit('members');
        break;
      case 'rights':
        this.#tookRights(frame);
        break;
      case 'requested':
        this.emit('requested', { by: frame.by, epoch: frame.epoch, until: performance.now() + frame.within });
        break;
      case 'entries':
        this.#tookEntries(frame.entries);
        break;
      case 'signal':
        this.emit('signal', { session: frame.session, data: frame.data });
        break;
      case 'snapshot-wanted':
        this.emit('snapshot-wanted', { seq: frame.seq });
        break;
    }
  }

  // ---- joining ---------------------------------------------------------------------------------------------------

  /** @param {'edit' | 'view'} [mode] to take part in another way */
  #join(mode) {
    const send = this.#send;
    let epoch = -1;
    const frame = () => {
      this.#joined = false;
      this.mode = mode ?? this.mode;
      epoch = this.rights?.epoch ?? -1;
      const known = this.#log === null ? {} : { after: this.seq, log: this.#log };
      return { type: 'join', mode: this.mode, ...known };
    };
    const heard = (answer) => send === this.#send && this.#tookJoined(answer, epoch);
    this.#inTurn(frame, heard).catch((error) => send === this.#send && this.#refused(error));
  }

  /**
   * Sends what concerns the pen once what was sent before is answered: a join says how this session takes part, and one that
   * crosses a release would ask for the pen again.
   * @param {() => object} frame
   * @param {(answer: any) => void} [heard] as in `ask` of the client
   */
  #inTurn(frame, heard) {
    const send = this.#send;
    const answer = this.#turn.then(() => {
      if (this.#left || send !== this.#send || this.#client.state !== 'online') {
        throw new ConnectionLost(1006, 'the connection was lost');
      }
      return this.#ask(frame(), heard);
    });
    this.#turn = answer.catch(() => {});
    return answer;
  }

  #tookJoined(answer, epochBefore) {
    const goesOn = answer.recovered && answer.log === this.#log;
    const entries = goesOn ? answer.entries.filter((entry) => entry.seq > this.seq) : answer.entries;
    const last = answer.entries.length > 0 ? answer.entries[answer.entries.length - 1].seq : answer.seq;
    const former = this.#joinedAs;
    this.seq = goesOn ? Math.max(this.seq, last) : last;
    this.#epochSeen = answer.log === this.#log ? this.#epochSeen : -1;
    this.#log = answer.log;
    this.#joinedAs = this.#client.session;
    this.#joined = true;
    // Read after that epoch was known: nothing of an older one can come behind the head.
    this.#proof = { epoch: epochBefore, seq: answer.seq };
    this.members = new Map(answer.members.map((member) => [member.session, member]));
    this.count = answer.count;
    this.emit('trouble', null);
    this.#saw(entries);
    this.emit('joined', { recovered: goesOn, snapshot: answer.snapshot ?? null, entries });
    this.emit('members');
    if (former === null || former === this.#joinedAs) {
      this.#outbox.resume(this.#send);
    } else {
      this.#outbox.startAnew(this.#send, former, { ...answer, complete: last === answer.seq });
    }
    this.#tookRights(answer.rights);
  }

  #refused(error) {
    if (error instanceof ConnectionLost) {
      return;
    }
    this.emit('trouble', error);
    if (error instanceof BatonError && error.passing) {
      const send = this.#send;
      setTimeout(() => send === this.#send && this.#join(), error.retry ?? 1000);
    } else {
      this.#client.forget(this);
      this.#outbox.end(error);
      this.emit('dropped', error);
    }
  }

  // ---- what the node tells ---------------------------------------------------------------------------------------

  #tookEntries(entries) {
    if (!this.#joined) {
      return; // among those that the answer to the join brings
    }
    const fresh = entries.filter((entry) => entry.seq > this.seq);
    if (fresh.some((entry, i) => entry.seq !== this.seq + 1 + i)) {
      this.#join(); // a gap
      return;
    }
    if (fresh.length > 0) {
      this.seq = fresh[fresh.length - 1].seq;
      this.#saw(fresh);
      this.emit('entries', { entries: fresh });
      this.#prove();
    }
  }

  #saw(entries) {
    entries.forEach((entry) => (this.#epochSeen = Math.max(this.#epochSeen, entry.epoch)));
  }

  #tookRights({ epoch, holder, state, until, queue, you, cause }) {
    const end = until === undefined ? undefined : performance.now() + until;
    this.rights = { epoch, holder: holder ?? null, state, until: end, queue, you, cause };
    if (this.#joined) {
      this.mode = you === 'viewer' ? 'view' : 'edit';
    }
    this.emit('rights', this.rights);
    this.#prove();
  }

  /**
   * To hold the pen is not enough to write: an edit of the holder before may still be on its way here, and what is written
   * without it would build on another text. An entry of the new epoch proves that none is; so does a join sent since.
   */
  #prove() {
    clearTimeout(this.#proofTimer);
    if (!this.#joined || !this.holding) {
      this.#writable = -1;
      return;
    }
    const { epoch } = this.rights;
    const read = this.#proof && this.#proof.epoch >= epoch && this.seq >= this.#proof.seq;
    if (this.#epochSeen >= epoch || read) {
      if (this.#writable !== epoch) {
        this.#writable = epoch;
        this.emit('writable', { epoch });
      }
    } else {
      this.#proofTimer = setTimeout(() => this.#join(), PROOF);
    }
  }

  // ---- pieces ----------------------------------------------------------------------------------------------------

  #operation(operation) {
    const outcome = new Promise((resolve, reject) => {
      const whole = { ...operation, id: this.#client.nextId(), resolve, reject };
      if (this.#left) {
        this.#outbox.refuse(whole, new ConnectionLost(1000, 'left the document'), 'ended');
      } else {
        this.#outbox.add(whole);
      }
    });
    // Who listens to drafts only does not have to catch what they tell as well.
    outcome.catch(() => {});
    return outcome;
  }

  /** @param {object} frame @param {(answer: any) => void} [heard] */
  #ask(frame, heard) {
    return this.#client.ask({ ...frame, document: this.name }, heard);
  }
}
