import type { Clock } from '../../common/clock';
import { Emitter } from '../../common/emitter';
import { open, type Stored } from './envelope';
import { SecretStorageError } from '../errors';
import type { SecretStorage } from '../secretStorage';
import { within } from '../timeLimit';

/** Longest wait for SecretStorage, in ms. A read is then given up; a write goes on, and is looked at when it settles. */
const PATIENCE_MS = 10_000;

/** A write that has not settled. */
export interface PendingWrite {
  /** What is stored when it is made. */
  readonly stored: Stored;
  /** Whether it brings what another window has stored. */
  readonly isForeign: boolean;
  /** Resolves when it has settled, with whether it was made. */
  readonly settled: Promise<boolean>;
}

/** SecretStorage as this window reaches it, with a time limit, and what was last seen in it. */
export class OwnSecrets {
  private readonly failure = new Emitter<unknown>();
  /** What was last read or written under each key. */
  private readonly known = new Map<string, Stored>();
  /** Keys that nobody has changed since. */
  private readonly valid = new Set<string>();
  /** The highest revision of each key that was ever here. */
  private readonly revisions = new Map<string, number>();
  private readonly hanging = new Map<string, PendingWrite>();
  private readonly late = new Set<string>();
  /** Counts the changes of each key that was ever read or written. */
  private readonly changes = new Map<string, number>();

  private isFailing = false;

  /** Fires when SecretStorage begins to fail or to give no answer, with the error. */
  readonly onDidFail = this.failure.event;

  constructor(
    private readonly secrets: SecretStorage,
    private readonly clock: Clock,
  ) {}

  /** The keys that are stored. @throws SecretStorageError */
  async keys(): Promise<readonly string[]> {
    return this.attempt('keys', this.secrets.keys());
  }

  /** What is stored under a key; where it cannot be read, what was last seen there. @throws SecretStorageError */
  async read(key: string): Promise<Stored> {
    const changes = this.changesOf(key);
    try {
      const stored = open(await this.readText(key));
      this.remember(key, stored, changes);
      return stored;
    } catch (error) {
      const known = this.known.get(key);
      if (known === undefined) throw error;
      return known;
    }
  }

  /** The text that is stored under a key, as it is. @throws SecretStorageError */
  async readText(key: string): Promise<string | undefined> {
    return this.attempt('get', this.secrets.get(key));
  }

  /** The same as {@link read} without reading where nobody changed it since it was last seen. @throws SecretStorageError */
  async peek(key: string): Promise<Stored> {
    const known = this.known.get(key);
    return known !== undefined && this.valid.has(key) ? known : this.read(key);
  }

  /**
   * Stores a text, or deletes.
   * @param isForeign whether another window has stored it before.
   * @throws SecretStorageError; after `secret_storage_silent` it may still happen
   */
  async putText(key: string, text: string | undefined, isForeign = false): Promise<void> {
    const changes = this.changesOf(key);
    const work = Promise.resolve(
      text === undefined ? this.secrets.delete(key) : this.secrets.store(key, text),
    );
    const settled = work.then(
      () => true,
      () => false,
    );
    const pending = { stored: open(text), isForeign, settled };
    this.hanging.set(key, pending);
    let isGivenUp = false;
    void settled.then((isMade) => {
      if (this.hanging.get(key) === pending) this.hanging.delete(key);
      if (isMade && isGivenUp && !isForeign && text !== undefined) this.late.add(key);
    });
    this.valid.delete(key);
    try {
      await this.attempt(text === undefined ? 'delete' : 'store', work);
    } catch (error) {
      isGivenUp = true;
      throw error;
    }
    this.remember(key, open(text), changes);
  }

  /** Notes that SecretStorage works again: what fails from now on is told anew. */
  noteRecovery(): void {
    this.isFailing = false;
  }

  /** A write of a key that has not settled; undefined where there is none. */
  pendingWrite(key: string): PendingWrite | undefined {
    return this.hanging.get(key);
  }

  /** Whether a store of this window's was made after it was given up, and nobody has looked yet what it is over. */
  isLate(key: string): boolean {
    return this.late.has(key);
  }

  /** The same, for whoever looks now. */
  takeLate(key: string): boolean {
    return this.late.delete(key);
  }

  /** The highest revision of a key that this window has ever read or written. */
  seen(key: string): number {
    return this.revisions.get(key) ?? 0;
  }

  /** Notes that a key may have changed. */
  invalidate(key: string): void {
    this.valid.delete(key);
    const changes = this.changes.get(key);
    if (changes !== undefined) this.changes.set(key, changes + 1);
  }

  /** Forgets what is known of a key that is gone, but for that. */
  forget(key: string): void {
    for (const map of [this.revisions, this.changes]) map.delete(key);
    this.valid.delete(key);
  }

  private changesOf(key: string): number {
    const changes = this.changes.get(key) ?? 0;
    this.changes.set(key, changes);
    return changes;
  }

  /** @param changes how many there were before: what changed meanwhile is read again by whoever comes next. */
  private remember(key: string, stored: Stored, changes: number): void {
    if (this.changes.get(key) === changes) this.valid.add(key);
    else this.valid.delete(key);
    this.known.set(key, stored);
    if (stored.kind !== 'absent') this.revisions.set(key, Math.max(stored.revision, this.seen(key)));
  }

  private async attempt<T>(operation: string, work: PromiseLike<T>): Promise<T> {
    const silent = (): Error =>
      new SecretStorageError('secret_storage_silent', `SecretStorage does not answer (${operation})`);
    try {
      return await within(this.clock, PATIENCE_MS, work, silent);
    } catch (error) {
      const failed =
        error instanceof SecretStorageError
          ? error
          : new SecretStorageError(
              'secret_storage_failed',
              `SecretStorage failed (${operation}): ${String(error)}`,
            );
      if (!this.isFailing) this.failure.fire(failed);
      this.isFailing = true;
      throw failed;
    }
  }
}
