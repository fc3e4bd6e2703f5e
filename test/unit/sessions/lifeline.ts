/** What a window lives by: once it is cut, nothing that the window asked for comes back to it, as in a crash. */
export class Lifeline {
  private callsLeft = Infinity;
  private isCut = false;
  private announce: () => void = () => undefined;

  /** Resolves when it is cut. */
  readonly end = new Promise<void>((resolve) => {
    this.announce = resolve;
  });

  /** Whether the window still lives. */
  holds(): boolean {
    return !this.isCut;
  }

  /** Lets so many calls come back, and cuts the next one off after its work was done. */
  cutAfter(calls: number): void {
    this.callsLeft = calls;
  }

  /** Ends the window's life. */
  cut(): void {
    this.isCut = true;
    this.announce();
  }

  /** Does what the window asked for, unless the window is dead: then nothing ever comes of it. */
  async call<T>(work: () => Promise<T>): Promise<T> {
    if (!this.holds()) return never();
    try {
      return await work();
    } finally {
      if (this.callsLeft-- <= 0) this.cut();
      if (!this.holds()) await never();
    }
  }
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}
