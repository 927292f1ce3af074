import type { Doc } from 'yjs';
import { BatonDocument, Emitter, User } from './baton.cjs';

export type ProviderOptions = {
  /** The module `y-protocols/awareness`, to share cursors and names through signals. */
  awarenessProtocol?: any;
  /** Characters of data in one update; what the node takes, unless said otherwise. */
  largest?: number;
  /** Whether `destroy` also leaves the document of Baton, and so releases the edit lock. */
  ownsDocument?: boolean;
  /** The module `yjs` that made the Yjs document, where it is not the one that `baton-client/yjs` imports. */
  Y?: any;
};

/**
 * Something was skipped or refused; nothing else is affected. Each entry is reported once, each session once for each code.
 *
 * | `code` | |
 * |---|---|
 * | `bad-entry` | an entry (or the snapshot) of the log is no update of Yjs; with `seq`, and `session` and `user` of its sender |
 * | `bad-signal` | an awareness signal cannot be read; with `session` and `user` |
 * | `foreign-client` | a session speaks for a Yjs client id of another one; with `session` and `user` |
 * | `too-many-clients` | a session speaks for too many Yjs client ids; with `session` and `user` |
 * | `awareness-too-large` | this client's awareness state is not told |
 * | `refused` | the node does not take an edit, for another reason than the edit lock; `cause` says why |
 * | `snapshot` | no snapshot could be made or stored, so that the log is not compacted; `cause` says why |
 * | `threw` | Yjs or an observer of the Yjs document threw while updates were applied; `cause` is what |
 */
export type ProviderProblem = Error & {
  code:
    | 'bad-entry'
    | 'bad-signal'
    | 'foreign-client'
    | 'too-many-clients'
    | 'awareness-too-large'
    | 'refused'
    | 'snapshot'
    | 'threw';
  seq?: number;
  session?: string;
  user?: User;
};

export type ProviderEvents = {
  /** Told once: all that the log held when the document was joined is in the Yjs document. */
  synced: boolean;
  /** Whether edits go out now. */
  writable: boolean;
  /** Whether the log is known to have every edit of the Yjs document. */
  saved: boolean;
  /** The edits that the log is not known to have. */
  pending: { count: number; bytes: number };
  problem: ProviderProblem;
};

/** A Yjs document kept in a document of Baton. Only the holder's edits go out; others keep theirs until they hold the edit lock. */
export class BatonProvider extends Emitter<ProviderEvents> {
  /** Throws when the document or the Yjs document has another provider, or when the Yjs document is of another copy of Yjs. */
  constructor(document: BatonDocument, doc: Doc, options?: ProviderOptions);
  readonly doc: Doc;
  /** The awareness of `y-protocols`; null without `awarenessProtocol`. */
  get awareness(): any;
  /** Whether all that the log held when the document was joined is in the Yjs document. It stays so. */
  get synced(): boolean;
  /** Whether edits go out now. */
  get writable(): boolean;
  /** Whether the log is known to have every edit of the Yjs document. */
  get saved(): boolean;
  /** The edits that the log is not known to have: how many updates, and their bytes. */
  get pending(): { count: number; bytes: number };
  /** Resolves when `synced`; rejects when the provider is destroyed before. */
  whenSynced(): Promise<void>;
  /** Resolves when `saved`; rejects when the provider is destroyed before. */
  whenSaved(): Promise<void>;
  /**
   * Takes the provider's hands off the Yjs document. The document of Baton can be given to another provider; with `ownsDocument` it is
   * left, once edits on their way are stored or after five seconds, unless another provider was made for it by then.
   */
  destroy(): Promise<void>;
}
