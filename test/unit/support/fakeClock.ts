import type { Clock } from '../../../src/common/clock';

interface Timer {
  readonly due: number;
  readonly callback: () => void;
}

const TURNS = 5;

/** Lets every promise settle that nothing but other promises, or an event already queued, holds up. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}

/** A clock that stands still until it is told to move. */
export class FakeClock implements Clock {
  private readonly timers = new Set<Timer>();
  private readonly watchers = new Set<() => void>();

  /** By how much the wall clock is wrong, in ms. */
  wallError = 0;

  /** @param time the time to begin with, in ms since the epoch. */
  constructor(private time = Date.UTC(2026, 0, 15, 12)) {}

  now(): number {
    return this.time + this.wallError;
  }

  monotonic(): number {
    return this.time;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { due: this.time + Math.max(0, ms), callback };
    this.timers.add(timer);
    for (const watcher of [...this.watchers]) watcher();
    return () => {
      this.timers.delete(timer);
    };
  }

  /** How long each timer that was neither cancelled nor called has left, in ms, the soonest first. */
  get pending(): readonly number[] {
    return [...this.timers].map(({ due }) => due - this.time).sort((a, b) => a - b);
  }

  /**
   * Moves on by `ms`, calling back whatever falls due at its own time and in order. Promises settle before the
   * first call, after each, and at the end; a timer that was set meanwhile is called too when it falls due.
   */
  async advance(ms: number): Promise<void> {
    const end = this.time + ms;
    await settle();
    for (let timer = this.nextDue(end); timer !== undefined; timer = this.nextDue(end)) {
      this.time = Math.max(this.time, timer.due);
      this.timers.delete(timer);
      timer.callback();
      await settle();
    }
    this.time = end;
  }

  /** Moves on by `ms` at once, as a computer that slept does: no timer is called. */
  jump(ms: number): void {
    this.time += ms;
  }

  /**
   * Waits until a timer is set that `matches`, or takes one that is set already: for code that comes to its timer
   * only after an answer from the network.
   * @param matches given what a timer has left, in ms.
   * @param count how many such timers there must be.
   * @returns what the soonest of them has left, in ms.
   */
  async timer(matches: (ms: number) => boolean = () => true, count = 1): Promise<number> {
    for (;;) {
      const [first, ...others] = this.pending.filter(matches);
      if (first !== undefined && others.length >= count - 1) return first;
      await new Promise<void>((resolve) => {
        const watcher = (): void => {
          this.watchers.delete(watcher);
          resolve();
        };
        this.watchers.add(watcher);
      });
    }
  }

  private nextDue(end: number): Timer | undefined {
    const [first] = [...this.timers].filter(({ due }) => due <= end).sort((a, b) => a.due - b.due);
    return first;
  }
}
