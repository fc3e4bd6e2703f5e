import type { Clock } from '../../common/clock';
import type { Disposable } from '../../common/emitter';
import { errorText } from '../../common/errorText';
import type { Log } from '../../common/log';
import type { SessionStore } from '../store/sessionStore';
import { isLive } from '../store/sessionRecord';
import type { TokenRefresher } from '../tokens/tokenRefresher';

/** Dependencies of {@link IdleSessionKeeper}. */
export interface IdleSessionKeeperDependencies {
  readonly store: SessionStore;
  readonly refresher: TokenRefresher;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** The setting `keepSignedIn`. */
  readonly isWanted: () => boolean;
  readonly log: Log;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Age at which a refresh token is renewed, in ms. Box ends it at 60 days (Box guide on refreshing). */
const OLD_MS = 45 * DAY_MS;
/** A clock that is set back by less than this is only being adjusted, in ms. */
const ADJUSTMENT_MS = MINUTE_MS;
/** Earliest and latest time of the first look after the start, in ms. */
const FIRST_LOOK_MS = [5 * MINUTE_MS, 15 * MINUTE_MS] as const;

/** Renews sessions that nobody used for 45 days, so that Box does not end them after 60. Looks once a day. */
export class IdleSessionKeeper implements Disposable {
  private cancel = (): void => undefined;

  constructor(private readonly dependencies: IdleSessionKeeperDependencies) {}

  /** Begins, some minutes from now. */
  begin(): void {
    const [earliest, latest] = FIRST_LOOK_MS;
    this.cancel = this.lookAfter(earliest + this.dependencies.random() * (latest - earliest));
  }

  dispose(): void {
    this.cancel();
  }

  private lookAfter(ms: number): () => void {
    return this.dependencies.clock.after(ms, () => {
      this.cancel = this.lookAfter(DAY_MS);
      void this.renewOld();
    });
  }

  private async renewOld(): Promise<void> {
    const { store, refresher, clock, isWanted, log } = this.dependencies;
    if (!isWanted()) return;
    // A time that lies in the future says nothing of the age: that is renewed, too.
    const isOld = (issuedAt: number): boolean =>
      clock.now() - issuedAt > OLD_MS || issuedAt - clock.now() > ADJUSTMENT_MS;
    for (const session of store.known()) {
      if (!isLive(session) || session.pair.refreshToken === undefined) continue;
      if (!isOld(session.pair.issuedAt)) continue;
      await refresher
        .refreshWhen(session, ({ pair }) => isOld(pair.issuedAt))
        .catch((error: unknown) => {
          log.warn(
            `An idle session could not be renewed and will be tried again tomorrow: ${errorText(error)}`,
          );
        });
    }
  }
}
