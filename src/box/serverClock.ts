import type { Clock } from '../common/clock';
import { OAuthError } from './errors';

/** Box's words for a claim that may be right at another time (Box guide on common errors). */
const TIMELY_CLAIM = /'(exp|nbf|iat|jti)'/;

/**
 * Runs an attempt at this machine's time. When Box refuses an assertion for its claims about time, the attempt is run
 * once more, and every further one too, at Box's time, which its answer's `Date` header tells.
 * @param attempt given the time in ms since the epoch.
 * @returns the attempt, to be repeated as often as the request may be.
 */
export function atServerTime<A extends unknown[], T>(
  clock: Clock,
  attempt: (now: number, ...rest: A) => Promise<T>,
): (...rest: A) => Promise<T> {
  let correction: number | undefined;
  return async (...rest) => {
    try {
      return await attempt(clock.now() + (correction ?? 0), ...rest);
    } catch (error) {
      if (correction !== undefined || !isAboutTime(error)) throw error;
      correction = error.serverDate - clock.now();
      return attempt(error.serverDate, ...rest);
    }
  };
}

function isAboutTime(error: unknown): error is OAuthError & { readonly serverDate: number } {
  return (
    error instanceof OAuthError &&
    error.error === 'invalid_grant' &&
    error.serverDate !== undefined &&
    TIMELY_CLAIM.test(error.description ?? '')
  );
}
