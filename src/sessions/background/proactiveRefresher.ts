import { LONGEST_TIMER_MS, type Clock } from '../../common/clock';
import type { Disposable } from '../../common/emitter';
import { errorText } from '../../common/errorText';
import type { Log } from '../../common/log';
import type { SessionStore } from '../store/sessionStore';
import { isLive, type LiveSession } from '../store/sessionRecord';
import type { TokenExpiry } from '../tokens/tokenExpiry';
import type { TokenRefresher } from '../tokens/tokenRefresher';

/** Dependencies of {@link ProactiveRefresher}. */
export interface ProactiveRefresherDependencies {
  readonly store: SessionStore;
  readonly refresher: TokenRefresher;
  readonly expiry: TokenExpiry;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Whether somebody works in this window. */
  readonly isInUse: () => boolean;
  readonly log: Log;
}

const DAY_MS = 24 * 3_600_000;

/**
 * Refreshes a token that is used before a reader has to wait for it: when its margin begins, spread over the first
 * half of it so that windows do not meet, while somebody works in this window, and as long as somebody asked for the
 * token within a day.
 */
export class ProactiveRefresher implements Disposable {
  private readonly usedAt = new Map<string, number>();
  private readonly timers = new Map<string, () => void>();
  private readonly subscription: Disposable;

  constructor(private readonly dependencies: ProactiveRefresherDependencies) {
    this.subscription = dependencies.store.onDidChange(({ changed, removed }) => {
      for (const session of changed) this.plan(session);
      for (const { id } of removed) this.cancel(id);
    });
  }

  /** Notes that somebody asked for a session's token. */
  used(session: LiveSession): void {
    this.usedAt.set(session.id, this.dependencies.clock.now());
    if (!this.timers.has(session.id)) this.plan(session);
  }

  /** Looks at once at every session whose time came while nobody worked here. */
  resume(): void {
    for (const session of this.dependencies.store.known()) if (isLive(session)) this.plan(session);
  }

  dispose(): void {
    this.subscription.dispose();
    for (const id of [...this.timers.keys()]) this.cancel(id);
  }

  private plan(session: LiveSession): void {
    this.cancel(session.id);
    if (!this.usedAt.has(session.id)) return;
    const { expiry, clock, random } = this.dependencies;
    const margin = expiry.margin(session.pair);
    const wait = expiry.left(session.pair) - margin + (random() * margin) / 2;
    const cancel = clock.after(Math.min(Math.max(0, wait), LONGEST_TIMER_MS), () => {
      this.timers.delete(session.id);
      void this.refresh(session.id);
    });
    this.timers.set(session.id, cancel);
  }

  private async refresh(id: string): Promise<void> {
    const { store, refresher, clock, isInUse, log } = this.dependencies;
    const session = store.find(id);
    const usedAt = this.usedAt.get(id) ?? -Infinity;
    if (session === undefined || !isLive(session)) return;
    if (clock.now() - usedAt > DAY_MS || !isInUse()) return;
    try {
      const fresh = await refresher.fresh(session);
      if (!this.timers.has(id) && fresh.pair.accessToken !== session.pair.accessToken) this.plan(fresh);
    } catch (error) {
      log.warn(`A refresh ahead of time failed; a reader will try again: ${errorText(error)}`);
    }
  }

  private cancel(id: string): void {
    this.timers.get(id)?.();
    this.timers.delete(id);
  }
}
