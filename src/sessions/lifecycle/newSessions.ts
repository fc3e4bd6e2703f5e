import { randomUUID } from 'node:crypto';
import type { Clock } from '../../common/clock';
import type { BoxBaseUrls } from '../../box/endpoints';
import type { BoxUser } from '../../box/user';
import type { Log } from '../../common/log';
import type { BoxClient } from '../../box/client';
import type { Lease, Lock } from '../../storage/lock/lock';
import type { AccountDirectory, AccountKind, AppReference } from '../store/accountDirectory';
import { sessionLock, signInLock } from '../store/lockNames';
import type { SessionStore } from '../store/sessionStore';
import type { AccountReference } from '../store/sessionSelection';
import {
  formerTokens,
  isSameSession,
  type LiveSession,
  type SessionRecord,
  type TokenPair,
} from '../store/sessionRecord';

/** Dependencies of {@link NewSessions}. */
export interface NewSessionsDependencies {
  readonly store: SessionStore;
  readonly box: BoxClient;
  readonly directory: AccountDirectory;
  readonly lock: Lock;
  readonly clock: Clock;
  readonly log: Log;
}

/** What a new session is made of. */
export interface NewSession extends Pick<SessionRecord, 'credential' | 'subject'> {
  readonly app: AppReference;
  readonly origins: BoxBaseUrls;
  /** What was asked for, verbatim. */
  readonly scopes: readonly string[];
  readonly user: BoxUser;
  readonly pair: TokenPair;
}

/** The one place where sessions are made, of whatever kind of sign-in: each is stored under its account. */
export class NewSessions {
  constructor(private readonly dependencies: NewSessionsDependencies) {}

  /**
   * Stores a session. One with the same app, user and scopes, of whatever window, is replaced in place.
   * @param signal nothing is stored once it is aborted; its reason is then thrown.
   * @throws StaleWindowError, and what SecretStorage throws
   */
  async add(session: NewSession, signal: AbortSignal): Promise<LiveSession> {
    const { lock, log } = this.dependencies;
    const { app, user } = session;
    const entered = await lock.withLock(signInLock(app.clientId, user.id), (lease) =>
      this.replaceOrAdd(session, signal, lease),
    );
    log.info(`Signed in: session ${entered.id} with app ${app.name}`);
    return entered;
  }

  private async replaceOrAdd(session: NewSession, signal: AbortSignal, lease: Lease): Promise<LiveSession> {
    const { store, directory } = this.dependencies;
    const { app, user } = session;
    const sessions = await store.readAllStored();
    const ofUser = sessions.filter((each) => each.clientId === app.clientId && each.user.id === user.id);
    const account = await directory.accountFor(user, app, ofUser.length > 0, kindOf(session));
    const made = this.record(session, account);
    const replaced = ofUser.find((each) => isSameSession(each, made));
    return this.write({ ...made, id: replaced?.id ?? made.id }, signal, lease);
  }

  /** The tokens of the one that is replaced live on at Box: they are kept, to be revoked at the sign-out. */
  private async write(made: LiveSession, signal: AbortSignal, signInLease: Lease): Promise<LiveSession> {
    const { store, lock, box } = this.dependencies;
    return lock.withLock(sessionLock(made.id), async (lease) => {
      const replaced = await store.readStored(made.id);
      const former = replaced === undefined ? [] : formerTokens(replaced, box.serverTime());
      const entered = former.length === 0 ? made : { ...made, former };
      signal.throwIfAborted();
      await signInLease.check();
      await store.add(entered, lease);
      return entered;
    });
  }

  private record(session: NewSession, account: AccountReference): LiveSession {
    const { app, origins, scopes, user, pair, credential, subject } = session;
    const { id, login, name, enterprise } = user;
    return {
      id: randomUUID(),
      ...(credential !== undefined && { credential }),
      ...(subject !== undefined && { subject }),
      origins,
      clientId: app.clientId,
      appName: app.name,
      user: { id, login, name, ...(enterprise && { enterprise }) },
      account: { id: account.id, label: account.label },
      scopes: [...scopes],
      signedInAt: this.dependencies.clock.now(),
      signIn: randomUUID(),
      pair,
    };
  }
}

function kindOf({ credential, subject }: NewSession): AccountKind {
  if (credential === 'developerToken') return 'developerToken';
  return subject?.type === 'enterprise' ? 'serviceAccount' : 'user';
}
