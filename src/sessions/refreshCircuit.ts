import type { Clock } from '../box/clock';
import { retryAfterOf } from '../box/errors';

const FIRST_PAUSE_MS = 2000;
const LONGEST_PAUSE_MS = 5 * 60_000;

interface Pause {
  readonly failures: number;
  /** Until when our own patience lasts, and until when Box asked to wait, by the monotonic clock. */
  readonly until: number;
  readonly askedUntil: number;
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
    if (pause === undefined) return;
    if (this.clock.monotonic() < Math.max(pause.until, pause.askedUntil)) throw pause.error;
  }

  /** Notes a failure and begins a pause. */
  failed(sessionId: string, error: unknown): void {
    const failures = (this.pauses.get(sessionId)?.failures ?? 0) + 1;
    const jitter = 0.75 + this.random() / 2;
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1) * jitter);
    const now = this.clock.monotonic();
    this.pauses.set(sessionId, {
      failures,
      until: now + pause,
      askedUntil: now + retryAfterOf(error),
      error,
    });
  }

  /** Ends a session's pauses, and those of others, because Box can be reached again. */
  succeeded(sessionId: string): void {
    this.pauses.delete(sessionId);
    this.reset();
  }

  /** Ends every pause: something has changed, so the next attempt may be made at once. What Box asked for stays. */
  reset(): void {
    for (const [id, pause] of this.pauses) this.pauses.set(id, { ...pause, until: 0 });
  }
}
