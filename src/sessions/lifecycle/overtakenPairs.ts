import * as v from 'valibot';
import type { OvertakenValue } from '../../storage/store/unsavedValues';
import { isLive, isRenewable, SESSION_KIND, signInOf, type SessionRecord } from '../store/sessionRecord';
import { RunningWork } from '../../common/runningWork';
import { revocationOf, type PendingRevocations } from '../tokens/pendingRevocations';

/**
 * Ends pairs that could be kept in this window's memory only, and whose session another window gave up before they could
 * be stored: that window did not know them, and nobody else can end them.
 */
export class OvertakenPairs {
  private readonly running = new RunningWork();

  constructor(private readonly revocations: Pick<PendingRevocations, 'revoke'>) {}

  /** Revokes the pair of a session that was overtaken by its end. What is no session is left alone. Never fails. */
  async revoke({ key, value, stored }: OvertakenValue): Promise<void> {
    if (!key.startsWith(`${SESSION_KIND.prefix}/`)) return;
    const session = asSession(value);
    if (session === undefined || !isLive(session) || !isRenewable(session)) return;
    if (stored.kind !== 'absent' && !endsSession(session, stored.kind === 'value' ? stored.value : undefined))
      return;
    await this.running.add(this.revocations.revoke(revocationOf(session)));
  }

  /** Resolves when nothing is being revoked. */
  async idle(): Promise<void> {
    await this.running.idle();
  }
}

/** Whether what is stored says that a session's tokens were revoked, or is of another sign-in. */
function endsSession(session: SessionRecord, value: unknown): boolean {
  const stored = asSession(value);
  return stored !== undefined && (stored.ended === 'revoked' || signInOf(stored) !== signInOf(session));
}

function asSession(value: unknown): SessionRecord | undefined {
  const result = v.safeParse(SESSION_KIND.schema, value);
  return result.success ? result.output : undefined;
}
