import type { Clock } from '../../common/clock';
import type { Disposable } from '../../common/emitter';

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 5 * 60_000;

/** Tries something again, after ever longer pauses, until it is well. */
export class Recovery implements Disposable {
  private isRunning = false;
  private isDisposed = false;
  private cancel = (): void => undefined;

  /** @param attempt gives whether all is well again. What it throws counts as no. */
  constructor(
    private readonly clock: Clock,
    private readonly attempt: () => Promise<boolean>,
  ) {}

  /** Begins to try, unless that is under way. */
  begin(): void {
    if (this.isRunning) return;
    this.isRunning = true;
    this.tryAfter(FIRST_PAUSE_MS);
  }

  dispose(): void {
    this.isDisposed = true;
    this.cancel();
  }

  private tryAfter(pauseMs: number): void {
    if (this.isDisposed) return;
    this.cancel = this.clock.after(pauseMs, () => {
      void this.try(pauseMs);
    });
  }

  private async try(pauseMs: number): Promise<void> {
    const isWell = await this.attempt().catch(() => false);
    if (isWell) this.isRunning = false;
    else this.tryAfter(Math.min(LONGEST_PAUSE_MS, pauseMs * 2));
  }
}
