/** The sub-protocol spoken. */
export const PROTOCOL: 'baton.v1';

export type User = { id: string; name: string };
export type Mode = 'edit' | 'view';
/** `kept`: its last signal with `keep` when it was met. */
export type Member = { session: string; user: User; mode: Mode; since: number; state: 'online' | 'offline'; kept?: any };

/** One thing that lasts. `at` is in milliseconds since 1970, by the node's clock. */
export type Entry = {
  seq: number;
  kind: 'update' | 'message' | 'rights';
  epoch: number;
  session: string;
  user: User;
  id: string;
  at: number;
  data: any;
};

export type Rights = {
  /** The fencing token: each grant has a higher one than all before it. */
  epoch: number;
  holder: Member | null;
  state: 'held' | 'reserved' | 'free';
  /** While reserved: when that ends, by this machine's `performance.now()`. */
  until?: number;
  /** Sessions in the queue, the next one first; of many the first ones only. */
  queue: string[];
  /** How many wait in all, where the node tells. */
  waiting?: number;
  /** One's own place in the queue, from 1, where the node tells. */
  position?: number;
  you: 'holder' | 'queued' | 'viewer';
  cause?: string;
};

/** What became of an operation. `uncertain`: it may have been stored all the same. */
export type Outcome =
  | { applied: true; seq: number }
  | { applied: false; epoch: number; holder: Member | null; uncertain: boolean };

/**
 * What this session may do, as far as can be known. `holder` has the lock, and does not know yet all that was written before;
 * `writer` may write; `unknown`: not joined yet, or the lock may have moved while the connection was away.
 */
export type Standing = 'unknown' | 'viewer' | 'queued' | 'holder' | 'writer';

/** Edits that are not, or not known to be, in the log, and that nobody else keeps: one, and all that were made behind it. */
export type Draft = {
  /** In the order in which they were made. */
  edits: { id: string; epoch: number; data: any; uncertain: boolean }[];
  cause: 'fenced' | 'refused' | 'full' | 'new-session' | 'ended';
  /** Why the first of them was refused. */
  error?: Error;
  /** One of them may have been stored all the same. */
  uncertain: boolean;
};

/** Events with one argument of a known type. A listener that throws is reported as a `problem`; the others are called all the same. */
export class Emitter<Events extends Record<string, any>> {
  /** Calls a listener for each event of a type, until the signal, or what is returned, ends it. */
  on<T extends keyof Events & string>(type: T, listener: (detail: Events[T]) => any, signal?: AbortSignal): () => void;
  /** Calls a listener for the next event of a type. */
  once<T extends keyof Events & string>(type: T, listener: (detail: Events[T]) => any, signal?: AbortSignal): () => void;
  /** Whether anybody listens. */
  protected emit<T extends keyof Events & string>(type: T, detail?: Events[T]): boolean;
  /** A listener threw. */
  protected failed(error: any, type: string, detail: any): void;
}

export type Token = string | (() => string | Promise<string>);

/** What {@link Options.keep} has to do; `baton-client/keep` has one. */
export type Keeper = {
  take(): string | undefined;
  put(resume: string | undefined, documents: Iterable<BatonDocument>): void;
  back(): void;
  watch(document: BatonDocument): void;
};

export type Options = {
  /** `ws:` or `wss:`; of several, the next one is tried after each that fails. */
  url: string | string[];
  /** Who to be, where the node does not ask for a token. */
  user?: User;
  /** The JWT, where it does; a function is asked before each connection, and again before the token expires. */
  token?: Token;
  /** After how many milliseconds a token expires that is no JWT with an `exp`. */
  tokenLife?: number;
  /** The secret of an earlier welcome. */
  resume?: string;
  /** When the page is left: `bye` ends the session; `close` lets another page resume it, and is the default with `keep`. */
  pagehide?: 'bye' | 'close';
  /** What outlives a reload: `new Keep(sessionStorage)` of `baton-client/keep`. */
  keep?: Keeper;
  /** In milliseconds; 250 to 10,000 unless said otherwise. */
  backoff?: { least: number; most: number };
  /** Where there is no global one. */
  WebSocket?: any;
};

export type State = 'idle' | 'connecting' | 'online' | 'waiting' | 'ended';

export type Welcome = {
  session: string;
  /** A secret: whoever shows it gets the session. */
  resume: string;
  resumed: boolean;
  user: User;
  node: string;
  heartbeat: { interval: number; timeout: number };
  /** For how long the lock of a lost holder is reserved, in milliseconds, by how it was lost. */
  grace?: { closed: number; timeout: number; node: number };
  limits: Record<string, number>;
};

export type ClientEvents = {
  /** `retryAt` by `performance.now()`, while `waiting`. */
  state: { state: State; code?: number; reason?: string; retryAt?: number };
  /** The node refuses something that nobody waits for, or says what cannot be read, or a listener threw. */
  problem: BatonError;
  welcome: Welcome;
};

/** One session with a node, over all its connections. */
export class BatonClient extends Emitter<ClientEvents> {
  constructor(options: Options);
  state: State;
  session: string | null;
  node: string | null;
  limits: Record<string, number>;
  /** Connects, and stays so until `close`. */
  connect(): void;
  /** Does not wait for the next attempt. */
  reconnectNow(): void;
  /** Ends: what waits to be written is rejected, and told as drafts. The session can be resumed. */
  close(): void;
  /** Ends the session as well: the others see at once that it is gone, and its locks go on. */
  bye(): void;
  /** Takes part in a document, on this connection and all to come. One that is there already changes to this mode. */
  document(name: string, mode: Mode): BatonDocument;
  /** The token from now on; online, it is shown at once. */
  setToken(token: Token): void;
}

export type DocumentEvents = {
  /** With `recovered`, the entries follow on what was told before; without, build anew from the snapshot and the entries. */
  joined: { recovered: boolean; snapshot: { seq: number; data: any } | null; entries: Entry[] };
  /** Exactly once, in order, without a gap. */
  entries: { entries: Entry[] };
  /** Each of those of `joined` and of `entries`, by itself. */
  entry: Entry;
  /** All that the log had when the document was joined has been told; once. */
  synced: undefined;
  /** `members` or `count` changed. */
  members: undefined;
  rights: Rights;
  standing: Standing;
  /** This session holds the lock, and has seen all that was written before it got it. */
  writable: { epoch: number };
  /** Somebody asks this session for the lock; `until` by `performance.now()`. */
  requested: { by: Member; epoch: number; until: number };
  /** The lock goes to the next in the queue unless something is written, or `keep` is said. */
  idle: { epoch: number; until: number };
  signal: { session: string; data: any };
  'snapshot-wanted': { seq: number };
  /** The node does not have them: yours to keep. */
  draft: Draft;
  pending: { count: number; bytes: number };
  saved: boolean;
  /** No more edits are taken for now. */
  full: undefined;
  /** They are again. */
  drain: undefined;
  /** The node puts writing, or joining, off; null when that is over. */
  trouble: BatonError | null;
  /** The document could not be joined, or is not this user's any more. */
  dropped: BatonError;
};

/** One document of a client, over all its connections. */
export class BatonDocument extends Emitter<DocumentEvents> {
  private constructor();
  readonly name: string;
  /** Those the node tells of; in a large room not all. */
  members: Map<string, Member>;
  /** How many are there. */
  count: number;
  /** As the node told them last. */
  rights: Rights | null;
  standing: Standing;
  /** The last seq told. */
  seq: number;
  mode: Mode;
  /** Whether all that the log had when the document was joined has been told. */
  synced: boolean;
  /** What is not known to be in the log, and the bytes of its data. */
  pending: { count: number; bytes: number };
  /** Whether no more edits are taken for now. */
  full: boolean;
  /** The node's limits by name. */
  get limits(): Record<string, number>;
  /** Whether the entries told are those of now. */
  get joined(): boolean;
  /** Whether this session holds the lock, as far as can be known: not once the node may have moved it. */
  get holding(): boolean;
  /** Whether this session may write: `standing` is `writer`. */
  get writable(): boolean;
  /** Whether the node has everything that was written here and was not given back as a draft. */
  get saved(): boolean;
  /** Done once `synced`; rejects when the document is left, or the client ends, before. */
  whenSynced(): Promise<void>;
  /** Done once `saved`; rejects when something comes back as a draft before. */
  whenSaved(): Promise<void>;
  /** Asks for the lock: of its holder, or gets it at once if it is free. */
  request(): Promise<void>;
  /** Stands in the queue for the lock, or wants it no longer and gives it back. */
  stand(mode: Mode): void;
  /** The holder's answer to a request. */
  answer(session: string, accept: boolean): Promise<void>;
  /** Gives the lock back, or to a session in the document. */
  release(to?: string): Promise<void>;
  /** Answers `idle`: the lock is still wanted. */
  keep(): void;
  /** Writes; sent again with the same id until it is answered. Rejects when the node does not take it, when `full`, or when it is over before. */
  update(epoch: number, data: any): Promise<Outcome>;
  /** Says something to all, now or when the connection is back. */
  say(data: any): Promise<Outcome>;
  /** Tells all others a cursor or the like, at most about 30 times a second, the latest always. `keep`: those who come later, too. */
  signal(data: any, options?: { keep?: boolean }): void;
  /** Gives the node the whole content as of `seq`. */
  snapshot(data: any): Promise<void>;
  /** Takes part no longer; done when the node knows. */
  leave(): Promise<void>;
}

/** The node refuses something, or the client does. */
export class BatonError extends Error {
  constructor(code: string, message: string, retry?: number);
  /** As in the protocol; the client's own are `full`, `listener` (one threw) and `token` (none could be had). */
  code: string;
  /** Of a `problem`, where there is one: the document, the event, and the seq and sender of what it was about. */
  document?: string;
  event?: string;
  seq?: number;
  session?: string;
  /** After how many milliseconds trying again makes sense. */
  retry?: number;
  /** Whether the same request may get another answer later. */
  get passing(): boolean;
}

/** The connection ended before the answer came; whether the request was carried out is not known. */
export class ConnectionLost extends Error {
  constructor(code: number, reason: string);
  code: number;
  reason: string;
}
