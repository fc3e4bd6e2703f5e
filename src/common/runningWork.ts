/** Work that goes on after its caller has been answered, and that must not be cut off. */
export class RunningWork {
  private readonly promises = new Set<Promise<unknown>>();

  /** Adds work. @returns the same promise. */
  add<T>(work: Promise<T>): Promise<T> {
    this.promises.add(work);
    const forget = (): boolean => this.promises.delete(work);
    work.then(forget, forget);
    return work;
  }

  /** Resolves when nothing is running, however it ended. */
  async idle(): Promise<void> {
    while (this.promises.size > 0) await Promise.allSettled(this.promises);
  }
}
