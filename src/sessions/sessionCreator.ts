import type { BoxApp } from '../apps/app';
import type { BoxClient } from '../box/client';
import type { Clock } from '../box/clock';
import { endpointsOf, type BoxOrigins } from '../box/endpoints';
import type { BoxClientIdentity, TokenResponse } from '../box/protocol';
import type { BoxUser } from '../box/user';
import type { Log } from '../log';
import type { Authorization, AuthorizationWindow } from '../signIn/authorization';
import { SignInError } from '../signIn/errors';
import type { SignInMethod } from '../signIn/signInMethod';
import { SessionError } from './errors';
import type { PendingRevocations } from './pendingRevocations';
import { tokenPair, type LiveSession, type TokenPair } from './sessionRecord';
import type { SessionRegistrar } from './sessionRegistrar';

/** Dependencies of {@link SessionCreator}. */
export interface SessionCreatorDependencies {
  readonly box: BoxClient;
  readonly registrar: SessionRegistrar;
  readonly revocations: PendingRevocations;
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
  private readonly underWay = new Set<Promise<unknown>>();

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
    const { authorize } = await import('../signIn/authorization');
    const authorization = await authorize(method, parameters, window, { clock, log });
    const completed = this.complete(request, authorization, window);
    this.underWay.add(completed);
    const forget = (): boolean => this.underWay.delete(completed);
    completed.then(forget, forget);
    return unlessAborted(window.signal, completed);
  }

  /** Resolves when no pair is in nobody's hands: each that Box gave is kept or revoked. */
  async idle(): Promise<void> {
    while (this.underWay.size > 0) await Promise.allSettled(this.underWay);
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
      return await this.keep(request, user, tokenPair(answer, sentAt), signal);
    } catch (error) {
      await this.discard(request, answer);
      throw error;
    }
  }

  private async keep(
    { app, origins, scopes }: SignInRequest,
    user: BoxUser,
    pair: TokenPair,
    signal: AbortSignal,
  ): Promise<LiveSession> {
    if (pair.refreshToken === undefined) throw new SessionError('no_refresh_token', app.name);
    return this.dependencies.registrar.enter({ app, origins, scopes, user, pair }, signal);
  }

  /** A pair that nobody keeps must not stay alive at Box: what cannot be revoked now is revoked later. */
  private async discard(request: SignInRequest, answer: TokenResponse): Promise<void> {
    const { app, origins, clientSecret } = request;
    const { clientId, name } = app;
    const token = answer.refreshToken ?? answer.accessToken;
    const revocation = { origins, clientId, appName: name, label: name, token };
    await this.dependencies.revocations.revoke(revocation, clientSecret);
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
