/** Longest time for which a timer is set, in ms: setTimeout takes no more than 2^31 of them. */
export const LONGEST_TIMER_MS = 24 * 3_600_000;

/** Time as this extension sees it, so that tests can own it. */
export interface Clock {
  /** Wall clock in ms since the epoch. */
  now(): number;
  /** Time in ms that no change of the wall clock touches. It may stand still while the machine sleeps. */
  monotonic(): number;
  /** Calls back once after `ms`; the returned function cancels. The timer keeps no process alive. */
  after(ms: number, callback: () => void): () => void;
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    timer.unref();
    return () => {
      clearTimeout(timer);
    };
  },
};

/** Resolves after `ms`; rejects with the signal's reason as soon as it is aborted. */
export function sleep(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const onAbort = (): void => {
      cancel();
      reject(signal?.reason as Error);
    };
    const cancel = clock.after(ms, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
