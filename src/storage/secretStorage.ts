import type { Event } from '../common/emitter';

/** VS Code's SecretStorage, as far as it is used (`keys` is why VS Code 1.105 is needed). */
export interface SecretStorage {
  keys(): PromiseLike<string[]>;
  get(key: string): PromiseLike<string | undefined>;
  store(key: string, value: string): PromiseLike<void>;
  delete(key: string): PromiseLike<void>;
  /** Fires on every change by any window on a desktop, and by this window alone in a browser. */
  readonly onDidChange: Event<{ readonly key: string }>;
}
