import type { Clock } from '../box/clock';
import { Emitter, type Disposable, type Event } from '../emitter';
import type { Log } from '../log';
import { StaleWindowError } from './errors';
import type { FileLock } from './fileLock';
import type { HostChannel } from './hostChannel';
import type { DatedLedgerEntry, Ledger } from './ledger';
import { numbered, readNumber, type Numbered } from './numberedSecret';
import type { SecretStorage } from './recordStore';
import { Recovery } from './recovery';
import { SecretCatchUp } from './secretCatchUp';

/** VS Code's SecretStorage with its event, which reaches other windows on a desktop and no other in a browser. */
export interface ObservableSecretStorage extends SecretStorage {
  readonly onDidChange: Event<{ readonly key: string }>;
}

/** What shared secrets need from outside. */
export interface SharedSecretsDependencies {
  readonly secrets: ObservableSecretStorage;
  readonly ledger: Ledger;
  readonly lock: FileLock;
  /** Where windows share no secrets live: the way to the other hosts. */
  readonly channel?: HostChannel | undefined;
  readonly clock: Clock;
  /** When this host began, in ms since the epoch by the file system's clock. */
  readonly startedAt: number;
  readonly log: Log;
}

const LOCK = 'secrets';

/**
 * SecretStorage as all windows of one machine see it alike, and for as long as the window lives even where it fails.
 *
 * Every write is numbered, in the value and in the ledger beside it. A window whose view lags waits for the change,
 * gets it from the host that made it, or says that it cannot; it then neither gives nor stores anything, because in
 * a served VS Code a write from an old view undoes newer ones. What cannot be stored is kept in memory, and that is
 * told.
 */
export class SharedSecrets implements ObservableSecretStorage {
  private readonly change = new Emitter<{ readonly key: string }>();
  private readonly failure = new Emitter<unknown>();
  /** What was last read or written here; undefined where it was deleted. */
  private readonly memory = new Map<string, string | undefined>();
  /** Keys whose newest value is in memory only. */
  private readonly unsaved = new Set<string>();
  /** What other hosts handed over and is not stored here yet: that waits until nothing lags any more. */
  private readonly handed = new Map<string, Numbered>();
  /** The number up to which each key is known here. */
  private readonly seen = new Map<string, number>();
  /** Keys that could not be read. */
  private readonly unread = new Set<string>();
  /** Whether it could not be read which keys there are. */
  private areKeysUnread = false;
  /** Whether somebody has asked which keys there are. */
  private isListed = false;
  private run: Promise<unknown> = Promise.resolve();
  private nextRun: Promise<boolean> | undefined;
  private readonly recovery: Recovery;
  private readonly others: SecretCatchUp;
  private readonly subscription: Disposable;

  /** Fires when this or another window stored or deleted a secret. */
  readonly onDidChange = this.change.event;
  /** Fires when SecretStorage failed or forgot, with the error. */
  readonly onDidFail = this.failure.event;

  constructor(private readonly dependencies: SharedSecretsDependencies) {
    this.recovery = new Recovery(dependencies.clock, () => this.recover());
    this.others = new SecretCatchUp(dependencies, {
      own: (key) => this.own(key),
      remembered: (key) => readNumber(this.memory.get(key)),
      seen: (key) => this.seen.get(key) ?? 0,
      takeOver: (key, handed) => this.handed.set(key, handed),
      noteForgotten: (key) => {
        this.unsaved.add(key);
        this.fail(new Error('SecretStorage forgot what was stored'));
      },
    });
    this.subscription = dependencies.secrets.onDidChange(({ key }) => {
      this.change.fire({ key });
    });
  }

  /** Begins to follow the other hosts, where windows share no secrets live. */
  async follow(): Promise<void> {
    const { channel, ledger, log } = this.dependencies;
    if (channel === undefined) return;
    try {
      await channel.open();
      this.stopWatching = await ledger.watch(() => void this.catchUpAll());
      await this.catchUpAll();
    } catch (error) {
      log.warn(`Windows cannot follow each other here: ${String(error)}`);
    }
  }

  /** Ends following and answering. */
  dispose(): void {
    this.subscription.dispose();
    this.recovery.dispose();
    this.stopWatching();
    this.dependencies.channel?.close();
  }

  /** @throws StaleWindowError: another window has a secret that is not here */
  async keys(): Promise<string[]> {
    await this.ensureCurrent();
    this.isListed = true;
    const stored = await this.attempt(
      () => this.dependencies.secrets.keys(),
      [],
      () => {
        this.areKeysUnread = true;
      },
    );
    const kept = [...this.unsaved].filter((key) => this.memory.get(key) !== undefined);
    return [...new Set([...stored.filter((key) => !this.unsaved.has(key)), ...kept])];
  }

  /** @throws StaleWindowError */
  async get(key: string): Promise<string | undefined> {
    return this.read(key, await this.dependencies.ledger.read(key));
  }

  private async read(key: string, entry: DatedLedgerEntry | undefined): Promise<string | undefined> {
    if (this.unsaved.has(key)) {
      if (!this.isOvertaken(key, entry)) return this.memory.get(key);
      this.unsaved.delete(key);
    }
    const own = await this.own(key);
    const lags = entry !== undefined && own.revision < entry.revision;
    const { value } = lags ? await this.others.catchUp(entry, own) : own;
    this.remember(key, entry?.revision ?? 0, value);
    return value;
  }

  /** Whether another window has stored or deleted what is here in memory only. */
  private isOvertaken(key: string, entry: DatedLedgerEntry | undefined): boolean {
    const seen = this.seen.get(key) ?? 0;
    if (entry === undefined || entry.revision < seen) return false;
    return entry.revision > seen || (!entry.present && this.memory.get(key) !== undefined);
  }

  /** Stores a value, usually a JSON object. @throws StaleWindowError */
  async store(key: string, value: string): Promise<void> {
    await this.write(key, value);
  }

  /** @throws StaleWindowError */
  async delete(key: string): Promise<void> {
    await this.write(key, undefined);
  }

  /** Makes sure that this window has everything that others stored, so that it may store. @throws StaleWindowError */
  async ensureCurrent(): Promise<void> {
    const isShared = this.dependencies.channel === undefined;
    if (!isShared && !(await this.catchUpAll())) throw new StaleWindowError();
  }

  private stopWatching = (): void => undefined;

  private async write(key: string, value: string | undefined): Promise<void> {
    const { lock, ledger } = this.dependencies;
    await lock.withLock(LOCK, async () => {
      await this.ensureCurrent();
      const known = (await ledger.read(key))?.revision ?? 0;
      const own = (await this.own(key)).revision;
      const revision = Math.max(known, Number.isFinite(own) ? own : 0) + 1;
      this.remember(key, revision, value);
      await this.save(key, revision, value);
    });
  }

  /** Stores or deletes. Where SecretStorage refuses, the value stays in memory and is saved when it works again. */
  private async save(key: string, revision: number, value: string | undefined): Promise<void> {
    const { secrets } = this.dependencies;
    // A secret that is there before its entry is merely new; one that is gone before it would look forgotten.
    if (value === undefined) await this.announce(key, revision, false);
    try {
      await (value === undefined ? secrets.delete(key) : this.put(key, numbered(revision, value)));
      this.unsaved.delete(key);
    } catch (error) {
      this.unsaved.add(key);
      this.fail(error);
      this.change.fire({ key });
      return;
    }
    if (value !== undefined) await this.announce(key, revision, true);
  }

  private async put(key: string, sealed: string): Promise<void> {
    const { secrets } = this.dependencies;
    await secrets.store(key, sealed);
    if ((await secrets.get(key)) !== sealed) throw new Error('SecretStorage forgot at once');
  }

  /** Does what SecretStorage refused before. Gives whether nothing is left; throws what it throws. */
  private async recover(): Promise<boolean> {
    const { secrets, lock } = this.dependencies;
    const keys = await secrets.keys();
    const unread = [...new Set([...this.unread, ...(this.areKeysUnread ? keys : [])])];
    await Promise.all(unread.map((key) => secrets.get(key)));
    this.areKeysUnread = false;
    this.unread.clear();
    for (const key of unread) this.change.fire({ key });
    for (const key of [...this.unsaved]) await lock.withLock(LOCK, () => this.saveAgain(key));
    return this.unsaved.size === 0;
  }

  private async saveAgain(key: string): Promise<void> {
    await this.ensureCurrent();
    const value = this.memory.get(key);
    const revision = this.seen.get(key) ?? 0;
    const stored = readNumber(await this.dependencies.secrets.get(key));
    const entry = await this.dependencies.ledger.read(key);
    const isReplaced = stored.value !== undefined && stored.revision > revision;
    const isDeleted = value !== undefined && entry?.present === false && entry.revision >= revision;
    if (!isReplaced && !isDeleted) {
      await this.save(key, revision, value);
      return;
    }
    // Another window was newer.
    this.unsaved.delete(key);
    this.change.fire({ key });
  }

  /** Tells other windows of a write. Where that cannot be done, each is on its own. */
  private async announce(key: string, revision: number, present: boolean): Promise<void> {
    const { ledger, channel, log } = this.dependencies;
    await ledger.write({ key, revision, present, host: channel?.host ?? '' }).catch((error: unknown) => {
      log.debug(`Other windows are not told of a change: ${String(error)}`);
    });
  }

  private async own(key: string): Promise<Numbered> {
    const stored = await this.attempt(
      () => this.dependencies.secrets.get(key),
      this.memory.get(key),
      () => this.unread.add(key),
    );
    const own = readNumber(stored);
    const handed = this.handed.get(key);
    return handed !== undefined && handed.revision > own.revision ? handed : own;
  }

  /**
   * Brings every key up to date. One run at a time, and one more for all who ask meanwhile: so each sees what was
   * stored before they asked.
   * @returns false when one could not be had.
   */
  private catchUpAll(): Promise<boolean> {
    this.nextRun ??= this.run.then(() => {
      this.nextRun = undefined;
      const run = this.bringUpToDate();
      this.run = run.catch(() => undefined);
      return run;
    });
    return this.nextRun;
  }

  /** Tells of what changed, once somebody has asked which keys there are: before that nobody has anything old. */
  private async bringUpToDate(): Promise<boolean> {
    const entries = await this.dependencies.ledger.all();
    const stale = entries.filter(({ key, revision }) => (this.seen.get(key) ?? 0) < revision);
    const results = await Promise.allSettled(
      stale.map(async (entry) => {
        await this.read(entry.key, entry);
        if (this.isListed) this.change.fire({ key: entry.key });
      }),
    );
    const isCurrent = results.every(({ status }) => status === 'fulfilled');
    if (isCurrent) await this.storeHanded();
    return isCurrent;
  }

  /** Stores what was handed over. In a served VS Code each write stores the whole view: so only once it is whole. */
  private async storeHanded(): Promise<void> {
    const { secrets } = this.dependencies;
    for (const [key, { revision, value }] of [...this.handed]) {
      const stored = readNumber(await this.attempt(() => secrets.get(key), undefined));
      const isNeeded = stored.value === undefined ? value !== undefined : stored.revision < revision;
      const save = (): PromiseLike<void> =>
        value === undefined ? secrets.delete(key) : secrets.store(key, value);
      if (isNeeded) await this.attempt(save, undefined);
      this.handed.delete(key);
    }
  }

  private remember(key: string, revision: number, value: string | undefined): void {
    this.memory.set(key, value);
    this.seen.set(key, Math.max(revision, this.seen.get(key) ?? 0));
  }

  private async attempt<T>(
    read: () => PromiseLike<T>,
    otherwise: T,
    note: () => unknown = () => undefined,
  ): Promise<T> {
    try {
      return await read();
    } catch (error) {
      note();
      this.fail(error);
      return otherwise;
    }
  }

  private fail(error: unknown): void {
    this.dependencies.log.error(`SecretStorage failed: ${String(error)}`);
    this.failure.fire(error);
    this.recovery.begin();
  }
}
