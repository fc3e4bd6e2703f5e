import { join } from 'node:path';
import type { AppSecrets } from '../apps/appSecrets';
import type { Settings } from '../apps/settings';
import type { BoxClient } from '../box/client';
import type { Clock } from '../common/clock';
import type { BoxBaseUrls } from '../box/endpoints';
import type { Disposable, Event } from '../common/emitter';
import type { Log } from '../common/log';
import type { Memory } from '../storage/memory';
import type { Storage } from '../storage/module';
import { FolderWatcher } from '../storage/folderWatcher';
import { RecordStore } from '../storage/recordStore';
import { ACCOUNT_KIND, AccountDirectory } from './store/accountDirectory';
import { DamagedSessions } from './store/damagedSessions';
import type { ExpiryWatcher } from './background/expiryWatcher';
import { IdleSessionKeeper } from './background/idleSessionKeeper';
import { PairKeeper } from './tokens/pairKeeper';
import { PendingRevocations, REVOCATION_KIND } from './tokens/pendingRevocations';
import { ProactiveRefresher } from './background/proactiveRefresher';
import { RefreshBackoff } from './tokens/refreshBackoff';
import type { RevocationSender } from './tokens/revocationSender';
import { RevocationRetrier } from './background/revocationRetrier';
import { SessionStore } from './store/sessionStore';
import { PreferredAccount } from './store/preferredAccount';
import { TokenChanges } from './tokens/tokenChanges';
import type { Lifecycle } from './lifecycle/module';
import { isRenewable, SESSION_KIND, type SessionRecord, type TokenPair } from './store/sessionRecord';
import { SignOutMarks } from './lifecycle/signOutMarks';
import { TokenExpiry } from './tokens/tokenExpiry';
import { TokenRefresher } from './tokens/tokenRefresher';
import { TokenRequests } from './tokens/tokenRequests';

/** Dependencies of {@link createSessions}. */
export interface SessionsDependencies {
  readonly storage: Storage;
  readonly box: BoxClient;
  readonly appSecrets: AppSecrets;
  readonly settings: Pick<Settings, 'originsIfValid' | 'keepSignedIn' | 'onDidChange'>;
  /** Whether somebody works in this window. */
  readonly isInUse: () => boolean;
  /** Fires when somebody comes back to this window. */
  readonly onDidFocus: Event<unknown>;
  /** What is remembered across windows and is not secret. */
  readonly memory: Memory;
  readonly clock: Clock;
  /** The clock by which callers wait for what goes on by itself; `clock` unless told. */
  readonly patience?: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly log: Log;
}

/** Everything that keeps sessions: what is stored, how it stays fresh, and how it ends. */
export interface Sessions extends Disposable {
  readonly store: SessionStore;
  readonly marks: SignOutMarks;
  readonly revocations: PendingRevocations;
  readonly damaged: DamagedSessions;
  readonly preferred: PreferredAccount;
  readonly expiry: TokenExpiry;
  readonly backoff: RefreshBackoff;
  readonly tokenRequests: TokenRequests;
  readonly keeper: PairKeeper;
  readonly refresher: TokenRefresher;
  /** The token of a downscoped session, which the store does not keep. */
  readonly downscopedToken: (sessionId: string) => TokenPair | undefined;
  readonly changes: TokenChanges;
  readonly proactive: ProactiveRefresher;
  readonly idleKeeper: IdleSessionKeeper;
  readonly retrier: RevocationRetrier;
  /** Loads what begins and ends sessions, which a quiet window does without. */
  loadLifecycle(): Promise<Lifecycle>;
  /** Reads what is stored, and begins to follow other windows. @throws StaleWindowError */
  begin(): Promise<void>;
  /** Resolves when no pair is in nobody's hands and nothing is being stored. */
  idle(): Promise<void>;
}

/** Builds the sessions of a window. Nothing is read and no timer runs before `begin`. */
export function createSessions(dependencies: SessionsDependencies): Sessions {
  const { storage, box, appSecrets, settings, isInUse, clock, random, log } = dependencies;
  const { onDidFocus, memory, patience = clock } = dependencies;
  const origins = (): BoxBaseUrls | undefined => settings.originsIfValid();
  const isWanted = (): boolean => settings.keepSignedIn();
  const { secrets, lock, folder, watch } = storage;

  const markFolder = join(folder, 'marks');
  const watcher = (changed: () => void): FolderWatcher =>
    new FolderWatcher(markFolder, changed, clock, watch);
  const marks = new SignOutMarks({ folder: markFolder, storage, watcher, log });
  const revocationRecords = new RecordStore(secrets, REVOCATION_KIND, log);
  const revocations = new PendingRevocations({ records: revocationRecords, box, clock });
  let sender: RevocationSender | undefined;
  const loadSender = async (): Promise<RevocationSender> => {
    const part = await import('./tokens/revocationSender');
    return (sender ??= new part.RevocationSender({ revocations, box, appSecrets, clock, log }));
  };
  const readMarks = async (records: readonly SessionRecord[]): Promise<void> => {
    marks.note(await revocations.marks());
    for (const mark of await revocations.earlierMarks(records)) await marks.add(mark);
  };
  const records = new RecordStore(secrets, SESSION_KIND, log);
  const store = new SessionStore({
    records,
    origins,
    marks,
    readMarks,
    isStale: () => storage.isStale(),
    untilCurrent: () => storage.untilCurrent(),
    log,
  });

  const expiry = new TokenExpiry(clock);
  const backoff = new RefreshBackoff({ folder: join(folder, 'pauses'), clock, random, log });
  const tokenRequests = new TokenRequests({ box, appSecrets, clock });
  const keeper = new PairKeeper({ store, marks, revocations, loadSender, box, clock, log });
  const prepare = (): Promise<void> => secrets.prepare();
  const forRefresh = { store, tokenRequests, keeper, lock, prepare, backoff, expiry, clock: patience, log };
  const refresher = new TokenRefresher(forRefresh);

  const damaged = new DamagedSessions({ secrets, revocations, loadSender, log });
  const directory = new AccountDirectory(new RecordStore(secrets, ACCOUNT_KIND, log), lock);
  let lifecycle: Lifecycle | undefined;
  const loadLifecycle = async (): Promise<Lifecycle> => {
    const { createLifecycle } = await import('./lifecycle/module');
    const ofSessions = { store, marks, revocations, damaged, directory, backoff, expiry, refresher };
    const loadedSender = await loadSender();
    lifecycle ??= createLifecycle({
      ...ofSessions,
      sender: loadedSender,
      storage,
      box,
      appSecrets,
      tokenRequests,
      clock,
      patience,
      log,
    });
    return lifecycle;
  };

  const proactive = new ProactiveRefresher({ store, refresher, expiry, clock, random, isInUse, log });
  const idleKeeper = new IdleSessionKeeper({ store, refresher, clock, random, isWanted, log });
  let expiryWatcher: ExpiryWatcher | undefined;
  const watchExpiry = async (): Promise<void> => {
    const part = await import('./background/expiryWatcher');
    expiryWatcher ??= new part.ExpiryWatcher({ store, refresher, expiry, clock, log });
  };
  const forRetries = { marks, revocations, loadLifecycle, clock, random, log };
  const retrier = new RevocationRetrier(forRetries);

  const noteMark = async (key: string): Promise<void> => {
    const mark = await revocations.markAt(key).catch(() => undefined);
    if (mark !== undefined) marks.note([mark]);
  };
  const subscriptions: Disposable[] = [
    settings.onDidChange(() => {
      store.originsChanged();
    }),
    onDidFocus(() => {
      backoff.reset();
      proactive.resume();
    }),
    secrets.onDidChange(({ key }) => {
      if (key.startsWith('app/')) backoff.reset();
      void noteMark(key);
      void store.secretChanged(key);
    }),
    store.onDidChange(() => {
      const unsaved = store.givenUpUnsaved();
      if (unsaved.length > 0) void loadLifecycle().then(({ signOut }) => signOut.finishUnsaved(unsaved));
    }),
    store.onDidChange(({ added, loaded = [] }) => {
      if (![...added, ...loaded].every(isRenewable)) void watchExpiry();
    }),
    store.onDidReturn((record) => {
      void loadLifecycle().then(({ signOut }) => signOut.finishReturned(record));
    }),
    secrets.onDidOvertake((value) => {
      // At once: whoever has just read what overtook the value goes on with it.
      lifecycle?.children.overtaken(value.key);
      void loadLifecycle().then(({ overtaken }) => overtaken.settle(value));
    }),
    secrets.onDidRecover(() => {
      void store.readAllStored().catch(() => undefined);
    }),
  ];
  const followRevocations = (): readonly Disposable[] => [
    secrets.onDidChange(({ key }) => {
      if (key.startsWith('app/') || key.startsWith('revocation/')) retrier.begin();
    }),
    marks.onDidChange(() => {
      retrier.begin();
    }),
    // A sign-out of which the record could not be removed leaves its mark otherwise.
    secrets.onDidRecover(() => {
      retrier.begin();
    }),
  ];
  const parts = { store, marks, revocations, damaged, expiry, backoff, tokenRequests, keeper, refresher };
  const timers = { proactive, idleKeeper, retrier };
  const downscopedToken = (id: string): TokenPair | undefined => lifecycle?.downscoped.known(id)?.token;
  const forExtensions = {
    downscopedToken,
    changes: new TokenChanges(store),
    preferred: new PreferredAccount(memory),
  };
  return {
    ...parts,
    ...timers,
    ...forExtensions,
    loadLifecycle,
    begin: async (): Promise<void> => {
      idleKeeper.begin();
      retrier.begin();
      subscriptions.push(...followRevocations());
      await Promise.all([storage.begin(), marks.begin()]);
      await store.load();
      void directory.load().catch(() => undefined);
      void storage.tidy();
    },
    idle: async (): Promise<void> => {
      await Promise.all([refresher.idle(), lifecycle?.idle()]);
      await keeper.idle();
      await storage.idle();
    },
    dispose: (): void => {
      const timed = [proactive, idleKeeper, expiryWatcher, retrier];
      for (const each of [...subscriptions, marks, ...timed, lifecycle]) each?.dispose();
    },
  };
}
