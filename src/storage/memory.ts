/** The part of VS Code's `Memento` that is used: it keeps what is not secret and may be lost. */
export interface Memory {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}
