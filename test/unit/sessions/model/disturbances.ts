import type { ScenarioTime } from './scenarioTime';
import type { Circumstances } from './outcomeChecks';
import type { WindowSlots } from './windowSlots';
import type { Topology } from './topology';
import type { RequestMonitor } from './requestMonitor';

/** Longer than any pause after a failed refresh, in ms. */
export const PAUSE_MS = 7 * 60_000;
/** How long windows may take to learn what others stored, in ms. */
export const NEWS_MS = 2000;
/** The same where that could not be stored at once, because a dead host's lock was in the way. */
const LATE_NEWS_MS = 30_000;

/** What disturbed a scenario, and when. */
export class Disturbances {
  /** When a host, SecretStorage, a file or a clock was last out of order. */
  private brokenAt = -Infinity;

  constructor(
    private readonly time: ScenarioTime,
    private readonly monitor: RequestMonitor,
    private readonly slots: WindowSlots,
    private readonly topology: Topology,
    private readonly isStrict: boolean,
  ) {}

  /** Notes that something is out of order, or was until now. */
  note(): void {
    this.brokenAt = this.time.now();
  }

  /** Whether something was out of order lately. */
  get isRecent(): boolean {
    return this.isLately(this.brokenAt);
  }

  /** Whether nothing ever was, and no request ever failed. */
  get areNone(): boolean {
    return this.monitor.failedAt === -Infinity && this.brokenAt === -Infinity;
  }

  /** What counts for actions that began at a time. */
  circumstances(began: number): Circumstances {
    const isUntroubled = !this.slots.isTroubled && this.time.clock.wallError === 0;
    return {
      isStrict: this.isStrict,
      isConnected: !this.isLately(this.monitor.failedAt),
      isWhole: !this.isRecent && isUntroubled,
      isUntroubled,
      isUndisturbed: this.monitor.failedAt < began,
    };
  }

  /** How long hosts may take to know of a sign-out, in ms: Infinity where it could not be stored. */
  newsMs({ isWhole, isUntroubled }: Circumstances): number {
    if (!isUntroubled) return Infinity;
    return isWhole || this.topology.sharesFolder ? NEWS_MS : LATE_NEWS_MS;
  }

  private isLately(at: number): boolean {
    return this.time.now() - at <= PAUSE_MS;
  }
}
