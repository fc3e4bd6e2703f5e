import type { DamagedSession, DamagedSessionsDependencies } from './damagedSessions';

/** What came of removing damaged records. */
export interface DamagedRemoval {
  readonly removed: number;
  /** How many of those name no token that could be revoked. */
  readonly unreadable: number;
}

/** Removes damaged records, and revokes the tokens that they name, now or later. Throws what SecretStorage throws. */
export async function removeDamaged(
  sessions: readonly DamagedSession[],
  { secrets, revocations, loadSender, log }: DamagedSessionsDependencies,
): Promise<DamagedRemoval> {
  const sender = await loadSender();
  for (const { key, revocation } of sessions) {
    // Stored first: a crash in between leaves both, never neither.
    if (revocation !== undefined) void sender.send(await revocations.add(revocation)).catch(() => undefined);
    await secrets.delete(key);
    log.info(`Removed ${key}${revocation === undefined ? '; it names no token that could be revoked' : ''}`);
  }
  const unreadable = sessions.filter(({ revocation }) => revocation === undefined).length;
  return { removed: sessions.length, unreadable };
}
