import { Emitter } from '../../../src/common/emitter';
import { open, type Stored } from '../../../src/storage/store/envelope';
import type { SecretStorage } from '../../../src/storage/secretStorage';

/** What can be done with secrets. */
export type SecretOperation = 'keys' | 'get' | 'store' | 'delete';

/** Tells the keys that a failure concerns. */
export type KeyMatch = (key: string) => boolean;

/** A SecretStorage in memory. Several windows can share one, as they do in VS Code. */
export class MemorySecrets implements SecretStorage {
  private readonly changes = new Emitter<{ readonly key: string }>();
  private failures: { readonly operation: SecretOperation; readonly matches: KeyMatch }[] = [];

  /** What is stored, to read and to change behind the back of whoever uses it. */
  readonly values = new Map<string, string>();

  /** Called before each operation, which waits for it and fails when it throws. */
  intercept: (operation: SecretOperation, key: string) => void | Promise<void> = () => undefined;

  /** Fires with the key of every secret that was stored or deleted through this interface. */
  readonly onDidChange = this.changes.event;

  /** Makes an operation throw for the keys that match, until {@link heal}. */
  fail(operation: SecretOperation, matches: KeyMatch = () => true): void {
    this.failures.push({ operation, matches });
  }

  /** Ends every failure. */
  heal(): void {
    this.failures = [];
  }

  /** Stores a value as JSON, as another version of the extension, or another window, would have left it. */
  put(key: string, value: unknown): void {
    this.values.set(key, JSON.stringify(value));
  }

  /** Stores a record as the release before the envelope did. */
  putEarlier(key: string, record: object): void {
    this.put(key, { version: 1, ...record });
  }

  /** What is stored under a key, out of its envelope. */
  stored(key: string): Stored {
    return open(this.values.get(key));
  }

  /** The value that is stored under a key, out of its envelope; undefined where there is none. */
  valueOf(key: string): unknown {
    const stored = this.stored(key);
    return stored.kind === 'value' ? stored.value : undefined;
  }

  /** The stored keys that begin with `prefix`. */
  keysBelow(prefix: string): string[] {
    return [...this.values.keys()].filter((key) => key.startsWith(prefix));
  }

  async keys(): Promise<string[]> {
    await this.begin('keys', '');
    return [...this.values.keys()];
  }

  async get(key: string): Promise<string | undefined> {
    await this.begin('get', key);
    return this.values.get(key);
  }

  async store(key: string, value: string): Promise<void> {
    await this.begin('store', key);
    this.values.set(key, value);
    this.changes.fire({ key });
  }

  async delete(key: string): Promise<void> {
    await this.begin('delete', key);
    this.values.delete(key);
    this.changes.fire({ key });
  }

  private async begin(operation: SecretOperation, key: string): Promise<void> {
    await this.intercept(operation, key);
    const failing = this.failures.some((failure) => failure.operation === operation && failure.matches(key));
    if (failing) throw new Error(`The keychain refused to ${operation} a secret`);
  }
}
