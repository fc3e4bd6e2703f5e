import type { Clock } from '../../common/clock';

/** How long a question waits for its answer, in ms. */
export const ANSWER_LIMIT_MS = 5 * 60_000;

/** A question to the person. */
export interface Question<T> {
  /** Questions with the same one are put one after the other. */
  readonly key: string;
  /**
   * Shows it, and gives the answer; undefined where the person closed it without one.
   * @param signal aborted when nobody waits for the answer any more.
   */
  readonly show: (signal: AbortSignal) => PromiseLike<T | undefined>;
  /** Called when an answer comes after the time is over: VS Code keeps a notification until it is closed. */
  readonly answeredTooLate?: () => unknown;
}

/**
 * Questions for whose answers somebody waits. None waits for ever, and none ends another: VS Code closes a
 * notification, as if the person had, when an equal one is shown, and a box when any other one is.
 */
export class Questions {
  private readonly last = new Map<string, Promise<unknown>>();

  constructor(private readonly clock: Clock) {}

  /** Puts a question. Gives undefined where it was closed without an answer, or got none in time. */
  ask<T>(question: Question<T>): Promise<T | undefined> {
    const { key } = question;
    const answer = (this.last.get(key) ?? Promise.resolve()).then(() => this.put(question));
    const settled = answer
      .catch(() => undefined)
      .finally(() => {
        if (this.last.get(key) === settled) this.last.delete(key);
      });
    this.last.set(key, settled);
    return answer;
  }

  private put<T>({ show, answeredTooLate }: Question<T>): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      const over = new AbortController();
      const cancel = this.clock.after(ANSWER_LIMIT_MS, () => {
        over.abort();
        resolve(undefined);
      });
      Promise.resolve(show(over.signal)).then((answer) => {
        cancel();
        if (over.signal.aborted && answer !== undefined) answeredTooLate?.();
        resolve(answer);
      }, reject);
    });
  }
}
