import type { Clock } from '../../common/clock';
import type { Disposable } from '../../common/emitter';
import { errorText } from '../../common/errorText';
import type { Log } from '../../common/log';
import { isOver } from '../errors';
import type { SessionStore } from '../store/sessionStore';
import { isLive, isRenewable, type LiveSession } from '../store/sessionRecord';
import type { TokenExpiry } from '../tokens/tokenExpiry';
import type { TokenRefresher } from '../tokens/tokenRefresher';

/** Dependencies of {@link ExpiryWatcher}. */
export interface ExpiryWatcherDependencies {
  readonly store: SessionStore;
  readonly refresher: TokenRefresher;
  readonly expiry: TokenExpiry;
  readonly clock: Clock;
  readonly log: Log;
}

/** Ends sessions that cannot be renewed when their token ends, so that nobody is shown one that is dead. */
export class ExpiryWatcher implements Disposable {
  private readonly timers = new Map<string, () => void>();
  private readonly subscription: Disposable;

  constructor(private readonly dependencies: ExpiryWatcherDependencies) {
    this.subscription = dependencies.store.onDidChange(({ added, changed, removed }) => {
      for (const { id } of removed) this.cancel(id);
      this.watchAll([...added, ...changed]);
    });
    this.watchAll(dependencies.store.known().filter(isLive));
  }

  dispose(): void {
    this.subscription.dispose();
    for (const id of [...this.timers.keys()]) this.cancel(id);
  }

  private watchAll(sessions: readonly LiveSession[]): void {
    for (const session of sessions) if (!isRenewable(session)) this.watch(session);
  }

  private watch(session: LiveSession): void {
    this.cancel(session.id);
    const left = Math.max(0, this.dependencies.expiry.left(session.pair));
    const cancel = this.dependencies.clock.after(left, () => void this.look(session.id));
    this.timers.set(session.id, cancel);
  }

  /** A timer may be early: the session is then watched on. */
  private async look(id: string): Promise<void> {
    const { store, refresher, log } = this.dependencies;
    const session = store.find(id);
    if (session === undefined || !isLive(session)) return;
    await refresher.fresh(session).then(
      (fresh) => {
        this.watch(fresh);
      },
      (error: unknown) => {
        if (!isOver(error))
          log.warn(`No new token when the one of session ${id} had ended: ${errorText(error)}`);
      },
    );
  }

  private cancel(id: string): void {
    this.timers.get(id)?.();
    this.timers.delete(id);
  }
}
