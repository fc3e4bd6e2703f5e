import { LONGEST_TIMER_MS, type Clock } from '../common/clock';

/**
 * Waits for work, but not for ever.
 * @param ms longest wait, in ms.
 * @param late what is thrown then; the work goes on by itself, and its failure is nobody's any more.
 * @param onLate given what comes after that.
 */
export function within<T>(
  clock: Clock,
  ms: number,
  work: PromiseLike<T>,
  late: () => Error,
  onLate: (value: T) => void = () => undefined,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let isLate = false;
    const cancel = clock.after(Math.min(ms, LONGEST_TIMER_MS), () => {
      isLate = true;
      reject(late());
    });
    const settled = (): void => {
      cancel();
      resolve(work);
    };
    work.then((value) => {
      settled();
      if (isLate) onLate(value);
    }, settled);
  });
}
