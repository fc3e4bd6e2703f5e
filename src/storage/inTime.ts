import { LONGEST_TIMER_MS, type Clock } from '../box/clock';
import { LockTimeoutError } from './errors';

/**
 * Waits for something, but not for ever.
 * @param ms longest wait, in ms.
 * @param onLate given what comes after that.
 * @throws LockTimeoutError, and what `awaited` is rejected with
 */
export async function inTime<T>(
  clock: Clock,
  ms: number,
  awaited: Promise<T>,
  onLate: (late: T) => void = () => undefined,
): Promise<T> {
  let isLate = false;
  let cancel = (): void => undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    cancel = clock.after(Math.min(ms, LONGEST_TIMER_MS), () => {
      isLate = true;
      reject(new LockTimeoutError());
    });
  });
  awaited.then(
    (value) => {
      if (isLate) onLate(value);
    },
    () => undefined,
  );
  try {
    return await Promise.race([awaited, timeout]);
  } finally {
    cancel();
  }
}
