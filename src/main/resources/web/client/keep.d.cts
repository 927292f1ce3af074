import type { BatonDocument, Draft, Keeper } from './baton.cjs';

/** What outlives a reload, in a storage of the tab's: the session's secret, so that a refresh goes on with it, and drafts. */
export class Keep implements Keeper {
  /** `key` is what the keys in the storage begin with; `baton` unless said otherwise. */
  constructor(storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>, key?: string);
  /** The drafts of a document, oldest first, those from before the reload included. */
  drafts(name: string): Draft[];
  /** A draft is not needed any more. */
  discard(name: string, draft: Draft): void;
  /** For the client. */
  take(): string | undefined;
  /** For the client. */
  put(resume: string | undefined, documents: Iterable<BatonDocument>): void;
  /** For the client. */
  back(): void;
  /** For the client. */
  watch(document: BatonDocument): void;
}
