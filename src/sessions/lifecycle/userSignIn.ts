import type { BoxApp } from '../../apps/app';
import type { AppSecrets } from '../../apps/appSecrets';
import type { BoxClient } from '../../box/client';
import type { Clock } from '../../common/clock';
import { endpointsOf, type BoxBaseUrls } from '../../box/endpoints';
import type { BoxClientIdentity, TokenResponse } from '../../box/protocol';
import type { BoxUser } from '../../box/user';
import type { Log } from '../../common/log';
import type { Authorization, AuthorizationWindow } from '../../signIn/authorization';
import { SignInError } from '../../signIn/errors';
import type { SignInMethod } from '../../signIn/signInMethod';
import { SessionError } from '../errors';
import type { RevocationSender } from '../tokens/revocationSender';
import { tokenPair, type LiveSession, type TokenPair } from '../store/sessionRecord';
import type { NewSessions } from './newSessions';
import { RunningWork } from '../../common/runningWork';

/** Dependencies of {@link UserSignIn}. */
export interface UserSignInDependencies {
  readonly box: BoxClient;
  readonly newSessions: NewSessions;
  readonly appSecrets: AppSecrets;
  readonly sender: Pick<RevocationSender, 'revoke'>;
  /** Throws a StaleWindowError where a session could not be stored: the person is then not sent to Box. */
  readonly ensureCurrent: () => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
}

/** A sign-in to make. */
export interface SignInRequest {
  readonly app: BoxApp;
  readonly clientSecret: string;
  readonly origins: BoxBaseUrls;
  readonly method: SignInMethod;
  /** Application scopes to ask for; none asks for everything that the app has. */
  readonly scopes: readonly string[];
  /** Login to fill in at Box. */
  readonly login?: string | undefined;
}

/** Signs a user in: authorization, exchange of the code, whose account it is, and a stored session. */
export class UserSignIn {
  private readonly running = new RunningWork();

  constructor(private readonly dependencies: UserSignInDependencies) {}

  /**
   * Signs in. One with the same app, user and scopes is replaced in place.
   * @throws SignInError as soon as the window's signal aborts or when nobody answered in time; BoxError; SessionError.
   */
  async run(request: SignInRequest, window: AuthorizationWindow): Promise<LiveSession> {
    const { clock, log } = this.dependencies;
    const { app, origins, method, scopes, login } = request;
    await this.dependencies.ensureCurrent();
    const authorizationEndpoint = endpointsOf(origins).authorization;
    const parameters = { authorizationEndpoint, clientId: app.clientId, scopes, login };
    const { authorize } = await import('../../signIn/authorization');
    const authorization = await authorize(method, parameters, window, { clock, log });
    const completed = this.running.add(this.complete(request, authorization, window));
    return unlessAborted(window.signal, completed);
  }

  /** Resolves when no pair is in nobody's hands: each that Box gave is kept or revoked. */
  async idle(): Promise<void> {
    await this.running.idle();
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
    if (await this.isRemoved(app, origins)) throw new SessionError('client_secret_missing', app.name);
    return this.dependencies.newSessions.add({ app, origins, scopes, user, pair }, signal);
  }

  /** Whether the app was removed while the person was at Box: nobody could refresh or revoke the session. */
  private async isRemoved({ clientId }: BoxApp, origins: BoxBaseUrls): Promise<boolean> {
    const { appSecrets } = this.dependencies;
    // What cannot be read now may be there.
    const secret = await appSecrets.clientSecret(clientId, origins).catch(() => '');
    return secret === undefined;
  }

  /** A pair that nobody keeps must not stay alive at Box: what cannot be revoked now is revoked later. */
  private async discard(request: SignInRequest, answer: TokenResponse): Promise<void> {
    const { app, origins, clientSecret } = request;
    const { clientId, name } = app;
    const token = answer.refreshToken ?? answer.accessToken;
    const revocation = { origins, clientId, appName: name, label: name, token };
    await this.dependencies.sender.revoke(revocation, clientSecret);
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
