import { type Clock } from '../box/clock';
import { type Disposable } from '../emitter';

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 5 * 60_000;
/** Some eighteen minutes in all: whoever must unlock a keyring has done it by then, or will not. */
const ATTEMPTS = 11;

/** Tries something again, after ever longer pauses, until it is well or was tried often enough. */
export class Recovery implements Disposable {
  private isRunning = false;
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
    this.tryAfter(FIRST_PAUSE_MS, 1);
  }

  dispose(): void {
    this.cancel();
    this.isRunning = true;
  }

  private tryAfter(pauseMs: number, count: number): void {
    this.cancel = this.clock.after(pauseMs, () => {
      this.attempt()
        .catch(() => false)
        .then((isWell) => {
          if (isWell || count >= ATTEMPTS) this.isRunning = false;
          else this.tryAfter(Math.min(LONGEST_PAUSE_MS, pauseMs * 2), count + 1);
        })
        .catch(() => undefined);
    });
  }
}
