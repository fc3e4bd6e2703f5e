import type { FakeClock } from './fakeClock';

/** How an operation ended, and how long it waited between its requests, in ms. */
export interface Observed<T> {
  readonly waits: readonly number[];
  /** What it gave. */
  readonly value?: T;
  /** What it threw. */
  readonly error?: unknown;
}

/** No wait between two requests is longer, and no request is given up so soon, in ms. */
const LONGEST_WAIT_MS = 11_000;

/** Sees an operation to its end, moving the clock on through each wait between two requests, as time would. */
export async function observeWaits<T>(clock: FakeClock, operation: Promise<T>): Promise<Observed<T>> {
  const waits: number[] = [];
  const ended = operation.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  for (;;) {
    const next = await Promise.race([ended, clock.timer((ms) => ms <= LONGEST_WAIT_MS)]);
    if (typeof next !== 'number') return { waits, ...next };
    waits.push(next);
    await clock.advance(next);
  }
}

/** Moves the clock on through every wait between an operation's requests. Gives or throws what the operation does. */
export async function passWaits<T>(clock: FakeClock, operation: Promise<T>): Promise<T> {
  await observeWaits(clock, operation);
  return operation;
}
