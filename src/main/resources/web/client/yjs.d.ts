import type { Doc } from 'yjs';
import { BatonDocument, Emitter } from './baton.js';

export type ProviderOptions = {
  /** The module `y-protocols/awareness`, to share cursors and names through signals. */
  awarenessProtocol?: any;
  /** Bytes of data in one update; 60,000 unless said otherwise. */
  largest?: number;
};

export type ProviderEvents = {
  /** Everything of the log is in the Yjs document. */
  synced: boolean;
  /** Whether edits go out now. */
  writable: boolean;
  /** Whether the log has every edit made here. */
  saved: boolean;
  /** The node does not take an edit, for another reason than the pen. */
  problem: Error;
};

/** A Yjs document kept in a document of Baton; only the holder's edits go out, and the others' later. */
export class BatonProvider extends Emitter<ProviderEvents> {
  constructor(document: BatonDocument, doc: Doc, options?: ProviderOptions);
  readonly doc: Doc;
  /** The awareness of `y-protocols`; null without `awarenessProtocol`. */
  awareness: any;
  /** Whether everything of the log is in the Yjs document. */
  synced: boolean;
  /** Whether edits go out now. */
  get writable(): boolean;
  /** Whether the log has every edit made here. */
  get saved(): boolean;
  /** Takes the provider's hands off both documents, and leaves neither. */
  destroy(): void;
}
