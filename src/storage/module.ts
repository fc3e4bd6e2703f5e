import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../common/clock';
import { Emitter, type Disposable, type Event } from '../common/emitter';
import { errorText } from '../common/errorText';
import type { Log } from '../common/log';
import { CrossWindowLock } from './lock/crossWindowLock';
import { DesktopView } from './store/desktopView';
import type { Stored } from './store/envelope';
import type { Lock } from './lock/lock';
import type { Watch } from './folderWatcher';
import type { LegacyLedger } from './legacyLedger';
import type { Memory } from './memory';
import { OwnSecrets } from './store/ownSecrets';
import { SecretStore } from './store/secretStore';
import type { SecretStorage } from './secretStorage';
import type { ServedView } from './served/module';
import { StoreIdentity } from './store/storeIdentity';
import { StoreIndex, type IndexState } from './store/storeIndex';
import type { StoreView } from './store/storeView';
import type { Survives } from './store/unsavedValues';

/** Dependencies of {@link createStorage}. */
export interface StorageDependencies {
  readonly secrets: SecretStorage;
  /** The folder that the windows of this machine share. */
  readonly folder: string;
  /** In a served VS Code, where each page has its own copy of the secrets: what the pages of one browser share. */
  readonly pages?: Memory | undefined;
  /** Whether a value that could not be stored counts although another window stored something meanwhile. */
  readonly survives?: Survives;
  readonly clock: Clock;
  readonly log: Log;
  /** How folders are watched, where tests decide it. */
  readonly watch?: Watch;
}

/** What is kept in SecretStorage, and what makes the windows of a machine agree on it. */
export interface Storage extends Disposable {
  readonly secrets: SecretStore;
  readonly lock: Lock;
  /** The folder that the windows of this machine share. */
  readonly folder: string;
  readonly watch: Watch | undefined;
  /** Fires when SecretStorage failed or gave no answer, with the error. */
  readonly onDidFail: Event<unknown>;
  /** Fires when this window's view has been older than what another window stored for 10 s, and nobody has that. */
  readonly onDidStayStale: Event<undefined>;
  /** Fires when the browser seems to have forgotten its secrets. */
  readonly onDidForget: Event<undefined>;
  /** Id of the store that this window sees; undefined where nothing was stored in it yet. */
  storeId(): string | undefined;
  /** Whether an id is that of another store, which windows here may still use. */
  isAnotherStore(id: string): Promise<boolean>;
  /** Whether this window neither gives nor stores anything until it is reloaded. */
  isStale(): boolean;
  /** Waits at most 10 s for a view that is old to be brought up to date. @throws StaleWindowError */
  untilCurrent(): Promise<void>;
  /** Begins to follow other windows, before anything is read. Never fails. */
  begin(): Promise<void>;
  /** Removes what earlier windows and versions left behind. Never fails. */
  tidy(): Promise<void>;
  /** To be called before the person reloads a window whose view is old. */
  prepareReload(): Promise<void>;
  /** Resolves when nothing is being stored. */
  idle(): Promise<void>;
}

/** Builds the storage of a window. Nothing is read or written yet. */
export function createStorage(dependencies: StorageDependencies): Storage {
  const { secrets, folder, pages, clock, log, watch, survives = () => false } = dependencies;
  const host = randomBytes(4).toString('hex');
  const lock = new CrossWindowLock(clock, async () => {
    const { FileLock } = await import('./lock/fileLock');
    return new FileLock({ folder: join(folder, 'locks'), clock, log });
  });
  const own = new OwnSecrets(secrets, clock);
  const index = new StoreIndex(join(folder, 'stores'));
  const hasStores = async (): Promise<boolean> => (await index.storeIds()).length > 0;
  const identity = new StoreIdentity(
    own,
    index.folder,
    pages === undefined ? { clock, hasStores } : undefined,
  );
  const legacy = async (): Promise<LegacyLedger | undefined> => {
    const ledger = join(folder, 'ledger');
    return existsSync(ledger) ? new (await import('./legacyLedger')).LegacyLedger(ledger) : undefined;
  };
  const readIndex = async (): Promise<IndexState | undefined> =>
    identity.known === undefined ? undefined : index.read(identity.known).catch(() => undefined);
  const served =
    pages &&
    new LazyServedView(() => {
      const parts = { own, identity, index, lock, folder, host, clock, log, watch };
      return import('./served/module').then((module) => module.createServedView({ ...parts, memory: pages }));
    });
  const view = served ?? new DesktopView({ own, readIndex, clock });
  const parts = { secrets, own, identity, index, view, legacy, lock, survives, clock, log };
  const store = new SecretStore({ ...parts, writer: host });
  store.onDidRecover(() => served?.catchUp());
  served?.onDidCatchUp((keys) => {
    for (const key of keys) store.changed(key);
  });
  own.onDidFail((error) => {
    log.error(errorText(error));
  });
  return {
    secrets: store,
    lock,
    folder,
    watch,
    onDidFail: own.onDidFail,
    onDidStayStale: served?.onDidStayStale ?? NEVER,
    onDidForget: served?.onDidForget ?? NEVER,
    storeId: () => identity.known,
    isAnotherStore: async (id) => id !== identity.known && (await index.storeIds()).includes(id),
    isStale: () => view.isStale(),
    untilCurrent: () => view.untilCurrent(),
    begin: async () => served?.begin(),
    tidy: async () => {
      await (await legacy())?.sweep(clock.now());
      if (identity.known === undefined) return;
      const { keepUsedIndexes, tidyIndex } = await import('./store/indexTidying');
      await keepUsedIndexes(index, identity.known);
      // A page that lacks what is announced is old.
      if (pages === undefined) await tidyIndex({ own, identity, index, lock, log });
    },
    prepareReload: async () => served?.prepareReload(),
    idle: () => lock.idle(),
    dispose: () => {
      store.dispose();
      served?.dispose();
    },
  };
}

const NEVER: Event<never> = () => ({ dispose: () => undefined });

/** The view of a served VS Code, whose parts are loaded there only. */
class LazyServedView implements StoreView, Disposable {
  private readonly caughtUp = new Emitter<readonly string[]>();
  private readonly stale = new Emitter<undefined>();
  private readonly forgot = new Emitter<undefined>();
  private loading: Promise<ServedView> | undefined;
  private loaded: ServedView | undefined;
  private isDisposed = false;

  readonly onDidCatchUp = this.caughtUp.event;
  readonly onDidStayStale = this.stale.event;
  readonly onDidForget = this.forgot.event;

  constructor(private readonly create: () => Promise<ServedView>) {}

  async current(key: string, own: Stored, index: IndexState | undefined): Promise<Stored> {
    return (await this.load()).view.current(key, own, index);
  }

  async beforeWrite(): Promise<void> {
    return (await this.load()).view.beforeWrite();
  }

  catchUp(): void {
    void this.loaded?.view.catchUp();
  }

  isStale(): boolean {
    return this.loaded?.view.isStale() ?? false;
  }

  async untilCurrent(): Promise<void> {
    await this.loaded?.view.untilCurrent();
  }

  async begin(): Promise<void> {
    await (await this.load()).begin();
  }

  async prepareReload(): Promise<void> {
    await (await this.load()).prepareReload();
  }

  dispose(): void {
    this.isDisposed = true;
    this.loaded?.dispose();
  }

  private load(): Promise<ServedView> {
    this.loading ??= this.create().then((served) => {
      this.loaded = served;
      served.view.onDidCatchUp((keys) => {
        this.caughtUp.fire(keys);
      });
      served.onDidStayStale(() => {
        this.stale.fire(undefined);
      });
      served.onDidForget(() => {
        this.forgot.fire(undefined);
      });
      if (this.isDisposed) served.dispose();
      return served;
    });
    return this.loading;
  }
}
