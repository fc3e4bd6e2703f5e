import { setTimeout as delay } from 'node:timers/promises';

/** How long {@link eventually} waits, and how often it looks. Both in milliseconds. */
export interface PollOptions {
  readonly timeoutMs?: number;
  readonly intervalMs?: number;
}

/** What counts as an answer. */
type Answer<T> = Exclude<T, false | null | undefined | 0 | ''>;

/**
 * Looks again and again until there is an answer.
 *
 * @param what What is waited for, for the error's message.
 * @param probe Gives the answer, or `undefined`, `null`, `false`, `0` or `''` while there is none.
 * @returns The first answer.
 * @throws Error when the time (30 s unless told) is over. What the probe throws comes through at once.
 */
export async function eventually<T>(
  what: string,
  probe: () => T | Promise<T>,
  { timeoutMs = 30_000, intervalMs = 50 }: PollOptions = {},
): Promise<Answer<T>> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const answer = await probe();
    if (answer) return answer as Answer<T>;
    if (performance.now() > deadline) throw new Error(`Waited ${timeoutMs / 1000} s in vain for ${what}.`);
    await delay(intervalMs);
  }
}
