/** The emulator's time: the machine's, shifted by an offset, or standing still. Milliseconds throughout. */
export class Clock {
  #offset = 0;
  #frozenAt: number | undefined;
  #instant: number | undefined;

  /** Milliseconds since the epoch. */
  now(): number {
    return this.#instant ?? this.#frozenAt ?? Date.now() + this.#offset;
  }

  /** Does some work as if it took no time, so that a token that it issues and shows has its whole life left. */
  atOneInstant<Result>(work: () => Result): Result {
    this.#instant = this.now();
    try {
      return work();
    } finally {
      this.#instant = undefined;
    }
  }

  /** Moves time on by `ms`, whether it runs or stands still; a negative number moves it back. */
  advance(ms: number): void {
    if (this.#frozenAt === undefined) this.#offset += ms;
    else this.#frozenAt += ms;
  }

  /** Stops time where it is. */
  freeze(): void {
    this.#frozenAt = this.now();
  }

  /** Goes back to the machine's time. */
  real(): void {
    this.#offset = 0;
    this.#frozenAt = undefined;
  }
}
