import type { Clock } from '../../common/clock';
import type { Log } from '../../common/log';
import type { SessionStore } from '../store/sessionStore';
import { isLive, isRenewable, type TokenPair } from '../store/sessionRecord';
import type { TokenExpiry } from './tokenExpiry';

/** Dependencies of {@link RejectedTokens}. */
export interface RejectedTokensDependencies {
  readonly store: SessionStore;
  /** The token of a downscoped session, which the store does not keep. */
  readonly downscopedToken: (sessionId: string) => TokenPair | undefined;
  readonly expiry: TokenExpiry;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * What a report of a refused token leads to:
 * - `renewed`: the next reader of the session gets another token.
 * - `over`: the session has ended, or another token would be or was refused too: it needs a new sign-in.
 * - `unknown`: no session of that id is kept here.
 */
export type RejectionOutcome = 'renewed' | 'over' | 'unknown';

/** Within this time, in ms, a session's token is taken for ended on a report only once. */
const INTERVAL_MS = 5 * 60_000;

/**
 * Takes reports that Box refused an access token whose life is not over, as it does after a revocation elsewhere. A
 * new token costs whoever still uses the old one, and reports come from other extensions: so only the present token
 * of a session can be reported, by who holds it, and a new token that is refused as soon is not renewed again.
 */
export class RejectedTokens {
  /** When a session's token was last taken for ended, on the monotonic clock, in ms. */
  private readonly rejectedAt = new Map<string, number>();

  constructor(private readonly dependencies: RejectedTokensDependencies) {}

  /** Takes a report. No request is made: the next reader's is. @throws what SecretStorage throws */
  async report(sessionId: string, accessToken: string): Promise<RejectionOutcome> {
    const { expiry, clock, log } = this.dependencies;
    const pair = await this.pairOf(sessionId);
    if (pair === 'over' || pair === 'unknown') return pair;
    if (pair.accessToken !== accessToken || expiry.isDue(pair)) return 'renewed';
    const now = clock.monotonic();
    const before = this.rejectedAt.get(sessionId);
    if (before !== undefined && now - before < INTERVAL_MS) return 'over';
    this.rejectedAt.set(sessionId, now);
    expiry.reject(pair);
    log.info(`Box refused the access token of session ${sessionId} early: its next reader gets another`);
    return 'renewed';
  }

  /** The present token of a session that can have another one. */
  private async pairOf(sessionId: string): Promise<TokenPair | 'over' | 'unknown'> {
    const { store, downscopedToken } = this.dependencies;
    await store.load();
    const session = store.find(sessionId);
    if (session === undefined) return downscopedToken(sessionId) ?? 'unknown';
    return isLive(session) && isRenewable(session) ? session.pair : 'over';
  }
}
