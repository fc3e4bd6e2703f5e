import type { AppSecrets } from '../../apps/appSecrets';
import type { BoxClient } from '../../box/client';
import type { Clock } from '../../common/clock';
import type { Disposable } from '../../common/emitter';
import type { Log } from '../../common/log';
import { RecordStore } from '../../storage/recordStore';
import type { Storage } from '../../storage/module';
import { AnnotatorTokens } from '../downscoped/annotatorTokens';
import { CHILDREN_KIND } from '../downscoped/childRecord';
import { ChildTokens } from '../downscoped/childTokens';
import { DownscopedTokens } from '../downscoped/downscopedTokens';
import { TokenExchanger } from '../downscoped/tokenExchanger';
import type { AccountDirectory } from '../store/accountDirectory';
import type { DamagedSessions } from '../store/damagedSessions';
import type { TokenPair } from '../store/sessionRecord';
import type { SessionStore } from '../store/sessionStore';
import type { PendingRevocations } from '../tokens/pendingRevocations';
import type { RefreshBackoff } from '../tokens/refreshBackoff';
import type { RevocationSender } from '../tokens/revocationSender';
import type { TokenExpiry } from '../tokens/tokenExpiry';
import { RejectedTokens } from '../tokens/rejectedTokens';
import type { TokenRefresher } from '../tokens/tokenRefresher';
import type { TokenRequests } from '../tokens/tokenRequests';
import { AppRemover } from './appRemover';
import { DeveloperTokens } from './developerTokens';
import { NewSessions } from './newSessions';
import { OvertakenPairs } from './overtakenPairs';
import { ServerSignIn } from './serverSignIn';
import { SignOut } from './signOut';
import type { SignOutMarks } from './signOutMarks';
import { UserSignIn } from './userSignIn';

/** Dependencies of {@link createLifecycle}. */
export interface LifecycleDependencies {
  readonly storage: Storage;
  readonly box: BoxClient;
  readonly appSecrets: AppSecrets;
  readonly store: SessionStore;
  readonly marks: SignOutMarks;
  readonly revocations: PendingRevocations;
  readonly sender: RevocationSender;
  readonly damaged: DamagedSessions;
  readonly directory: AccountDirectory;
  readonly backoff: RefreshBackoff;
  readonly expiry: TokenExpiry;
  readonly refresher: TokenRefresher;
  readonly tokenRequests: TokenRequests;
  readonly clock: Clock;
  /** The clock by which callers wait for what goes on by itself. */
  readonly patience: Clock;
  readonly log: Log;
}

/** What begins and ends sessions, and makes tokens from theirs: a window that only reads and refreshes does without. */
export interface Lifecycle extends Disposable {
  readonly userSignIn: UserSignIn;
  readonly serverSignIn: ServerSignIn;
  readonly developerTokens: DeveloperTokens;
  readonly signOut: SignOut;
  readonly remover: AppRemover;
  readonly overtaken: OvertakenPairs;
  readonly sender: RevocationSender;
  readonly children: ChildTokens;
  readonly exchanger: TokenExchanger;
  readonly downscoped: DownscopedTokens;
  readonly annotators: AnnotatorTokens;
  readonly rejected: RejectedTokens;
  /** Resolves when no pair is in nobody's hands and every sign-out is stored. */
  idle(): Promise<void>;
}

/** Builds what begins and ends sessions. */
export function createLifecycle(dependencies: LifecycleDependencies): Lifecycle {
  const { storage, box, appSecrets, store, marks, revocations, damaged, directory } = dependencies;
  const { sender, backoff, expiry, refresher, tokenRequests, clock, patience, log } = dependencies;
  const { secrets, lock } = storage;
  const ensureCurrent = (): Promise<void> => secrets.ensureCurrent();

  const records = new RecordStore(secrets, CHILDREN_KIND, log);
  const children = new ChildTokens({ records, store, box, tokenRequests, lock, log });
  const recovered = secrets.onDidRecover(() => {
    children.storeAgain();
  });
  const exchanger = new TokenExchanger({ store, refresher, box, children, backoff });
  const downscoped = new DownscopedTokens({ store, exchanger, box, expiry, clock, patience, log });
  const annotators = new AnnotatorTokens({ exchanger, tokenRequests, box, clock });

  const signOut = new SignOut({
    store,
    marks,
    revocations,
    sender,
    children,
    backoff,
    lock,
    clock: patience,
    log,
  });
  const remover = new AppRemover({ store, signOut, revocations, children, damaged, appSecrets });
  const overtaken = new OvertakenPairs({ marks, sender, store, lock, box, log });

  const newSessions = new NewSessions({ store, box, directory, lock, clock, log });
  const userSignIn = new UserSignIn({ box, newSessions, appSecrets, sender, ensureCurrent, clock, log });
  const serverSignIn = new ServerSignIn({ tokenRequests, box, newSessions, sender, ensureCurrent });
  const developerTokens = new DeveloperTokens({ store, box, newSessions, ensureCurrent, clock });

  const downscopedToken = (id: string): TokenPair | undefined => downscoped.known(id)?.token;
  const rejected = new RejectedTokens({ store, downscopedToken, expiry, clock, log });

  return {
    userSignIn,
    serverSignIn,
    developerTokens,
    signOut,
    remover,
    overtaken,
    sender,
    children,
    exchanger,
    downscoped,
    annotators,
    rejected,
    idle: async () => {
      await Promise.all([userSignIn.idle(), serverSignIn.idle(), signOut.idle(), children.stored()]);
      await overtaken.idle();
    },
    dispose: () => {
      recovered.dispose();
      downscoped.dispose();
      children.dispose();
    },
  };
}
