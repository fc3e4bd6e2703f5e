import * as v from 'valibot';
import { RunningWork } from '../../common/runningWork';
import type { OvertakenValue } from '../../storage/store/unsavedValues';
import { isLive, isRenewable, SESSION_KIND } from '../store/sessionRecord';
import { revocationOf } from '../tokens/pendingRevocations';
import type { RevocationSender } from '../tokens/revocationSender';
import type { SignOutMarks } from './signOutMarks';

/** Dependencies of {@link OvertakenPairs}. */
export interface OvertakenPairsDependencies {
  readonly marks: Pick<SignOutMarks, 'kindOf' | 'refresh'>;
  readonly sender: Pick<RevocationSender, 'revoke'>;
}

/**
 * Ends pairs that could be kept in this window's memory only, and whose session another window gave up before they could
 * be stored: that window did not know them, and nobody else can end them.
 */
export class OvertakenPairs {
  private readonly running = new RunningWork();

  constructor(private readonly dependencies: OvertakenPairsDependencies) {}

  /** Revokes the pair of a session, if that was given up. What is no session is left alone. Never fails. */
  async revoke({ key, value }: OvertakenValue): Promise<void> {
    if (!key.startsWith(`${SESSION_KIND.prefix}/`)) return;
    const { success, output } = v.safeParse(SESSION_KIND.schema, value);
    if (!success || !isLive(output) || !isRenewable(output)) return;
    const { marks, sender } = this.dependencies;
    // That nothing is stored is no proof: SecretStorage may give nothing for a moment.
    await marks.refresh();
    if (marks.kindOf(output) === undefined) return;
    await this.running.add(sender.revoke(revocationOf(output)));
  }

  /** Resolves when nothing is being revoked. */
  async idle(): Promise<void> {
    await this.running.idle();
  }
}
