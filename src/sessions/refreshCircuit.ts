import { type Clock } from '../box/clock';
import { UnexpectedResponseError } from '../box/errors';

const FIRST_PAUSE_MS = 2000;
const LONGEST_PAUSE_MS = 5 * 60_000;

interface Pause {
  readonly failures: number;
  readonly until: number;
  readonly error: unknown;
}

/**
 * Keeps refreshes that fail from becoming a storm: after each failure the next attempt waits longer, with ±25 %
 * jitter, up to five minutes or what Box asks for. Until then the last error is the answer.
 */
export class RefreshCircuit {
  private readonly pauses = new Map<string, Pause>();

  /** @param random uniform in [0, 1). */
  constructor(
    private readonly clock: Clock,
    private readonly random: () => number,
  ) {}

  /** @throws the last error while the session's pause lasts */
  check(sessionId: string): void {
    const pause = this.pauses.get(sessionId);
    if (pause !== undefined && this.clock.monotonic() < pause.until) throw pause.error;
  }

  /** Notes a failure and begins a pause. */
  failed(sessionId: string, error: unknown): void {
    const failures = (this.pauses.get(sessionId)?.failures ?? 0) + 1;
    const pause =
      Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1)) * (0.75 + this.random() / 2);
    const asked = error instanceof UnexpectedResponseError ? (error.retryAfterMs ?? 0) : 0;
    this.pauses.set(sessionId, { failures, until: this.clock.monotonic() + Math.max(pause, asked), error });
  }

  /** Ends a session's pauses. */
  succeeded(sessionId: string): void {
    this.pauses.delete(sessionId);
  }

  /** Ends every pause: something has changed, so the next attempt may be made at once. What Box asked for stays. */
  reset(): void {
    for (const [id, pause] of this.pauses) {
      const asked = pause.error instanceof UnexpectedResponseError && pause.error.retryAfterMs !== undefined;
      if (!asked) this.pauses.set(id, { ...pause, until: 0 });
    }
  }
}
