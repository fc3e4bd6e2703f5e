import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../../common/clock';
import { Emitter, type Disposable, type Event } from '../../common/emitter';
import { errorText } from '../../common/errorText';
import type { Log } from '../../common/log';
import { open, type Stored } from './envelope';
import { StaleWindowError } from '../errors';
import type { Lease, Lock } from '../lock/lock';
import type { LegacyLedger } from '../legacyLedger';
import type { OwnSecrets } from './ownSecrets';
import type { SecretStorage } from '../secretStorage';
import { LOCK_LIMITS, SecretWriter, STORE_LOCK } from './secretWriter';
import { StoreAnnouncements } from './storeAnnouncements';
import { STORE_KEY, type StoreIdentity } from './storeIdentity';
import type { IndexState, StoreIndex } from './storeIndex';
import { isBehind, type StoreView } from './storeView';
import { UnsavedValues, type OvertakenValue, type Survives } from './unsavedValues';

/** Dependencies of {@link SecretStore}. */
export interface SecretStoreDependencies {
  readonly secrets: SecretStorage;
  readonly own: OwnSecrets;
  readonly identity: StoreIdentity;
  readonly index: StoreIndex;
  readonly view: StoreView;
  /** The numbers of earlier releases, where one was here. */
  readonly legacy: () => Promise<LegacyLedger | undefined>;
  readonly lock: Lock;
  /** Name of this host, noted with what it stores. */
  readonly writer: string;
  readonly survives: Survives;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Values in SecretStorage, which is the truth: what is stored there, or its absence, counts. Only a value that could
 * not be stored is kept in memory, until it can be or somebody else stores the key.
 */
export class SecretStore implements Disposable {
  private readonly change = new Emitter<{ readonly key: string }>();
  private readonly unsaved: UnsavedValues;
  private readonly writer: SecretWriter;
  private readonly announcements: StoreAnnouncements;
  private readonly subscriptions: readonly Disposable[];
  private readonly aside = new Emitter<{ readonly key: string }>();

  /** Fires when a value was stored or deleted, by whatever window. */
  readonly onDidChange = this.change.event;
  /** Fires with the key of what was set aside because it is damaged. */
  readonly onDidSetAside = this.aside.event;
  /** Fires when SecretStorage works again after it failed: what could not be read can be now. */
  readonly onDidRecover: Event<undefined>;
  /** Fires when a value that could only be kept in memory is given up for what another window stored or deleted. */
  readonly onDidOvertake: Event<OvertakenValue>;

  constructor(private readonly dependencies: SecretStoreDependencies) {
    const { secrets, own, survives } = dependencies;
    this.unsaved = new UnsavedValues(survives);
    this.onDidOvertake = this.unsaved.onDidOvertake;
    this.announcements = new StoreAnnouncements(dependencies);
    const parts = { ...dependencies, unsaved: this.unsaved, announcements: this.announcements };
    this.writer = new SecretWriter(parts);
    this.onDidRecover = this.writer.onDidRecover;
    this.subscriptions = [
      this.writer.onDidChange((key) => {
        this.change.fire({ key });
      }),
      secrets.onDidChange(({ key }) => {
        this.changed(key);
      }),
      own.onDidFail(() => {
        this.writer.beginRecovery();
      }),
    ];
  }

  dispose(): void {
    this.writer.dispose();
    for (const each of this.subscriptions) each.dispose();
  }

  /** What counts under a key. @throws SecretStorageError or StaleWindowError */
  async get(key: string): Promise<Stored> {
    return this.newest(key, await this.announcements.read(), (own) => own.read(key));
  }

  /**
   * Everything under keys that begin with a prefix. What nobody changed since it was last read is not read again; what
   * cannot be read is left out and logged.
   * @param isStrict throws instead.
   * @throws SecretStorageError where the keys cannot be read, or StaleWindowError
   */
  async all(prefix: string, isStrict = false): Promise<ReadonlyMap<string, Stored>> {
    const [stored, index] = await Promise.all([this.dependencies.own.keys(), this.announcements.read()]);
    const announced = index === undefined ? [] : Object.keys(index.keys);
    const keys = [...new Set([...stored, ...announced, ...this.unsaved.keys()])];
    const entries = await Promise.all(
      keys.filter((key) => key.startsWith(prefix)).map((key) => this.entry(key, index, isStrict)),
    );
    return new Map(entries.filter((entry) => entry !== undefined));
  }

  /**
   * Stores a value. Where SecretStorage refuses, it is kept in memory and stored when that works again.
   * @param lease of the lock under which it was decided.
   * @throws NewerRecordError; StaleWindowError, with the value kept in memory; LeaseLostError, with nothing done
   */
  async write(key: string, value: object, lease?: Lease): Promise<void> {
    await this.writer.put(key, value, lease);
  }

  /** Gives up a value that could not be stored and is kept in memory. */
  withdraw(key: string): void {
    this.writer.withdraw(key);
  }

  /** Deletes a value. The same as {@link write} otherwise. */
  async delete(key: string, lease?: Lease): Promise<void> {
    await this.writer.put(key, undefined, lease);
  }

  /**
   * Moves a text that is no value of ours out of the way, under the lock. The same text is kept once. Nothing is done
   * where another was stored meanwhile.
   * @throws SecretStorageError
   */
  async setAside(key: string, damaged: Stored): Promise<void> {
    const { own, lock } = this.dependencies;
    const isDone = await lock.withLock(
      STORE_LOCK,
      async (lease) => {
        const text = await own.readText(key);
        const stored = open(text);
        if (text === undefined || stored.kind === 'newer' || !isDeepStrictEqual(stored, damaged))
          return false;
        await this.writer.putLocked(asideKey(key, text), { text }, [lease]);
        await this.writer.putLocked(key, undefined, [lease]);
        return true;
      },
      LOCK_LIMITS,
    );
    if (isDone) this.aside.fire({ key });
    this.change.fire({ key });
  }

  /**
   * The texts that were set aside from keys that begin with a prefix, by the keys under which they are kept now.
   * @throws SecretStorageError or StaleWindowError
   */
  async setAsideTexts(prefix: string): Promise<ReadonlyMap<string, string>> {
    const texts = new Map<string, string>();
    for (const [key, stored] of await this.all(`${ASIDE_PREFIX}${prefix}`)) {
      // Earlier versions kept the text as it was.
      const text = stored.kind === 'value' ? (stored.value as { text?: unknown }).text : undefined;
      texts.set(key, typeof text === 'string' ? text : ((await this.dependencies.own.readText(key)) ?? ''));
    }
    return texts;
  }

  /** Makes sure that this window may store something. @throws StaleWindowError */
  ensureCurrent(): Promise<void> {
    return this.dependencies.view.untilCurrent();
  }

  /** Makes sure that what Box is about to give can be stored here. @throws StaleWindowError or SecretStorageError */
  async prepare(): Promise<void> {
    const { identity, lock, view } = this.dependencies;
    await this.ensureCurrent();
    if (identity.isReady) return;
    await lock.withLock(
      STORE_LOCK,
      async () => {
        await view.beforeWrite();
        await identity.join();
      },
      LOCK_LIMITS,
    );
  }

  /** Whether nothing newer than what is here is announced, by anybody who could store something. */
  isNewest(key: string): Promise<boolean> {
    return this.announcements.isNewest(key);
  }

  /** Whether what was last written here is stored, and not only in memory. */
  isSaved(key: string): boolean {
    return !this.unsaved.has(key);
  }

  /** Notes that a key may have changed, and tells. */
  changed(key: string): void {
    const { own, identity } = this.dependencies;
    own.invalidate(key);
    if (key === STORE_KEY) identity.forget();
    else this.change.fire({ key });
  }

  private async entry(
    key: string,
    index: IndexState | undefined,
    isStrict: boolean,
  ): Promise<readonly [string, Stored] | undefined> {
    try {
      const stored = await this.newest(key, index, (own) => own.peek(key));
      return stored.kind === 'absent' ? undefined : [key, stored];
    } catch (error) {
      if (isStrict || error instanceof StaleWindowError) throw error;
      this.dependencies.log.error(`Cannot read ${key} from SecretStorage: ${errorText(error)}`);
      return undefined;
    }
  }

  private async newest(
    key: string,
    index: IndexState | undefined,
    read: (own: OwnSecrets) => Promise<Stored>,
  ): Promise<Stored> {
    const { own, view } = this.dependencies;
    const writes = this.writer.countOf(key);
    const seen = await read(own);
    // What was peeked at may be older than the index; then it is read.
    const stored = index !== undefined && isBehind(key, seen, index) ? await own.read(key) : seen;
    const current = await view.current(key, stored, index);
    const complete = this.unsaved.get(key) && (await this.announcements.readComplete());
    if (this.writer.countOf(key) !== writes) return this.get(key);
    return this.unsaved.newest(key, current, complete);
  }
}

/** Where texts are kept that no version of this extension wrote, or that were damaged. */
const ASIDE_PREFIX = 'set-aside/';

function asideKey(key: string, text: string): string {
  return `${ASIDE_PREFIX}${key}/${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
}
