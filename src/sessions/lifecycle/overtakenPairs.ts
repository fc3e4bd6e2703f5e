import * as v from 'valibot';
import type { BoxClient } from '../../box/client';
import { errorText } from '../../common/errorText';
import type { Log } from '../../common/log';
import { RunningWork } from '../../common/runningWork';
import type { Lock } from '../../storage/lock/lock';
import type { OvertakenValue } from '../../storage/store/unsavedValues';
import { sessionLock } from '../store/lockNames';
import {
  formerTokens,
  isLive,
  isRenewable,
  mainToken,
  SESSION_KIND,
  signInOf,
  type LiveSession,
} from '../store/sessionRecord';
import type { SessionStore } from '../store/sessionStore';
import { revocationOf } from '../tokens/pendingRevocations';
import type { RevocationSender } from '../tokens/revocationSender';
import type { SignOutMarks } from './signOutMarks';

/** Dependencies of {@link OvertakenPairs}. */
export interface OvertakenPairsDependencies {
  readonly marks: Pick<SignOutMarks, 'kindOf' | 'refresh'>;
  readonly sender: Pick<RevocationSender, 'revoke'>;
  readonly store: SessionStore;
  readonly lock: Lock;
  readonly box: Pick<BoxClient, 'serverTime'>;
  readonly log: Log;
}

/**
 * Sees to pairs that could be kept in this window's memory only, until another window gave up their session or signed in
 * in its place: that window did not know them, and nobody else can end them.
 */
export class OvertakenPairs {
  private readonly running = new RunningWork();

  constructor(private readonly dependencies: OvertakenPairsDependencies) {}

  /**
   * Revokes the pair of a session, if that was given up, or leaves it to the sign-in that took its place. What is no
   * session is left alone. Never fails.
   */
  async settle({ key, value }: OvertakenValue): Promise<void> {
    if (!key.startsWith(`${SESSION_KIND.prefix}/`)) return;
    const { success, output } = v.safeParse(SESSION_KIND.schema, value);
    if (!success || !isLive(output) || !isRenewable(output)) return;
    const { marks, sender } = this.dependencies;
    // That nothing is stored is no proof: SecretStorage may give nothing for a moment.
    await marks.refresh();
    const isGivenUp = marks.kindOf(output) !== undefined;
    await this.running.add(isGivenUp ? sender.revoke(revocationOf(output)) : this.leave(output));
  }

  /** Has a pair revoked with the sign-in that is there now, as those are that it replaced. Never fails. */
  private async leave(overtaken: LiveSession): Promise<void> {
    const { store, lock, box, log } = this.dependencies;
    try {
      await lock.withLock(sessionLock(overtaken.id), async (lease) => {
        const stored = await store.readStored(overtaken.id);
        if (stored === undefined || signInOf(stored) === signInOf(overtaken)) return;
        if (stored.former?.some(({ token }) => token === mainToken(overtaken.pair)) === true) return;
        const former = formerTokens({ ...stored, pair: overtaken.pair }, box.serverTime());
        await store.write({ ...stored, former }, lease);
      });
    } catch (error) {
      log.warn(`A pair that was replaced before it could be stored is forgotten: ${errorText(error)}`);
    }
  }

  /** Resolves when nothing is being revoked. */
  async idle(): Promise<void> {
    await this.running.idle();
  }
}
