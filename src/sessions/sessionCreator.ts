import { randomUUID } from 'node:crypto';
import type { BoxApp } from '../apps/app';
import type { BoxClient } from '../box/client';
import type { Clock } from '../box/clock';
import { endpointsOf, type BoxOrigins } from '../box/endpoints';
import type { BoxClientIdentity, TokenResponse } from '../box/protocol';
import type { BoxUser } from '../box/user';
import type { Log } from '../log';
import { authorize, type Authorization, type AuthorizationWindow } from '../signIn/authorization';
import { SignInError } from '../signIn/errors';
import type { SignInMethod } from '../signIn/signInMethod';
import type { AccountDirectory } from './accountDirectory';
import { SessionError } from './errors';
import { sessionLock, type Lock } from './lock';
import type { PendingRevocations } from './pendingRevocations';
import type { SessionBook } from './sessionBook';
import { isSameSession, tokenPair, type LiveSession } from './sessionRecord';

/** What making sessions needs from outside. */
export interface SessionCreatorDependencies {
  readonly book: SessionBook;
  readonly box: BoxClient;
  readonly directory: AccountDirectory;
  readonly revocations: PendingRevocations;
  readonly lock: Lock;
  /** Throws a StaleWindowError where a session could not be stored: the person is then not sent to Box. */
  readonly ensureCurrent: () => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
}

/** A sign-in to make. */
export interface SignInRequest {
  readonly app: BoxApp;
  readonly clientSecret: string;
  readonly origins: BoxOrigins;
  readonly method: SignInMethod;
  /** Application scopes to ask for; none asks for everything that the app has. */
  readonly scopes: readonly string[];
  /** Login to fill in at Box. */
  readonly login?: string | undefined;
}

/** Makes sessions out of sign-ins: authorization, exchange of the code, the user, and into the book. */
export class SessionCreator {
  constructor(private readonly dependencies: SessionCreatorDependencies) {}

  /**
   * Signs in. One with the same app, user and scopes is replaced in place.
   * @throws SignInError as soon as the window's signal aborts or when nobody answered in time; BoxError; SessionError.
   */
  async create(request: SignInRequest, window: AuthorizationWindow): Promise<LiveSession> {
    const { clock, log } = this.dependencies;
    const { app, origins, method, scopes, login } = request;
    await this.dependencies.ensureCurrent();
    const authorizationEndpoint = endpointsOf(origins).authorization;
    const parameters = { authorizationEndpoint, clientId: app.clientId, scopes, login };
    const authorization = await authorize(method, parameters, window, { clock, log });
    return unlessAborted(window.signal, this.complete(request, authorization, window));
  }

  /** Runs to its end even after a cancel, because a pair that was asked for must be kept or revoked. */
  private async complete(
    request: SignInRequest,
    authorization: Authorization,
    { signal, confirmAccount }: Pick<AuthorizationWindow, 'signal' | 'confirmAccount'>,
  ): Promise<LiveSession> {
    const { box, clock } = this.dependencies;
    const client = identity(request);
    const sentAt = clock.now();
    const answer = await box.exchangeCode(client, authorization, authorization.receivedAt);
    try {
      const user = await box.currentUser(client.endpoints, answer.accessToken);
      if (authorization.isBare && !(await confirmAccount(user.login))) throw new SignInError('other_account');
      signal.throwIfAborted();
      return await this.keep(request, user, answer, { sentAt, signal });
    } catch (error) {
      await this.discard(request, answer);
      throw error;
    }
  }

  private async keep(
    { app, origins, scopes }: SignInRequest,
    user: BoxUser,
    answer: TokenResponse,
    { sentAt, signal }: { readonly sentAt: number; readonly signal: AbortSignal },
  ): Promise<LiveSession> {
    const { book, directory, lock, clock, log } = this.dependencies;
    const pair = tokenPair(answer, sentAt);
    if (pair === undefined) throw new SessionError('no_refresh_token', app.name);
    const sessions = await book.all();
    const ofUser = sessions.filter((each) => each.clientId === app.clientId && each.user.id === user.id);
    const account = await directory.accountFor(user, app, ofUser.length > 0);
    const { id, login, name, enterprise } = user;
    const made: LiveSession = {
      id: randomUUID(),
      origins,
      clientId: app.clientId,
      appName: app.name,
      user: { id, login, name, ...(enterprise && { enterprise }) },
      account,
      scopes: [...scopes],
      signedInAt: clock.now(),
      pair,
    };
    const replaced = ofUser.find((each) => isSameSession(each, made));
    const session = { ...made, id: replaced?.id ?? made.id };
    await lock.withLock(sessionLock(session.id), () => {
      signal.throwIfAborted();
      return book.write(session);
    });
    log.info(`Signed in: session ${session.id} with app ${app.name}`);
    return session;
  }

  /** A pair that nobody keeps must not stay alive at Box: what cannot be revoked now is revoked later. */
  private async discard({ app, origins }: SignInRequest, answer: TokenResponse): Promise<void> {
    const { clientId, name } = app;
    const refreshToken = answer.refreshToken ?? answer.accessToken;
    await this.dependencies.revocations.revoke({
      origins,
      clientId,
      appName: name,
      label: name,
      refreshToken,
    });
  }
}

function identity({ app, clientSecret, origins }: SignInRequest): BoxClientIdentity {
  return { endpoints: endpointsOf(origins), clientId: app.clientId, clientSecret };
}

/** Rejects as soon as the signal aborts, leaving the work to finish by itself. */
function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', onAbort);
    });
  });
}
