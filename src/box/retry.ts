import { sleep, type Clock } from '../common/clock';
import { isTransient, retryAfterOf, UnexpectedResponseError } from './errors';

/** How often and how soon a failed request is sent again. */
export interface RetryPolicy {
  /** Attempts in all. */
  readonly attempts: number;
  /** Wait before the second attempt, in ms, doubled before each further one. */
  readonly baseDelayMs: number;
  /** No attempt is begun that would have to wait longer than this, in ms. */
  readonly maxDelayMs: number;
  /** Whether there is time to wait so many ms before the next attempt; there is, unless told. */
  readonly canWait?: (ms: number) => boolean;
}

/** Dependencies of {@link retrying}. */
export interface RetryDependencies {
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs an operation until it succeeds, fails for good, or the policy is used up.
 * Waits grow exponentially with ±25 % jitter; a `retry-after` that is longer is honored, or ends the attempts
 * when it exceeds the policy.
 * @throws the last attempt's error, or the signal's reason.
 */
export async function retrying<T>(
  operation: () => Promise<T>,
  policy: RetryPolicy,
  { clock, random, signal }: RetryDependencies,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await operation();
    } catch (error) {
      signal?.throwIfAborted();
      const delay = delayBefore(attempt + 1, error, policy, random());
      const isLast = attempt >= policy.attempts || delay > policy.maxDelayMs;
      if (isLast || !isWorthAsking(error) || policy.canWait?.(delay) === false) throw error;
      await sleep(clock, delay, signal);
    }
  }
}

/** Those that pass by themselves; VS Code may find the credentials that a proxy demands. */
const PASSING_REFUSALS = new Set([407, 408, 409, 425, 429]);

/** Whoever refuses a request, a proxy too, refuses it again, until somebody changes something. */
function isWorthAsking(error: unknown): boolean {
  if (!isTransient(error)) return false;
  if (!(error instanceof UnexpectedResponseError) || PASSING_REFUSALS.has(error.status)) return true;
  return error.status < 400 || error.status >= 500;
}

function delayBefore(attempt: number, error: unknown, policy: RetryPolicy, random: number): number {
  const backOff = policy.baseDelayMs * 2 ** (attempt - 2) * (0.75 + random / 2);
  return Math.max(backOff, retryAfterOf(error));
}
