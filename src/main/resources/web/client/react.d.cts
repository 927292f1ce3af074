import type { BatonClient, BatonDocument, Member, Mode, Rights, Standing, State } from './baton.cjs';

/** Takes part in a document while the component is there. The last one that goes leaves it, and gives the lock back. */
export function useDocument(client: BatonClient, name: string, mode: Mode): BatonDocument;

/** What the connection does. */
export function useConnection(client: BatonClient): { state: State; online: boolean; session: string | null };

/** What this session may do, and who holds the lock. */
export function useRights(document: BatonDocument): {
  standing: Standing;
  writable: boolean;
  rights: Rights | null;
  epoch: number | null;
  holder: Member | null;
};

/** Who is here. */
export function useMembers(document: BatonDocument): { members: Map<string, Member>; count: number };

/** Whether everything is stored, how much is not, and whether no more is taken for now. */
export function useSaved(document: BatonDocument): { saved: boolean; pending: { count: number; bytes: number }; full: boolean };
