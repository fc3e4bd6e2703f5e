import type { Clock } from '../../common/clock';
import { Emitter, type Disposable } from '../../common/emitter';
import { errorText } from '../../common/errorText';
import type { Log } from '../../common/log';
import { ABSENT, open, seal, type Stored } from './envelope';
import { LeaseLostError, NewerRecordError, SecretStorageError, StaleWindowError } from '../errors';
import type { LegacyLedger } from '../legacyLedger';
import type { Lease, Lock } from '../lock/lock';
import type { OwnSecrets } from './ownSecrets';
import { Recovery } from './recovery';
import type { StoreAnnouncements } from './storeAnnouncements';
import type { StoreIdentity } from './storeIdentity';
import { isDeletedIn, withKey, withoutKey, type IndexState } from './storeIndex';
import type { StoreView } from './storeView';
import type { UnsavedValues } from './unsavedValues';

/** Name of the lock under which everything is stored. */
export const STORE_LOCK = 'secrets';
/** Longest wait for that lock, and longest time that it is held, in ms. */
export const LOCK_LIMITS = { waitMs: 20_000, workMs: 30_000 };

/** Dependencies of {@link SecretWriter}. */
export interface SecretWriterDependencies {
  readonly own: OwnSecrets;
  readonly unsaved: UnsavedValues;
  readonly identity: StoreIdentity;
  readonly announcements: StoreAnnouncements;
  readonly view: StoreView;
  /** The numbers of earlier releases, where one was here. */
  readonly legacy: () => Promise<LegacyLedger | undefined>;
  readonly lock: Lock;
  /** Name of this host, noted with what it stores. */
  readonly writer: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** Stores values, one write at a time in all windows, and keeps in memory what SecretStorage refuses. */
export class SecretWriter implements Disposable {
  private readonly change = new Emitter<string>();
  private readonly recovered = new Emitter<undefined>();
  private readonly recovery: Recovery;
  /** Counts what this window stored under each key. */
  private readonly writes = new Map<string, number>();

  /** Fires with a key whose value in memory changed. */
  readonly onDidChange = this.change.event;
  /** Fires when SecretStorage works again after it failed. */
  readonly onDidRecover = this.recovered.event;

  constructor(private readonly dependencies: SecretWriterDependencies) {
    this.recovery = new Recovery(dependencies.clock, () => this.recover());
  }

  dispose(): void {
    this.recovery.dispose();
  }

  /** Begins to look whether SecretStorage works again. */
  beginRecovery(): void {
    this.recovery.begin();
  }

  /** How often this window stored something under a key: a read that began before a write does not undo it. */
  countOf(key: string): number {
    return this.writes.get(key) ?? 0;
  }

  /**
   * Stores a value, or deletes.
   * @throws as `SecretStore.write`
   */
  async put(key: string, value: object | undefined, lease?: Lease): Promise<void> {
    const { lock } = this.dependencies;
    const count = (): unknown => this.writes.set(key, (this.writes.get(key) ?? 0) + 1);
    count();
    try {
      await lock.withLock(STORE_LOCK, (own) => this.putLocked(key, value, [lease, own]), LOCK_LIMITS);
    } catch (error) {
      if (!mayBeStoredLater(error)) throw error;
      this.keepUnsaved(key, value, await this.dependencies.own.peek(key).catch(() => UNKNOWN));
      if (error instanceof StaleWindowError) throw error;
      this.dependencies.log.error(`${key} could not be stored and is kept in memory: ${errorText(error)}`);
    } finally {
      count();
    }
  }

  /** The same under the lock. @throws also SecretStorageError, with nothing kept */
  async putLocked(
    key: string,
    value: object | undefined,
    leases: readonly (Lease | undefined)[],
  ): Promise<void> {
    const { own, unsaved, identity, announcements, legacy, view, writer } = this.dependencies;
    if (own.pendingWrite(key) !== undefined) throw busy(key);
    if (!identity.isReady) {
      // A page that has no store yet may find that of its browser.
      await view.beforeWrite();
      await identity.join();
    }
    await view.beforeWrite();
    const before = await own.peek(key);
    if (before.kind === 'newer') throw new NewerRecordError(key);
    const state = await announcements.readToChange();
    const revision = Math.max(state?.counter ?? 0, before.revision) + 1;
    for (const lease of leases) await lease?.check();
    if (value === undefined) await this.remove(key, before, state);
    else {
      try {
        await own.putText(key, seal(value, revision, writer, before));
      } catch (error) {
        // It may be stored late, over what another window stores until then.
        await announcements.reserve(revision);
        throw error;
      }
      const isTold = await announcements.announce(state && withKey(state, key, revision));
      if (!isTold) this.announceLater(key, revision);
      await (await legacy())?.stored(key);
    }
    unsaved.forget(key);
  }

  /** Gives up a value that could not be stored and is kept in memory. */
  withdraw(key: string): void {
    this.dependencies.unsaved.forget(key);
    this.change.fire(key);
  }

  /** Announces a deletion and makes it: who reads in between waits for it. */
  private async remove(key: string, before?: Stored, state?: IndexState): Promise<void> {
    const { own, announcements, legacy } = this.dependencies;
    const index = state ?? (await announcements.readToChange());
    await announcements.announce(index && withoutKey(index, key, before?.revision ?? 0));
    await (await legacy())?.deleted(key);
    try {
      await own.putText(key, undefined);
    } catch (error) {
      // Nobody is to wait for what was refused. What gave no answer may still be made.
      if (error instanceof SecretStorageError && error.code === 'secret_storage_failed')
        await announcements.announce(index);
      throw error;
    }
    own.forget(key);
  }

  private keepUnsaved(key: string, value: object | undefined, before: Stored): void {
    const pending = this.dependencies.own.pendingWrite(key);
    this.dependencies.unsaved.keep(
      key,
      value,
      before,
      pending?.isForeign === true ? undefined : pending?.stored,
    );
    void pending?.settled.then((isMade) => this.putRight(key, isMade));
    this.recovery.begin();
    this.change.fire(key);
  }

  /** Stores what counts in place of what a write has stored that was given up. Never fails. */
  private async putRight(key: string, isMade: boolean): Promise<void> {
    const { unsaved } = this.dependencies;
    if (isMade) unsaved.noteMade(key);
    else unsaved.noteNotMade(key);
    // Where that fails it is tried again as for every value that could not be stored.
    await this.dependencies.lock
      .withLock(STORE_LOCK, (lease) => this.saveAgain(key, lease), LOCK_LIMITS)
      .catch(() => undefined);
  }

  /** Stores what SecretStorage refused before. Gives whether nothing is left; throws what it throws. */
  private async recover(): Promise<boolean> {
    const { own, lock, unsaved } = this.dependencies;
    await own.keys();
    for (const key of unsaved.keys()) {
      if (own.pendingWrite(key) !== undefined) continue;
      // What one key meets says nothing of the others.
      await lock
        .withLock(STORE_LOCK, (lease) => this.saveAgain(key, lease), LOCK_LIMITS)
        .catch(() => undefined);
    }
    if (this.dependencies.announcements.areLeft)
      await lock.withLock(STORE_LOCK, () => this.dependencies.announcements.announceAgain(), LOCK_LIMITS);
    if (unsaved.areLeft) return false;
    own.noteRecovery();
    this.recovered.fire(undefined);
    return true;
  }

  private async saveAgain(key: string, lease: Lease): Promise<void> {
    const { own, view, unsaved, announcements } = this.dependencies;
    // Another page may have stored the key, which is not in the copy of this one yet.
    await view.beforeWrite();
    const index = await announcements.readComplete();
    if (own.takeLate(key) && isDeletedIn(index, key, unsaved.get(key)?.original ?? 0)) {
      // Over what another window had deleted.
      unsaved.newest(key, ABSENT, index);
      await this.putLocked(key, undefined, [lease]);
    } else unsaved.newest(key, open(await own.readText(key)), index);
    const kept = unsaved.get(key);
    if (kept !== undefined) await this.putLocked(key, kept.value, [lease]);
    this.change.fire(key);
  }

  private announceLater(key: string, revision: number): void {
    this.dependencies.announcements.later(key, revision);
    this.recovery.begin();
  }
}

/** What was kept of a key that could not even be read: anything that is stored there later is newer. */
const UNKNOWN: Stored = ABSENT;

function busy(key: string): SecretStorageError {
  return new SecretStorageError('secret_storage_silent', `An earlier write of ${key} has not settled yet`);
}

/** What was decided on what is no longer so is not to be stored. All else passes, a folder that cannot be read too. */
function mayBeStoredLater(error: unknown): boolean {
  return !(error instanceof NewerRecordError || error instanceof LeaseLostError);
}
