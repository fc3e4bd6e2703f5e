/** What a host lives by: once it is cut, nothing that the host asked for comes back to it, as when it is killed. */
export class KillSwitch {
  private callsLeft = Infinity;
  private readonly controller = new AbortController();

  /** Aborted when it is cut. */
  readonly signal = this.controller.signal;

  /** Resolves when it is cut. */
  readonly end = new Promise<void>((resolve) => {
    this.signal.addEventListener('abort', () => {
      resolve();
    });
  });

  /** Whether the host still lives. */
  holds(): boolean {
    return !this.signal.aborted;
  }

  /** Lets so many calls come back, and cuts the next one off after its work was done. */
  cutAfter(calls: number): void {
    this.callsLeft = calls;
  }

  /** Ends the host's life. */
  cut(): void {
    this.controller.abort();
  }

  /** Does what the host asked for, unless the host is dead: then nothing ever comes of it. */
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
