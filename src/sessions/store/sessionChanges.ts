import type { LiveSession } from './sessionRecord';

/** How the usable sessions differ from before. */
export interface SessionChanges {
  readonly added: readonly LiveSession[];
  readonly removed: readonly LiveSession[];
  readonly changed: readonly LiveSession[];
  /** Those that were stored before this window began: nothing is new about them. */
  readonly loaded?: readonly LiveSession[];
}

/** No difference. */
export const NO_CHANGES: SessionChanges = { added: [], removed: [], changed: [] };

/** Usable sessions by id. */
export type LiveSessions = ReadonlyMap<string, LiveSession>;

/**
 * Compares two states. VS Code forgets an account when one of its sessions is removed, so the account's remaining
 * sessions are listed as changed.
 */
export function sessionChanges(before: LiveSessions, after: LiveSessions): SessionChanges {
  const added = [...after.values()].filter(({ id }) => !before.has(id));
  const removed = [...before.values()].filter(({ id }) => !after.has(id));
  const diminished = new Set(removed.map(({ account }) => account.id));
  const changed = [...after.values()].filter((session) => {
    const old = before.get(session.id);
    return old !== undefined && (differs(old, session) || diminished.has(session.account.id));
  });
  return { added, removed, changed };
}

/** Whether nothing changed. */
export function isEmpty({ added, removed, changed }: SessionChanges): boolean {
  return added.length + removed.length + changed.length === 0;
}

function differs(a: LiveSession, b: LiveSession): boolean {
  return a.pair.accessToken !== b.pair.accessToken || a.account.label !== b.account.label;
}
