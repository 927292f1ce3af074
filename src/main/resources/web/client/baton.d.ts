/** The sub-protocol spoken. */
export const PROTOCOL: 'baton.v1';

export type User = { id: string; name: string };
export type Mode = 'edit' | 'view';
export type Member = { session: string; user: User; mode: Mode; since: number; state: 'online' | 'offline' };

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
  /** Sessions in line, the next one first. */
  queue: string[];
  you: 'holder' | 'queued' | 'viewer';
  cause?: string;
};

/** What became of an operation. `uncertain`: it may have been stored all the same. */
export type Outcome =
  | { applied: true; seq: number }
  | { applied: false; epoch: number; holder: Member | null; uncertain: boolean };

/** An edit that is not, or not known to be, in the log, and that nobody else keeps. */
export type Draft = {
  id: string;
  epoch: number;
  data: any;
  cause: 'fenced' | 'refused' | 'new-session' | 'ended';
  uncertain: boolean;
};

/** An `EventTarget` whose events are `CustomEvent`s with a `detail` of a known type. */
export class Emitter<Events extends Record<string, any>> extends EventTarget {
  /** Calls a listener with the detail of each event of a type. */
  on<T extends keyof Events & string>(type: T, listener: (detail: Events[T]) => void, signal?: AbortSignal): void;
  protected emit<T extends keyof Events & string>(type: T, detail?: Events[T]): void;
}

export type Options = {
  /** `ws:` or `wss:`; of several, the next one is tried after each that fails. */
  url: string | string[];
  /** Who to be, where the node does not ask for a token. */
  user?: User;
  /** The JWT, where it does; a function is asked before each connection. */
  token?: string | (() => string | Promise<string>);
  /** The secret of an earlier welcome. */
  resume?: string;
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
  limits: Record<string, number>;
};

export type ClientEvents = {
  /** `retryAt` by `performance.now()`, while `waiting`. */
  state: { state: State; code?: number; reason?: string; retryAt?: number };
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
  /** Ends: what waits to be written is rejected, and told as drafts. */
  close(): void;
  /** Takes part in a document, on this connection and all to come. */
  document(name: string, mode: Mode): BatonDocument;
}

export type DocumentEvents = {
  /** With `recovered`, the entries follow on what was told before; without, build anew from the snapshot and the entries. */
  joined: { recovered: boolean; snapshot: { seq: number; data: any } | null; entries: Entry[] };
  /** Exactly once, in order, without a gap. */
  entries: { entries: Entry[] };
  /** `members` or `count` changed. */
  members: undefined;
  rights: Rights;
  /** This session holds the pen, and has seen all that was written before it got it. */
  writable: { epoch: number };
  /** Somebody asks this session for the pen; `until` by `performance.now()`. */
  requested: { by: Member; epoch: number; until: number };
  signal: { session: string; data: any };
  'snapshot-wanted': { seq: number };
  /** The node does not have it: yours to keep. */
  draft: Draft;
  /** The node puts writing, or joining, off; null when that is over. */
  trouble: BatonError | null;
  /** The document could not be joined. */
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
  rights: Rights | null;
  /** The last seq told. */
  seq: number;
  mode: Mode;
  /** Whether the entries told are those of now. */
  get joined(): boolean;
  /** Whether this session holds the pen, as far as it knows. */
  get holding(): boolean;
  /** Asks for the pen: of its holder, or gets it at once if it is free. */
  request(): Promise<void>;
  /** Stands in line for the pen, or wants it no longer and gives it back. */
  stand(mode: Mode): void;
  /** The holder's answer to a request. */
  answer(session: string, accept: boolean): Promise<void>;
  /** Gives the pen back, or to a session in the document. */
  release(to?: string): Promise<void>;
  /** Writes; sent again with the same id until it is answered. Rejects when the node does not take it, or it is over before. */
  update(epoch: number, data: any): Promise<Outcome>;
  /** Says something to all, now or when the connection is back. */
  say(data: any): Promise<Outcome>;
  /** Tells all others a cursor or the like; lost while there is no connection. */
  signal(data: any): void;
  /** Gives the node the whole content as of `seq`. */
  snapshot(data: any): Promise<void>;
  /** Takes part no longer; done when the node knows. */
  leave(): Promise<void>;
}

/** A request was answered by `error`. */
export class BatonError extends Error {
  constructor(code: string, message: string, retry?: number);
  code: string;
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
