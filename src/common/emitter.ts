/** Something that can be told to stop. */
export interface Disposable {
  dispose(): void;
}

/** Subscribes to an event. Has the form of VS Code's `Event`, and runs without VS Code. */
export type Event<T> = (listener: (event: T) => unknown) => Disposable;

/** The source of an event. */
export class Emitter<T> {
  private readonly listeners = new Set<(event: T) => unknown>();

  /** Subscribes; a listener is called in the order of subscription. */
  readonly event: Event<T> = (listener) => {
    const own = (event: T): unknown => listener(event);
    this.listeners.add(own);
    return { dispose: () => this.listeners.delete(own) };
  };

  /** Calls every listener. */
  fire(event: T): void {
    for (const listener of [...this.listeners]) listener(event);
  }
}
