import type { Clock } from '../common/clock';

/** The time by Box's own clock, as its answers tell it (header `Date`, RFC 9110 §6.6.1). */
export class ServerTime {
  /** What the last answer with a date said, in ms since the epoch, and when, by the monotonic clock in ms. */
  private last: { readonly date: number; readonly seenAt: number } | undefined;

  constructor(private readonly clock: Pick<Clock, 'monotonic'>) {}

  /** Takes note of an answer's headers. A date that is missing or damaged changes nothing. */
  note(headers: Headers): void {
    const date = Date.parse(headers.get('date') ?? '');
    if (!Number.isNaN(date)) this.last = { date, seenAt: this.clock.monotonic() };
  }

  /**
   * The time now, in ms since the epoch; undefined before the first answer. It may lag, by the length of a sleep of the
   * machine at most, and is never ahead.
   * @param since from when on the answer must be, by the monotonic clock in ms.
   */
  now(since = -Infinity): number | undefined {
    if (this.last === undefined || this.last.seenAt < since) return undefined;
    return this.last.date + this.clock.monotonic() - this.last.seenAt;
  }
}
