import { join } from 'node:path';
import type { AppSecrets } from '../apps/appSecrets';
import type { BoxClient } from '../box/client';
import type { Clock } from '../box/clock';
import type { BoxOrigins } from '../box/endpoints';
import type { Disposable } from '../emitter';
import type { Log } from '../log';
import type { Storage } from '../storage/module';
import { RecordStore } from '../storage/recordStore';
import { ACCOUNT_KIND, AccountDirectory } from './accountDirectory';
import { AppRemover } from './appRemover';
import { CHILDREN_KIND } from './childRecord';
import { ChildTokens } from './childTokens';
import { DamagedSessions } from './damagedSessions';
import { DeveloperTokens } from './developerTokens';
import { DownscopedTokens } from './downscopedTokens';
import { ExpiryWatcher } from './expiryWatcher';
import { IdleSessionKeeper } from './idleSessionKeeper';
import { PairKeeper } from './pairKeeper';
import { ParentExchange } from './parentExchange';
import { PendingRevocations, REVOCATION_KIND } from './pendingRevocations';
import { ProactiveRefresher } from './proactiveRefresher';
import { RefreshBackoff } from './refreshBackoff';
import { RevocationRetrier } from './revocationRetrier';
import { ServerSignIn } from './serverSignIn';
import { SessionBook } from './sessionBook';
import { SessionCreator } from './sessionCreator';
import { SessionEnder } from './sessionEnder';
import { SESSION_KIND, type SessionRecord } from './sessionRecord';
import { SessionRegistrar } from './sessionRegistrar';
import { SignOutMarks } from './signOutMarks';
import { TokenLife } from './tokenLife';
import { TokenRefresher } from './tokenRefresher';
import { TokenSource } from './tokenSource';

/** Dependencies of {@link createSessions}. */
export interface SessionsDependencies {
  readonly storage: Storage;
  readonly box: BoxClient;
  readonly appSecrets: AppSecrets;
  /** The Box that the settings name, or undefined while they name none. */
  readonly origins: () => BoxOrigins | undefined;
  /** The setting `keepSignedIn`. */
  readonly keepSignedIn: () => boolean;
  /** Whether somebody works in this window. */
  readonly isInUse: () => boolean;
  readonly clock: Clock;
  /** The clock by which callers wait for what goes on by itself; `clock` unless told. */
  readonly patience?: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly log: Log;
}

/** Everything that keeps sessions: what is stored, how it stays fresh, and how it ends. */
export interface Sessions extends Disposable {
  readonly book: SessionBook;
  readonly marks: SignOutMarks;
  readonly revocations: PendingRevocations;
  readonly damaged: DamagedSessions;
  readonly life: TokenLife;
  readonly backoff: RefreshBackoff;
  readonly source: TokenSource;
  readonly keeper: PairKeeper;
  readonly refresher: TokenRefresher;
  readonly children: ChildTokens;
  readonly exchange: ParentExchange;
  readonly downscoped: DownscopedTokens;
  readonly ender: SessionEnder;
  readonly remover: AppRemover;
  readonly creator: SessionCreator;
  readonly serverSignIn: ServerSignIn;
  readonly developerTokens: DeveloperTokens;
  readonly proactive: ProactiveRefresher;
  readonly idleKeeper: IdleSessionKeeper;
  readonly retrier: RevocationRetrier;
  /** Reads what is stored, and begins to follow other windows. @throws StaleWindowError */
  begin(): Promise<void>;
  /** Resolves when no pair is in nobody's hands and nothing is being stored. */
  idle(): Promise<void>;
}

/** Builds the sessions of a window. Nothing is read and no timer runs before `begin`. */
export function createSessions(dependencies: SessionsDependencies): Sessions {
  const { storage, box, appSecrets, origins, keepSignedIn, isInUse, clock, random, log } = dependencies;
  const { patience = clock } = dependencies;
  const { secrets, lock, folder, watch } = storage;
  const ensureCurrent = (): Promise<void> => secrets.ensureCurrent();

  const marks = new SignOutMarks({ folder: join(folder, 'marks'), clock, watch, log });
  const revocationStore = new RecordStore(secrets, REVOCATION_KIND, log);
  const revocations = new PendingRevocations({ store: revocationStore, box, appSecrets, clock, log });
  const readMarks = async (records: readonly SessionRecord[]): Promise<void> => {
    marks.note(await revocations.marks());
    for (const mark of await revocations.earlierMarks(records)) await marks.add(mark);
  };
  const store = new RecordStore(secrets, SESSION_KIND, log);
  const book = new SessionBook({ store, origins, marks, readMarks, isStale: () => storage.isStale(), log });

  const life = new TokenLife(clock);
  const backoff = new RefreshBackoff({ folder: join(folder, 'pauses'), clock, random, log });
  const source = new TokenSource({ box, appSecrets, clock });
  const keeper = new PairKeeper({ book, marks, revocations, box, clock, log });
  const prepare = (): Promise<void> => secrets.prepare();
  const forRefresh = { book, source, keeper, lock, prepare, backoff, life, clock: patience, log };
  const refresher = new TokenRefresher(forRefresh);

  const childStore = new RecordStore(secrets, CHILDREN_KIND, log);
  const children = new ChildTokens({ store: childStore, book, box, source, lock, log });
  const exchange = new ParentExchange({ book, refresher, box, children });
  const downscoped = new DownscopedTokens({ book, exchange, box, life, clock, log });

  const ender = new SessionEnder({ book, marks, revocations, children, backoff, lock, clock: patience, log });
  const damaged = new DamagedSessions({ secrets, revocations, log });
  const remover = new AppRemover({ book, ender, revocations, children, damaged, appSecrets });
  const directory = new AccountDirectory(new RecordStore(secrets, ACCOUNT_KIND, log), lock);
  const registrar = new SessionRegistrar({ book, box, directory, lock, clock, log });
  const creator = new SessionCreator({ box, registrar, revocations, ensureCurrent, clock, log });
  const serverSignIn = new ServerSignIn({ source, box, registrar, revocations, ensureCurrent });
  const developerTokens = new DeveloperTokens({ book, box, registrar, ensureCurrent, clock });

  const proactive = new ProactiveRefresher({ book, refresher, life, clock, random, isInUse, log });
  const idleKeeper = new IdleSessionKeeper({ book, refresher, clock, random, isWanted: keepSignedIn, log });
  const expiry = new ExpiryWatcher({ book, refresher, life, clock, log });
  const forRetries = { ender, children, revocations, remover, clock, random, log };
  const retrier = new RevocationRetrier(forRetries);

  const noteMark = async (key: string): Promise<void> => {
    const mark = await revocations.markAt(key).catch(() => undefined);
    if (mark !== undefined) marks.note([mark]);
  };
  const subscriptions: Disposable[] = [
    secrets.onDidChange(({ key }) => {
      if (key.startsWith('app/')) backoff.reset();
      void noteMark(key);
      void book.secretChanged(key);
    }),
    secrets.onDidRecover(() => {
      void book.readAllStored().catch(() => undefined);
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
  const parts = { book, refresher, revocations, ender, remover, creator, serverSignIn, developerTokens };
  const tokens = {
    source,
    keeper,
    life,
    backoff,
    children,
    exchange,
    downscoped,
    proactive,
    marks,
  };
  const upkeep = { damaged, idleKeeper, retrier };
  return {
    ...parts,
    ...tokens,
    ...upkeep,
    begin: async (): Promise<void> => {
      idleKeeper.begin();
      retrier.begin();
      subscriptions.push(...followRevocations());
      await Promise.all([storage.begin(), marks.begin()]);
      await book.load();
      void directory.load().catch(() => undefined);
      void storage.tidy();
    },
    idle: async (): Promise<void> => {
      await Promise.all([
        creator.idle(),
        serverSignIn.idle(),
        refresher.idle(),
        ender.idle(),
        children.stored(),
      ]);
      await storage.idle();
    },
    dispose: (): void => {
      for (const each of [
        ...subscriptions,
        marks,
        proactive,
        idleKeeper,
        expiry,
        downscoped,
        children,
        retrier,
      ]) {
        each.dispose();
      }
    },
  };
}
