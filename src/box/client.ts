import type { Clock } from '../common/clock';
import type { Log } from '../common/log';
import type { BoxEndpoints } from './endpoints';
import { OAuthError, UnexpectedResponseError } from './errors';
import type { Fetch } from './http';
import type { JwtKey } from './jwtAssertion';
import type {
  AccessTokenResponse,
  AuthorizationCodeGrant,
  BoxClientIdentity,
  Sender,
  TokenResponse,
} from './protocol';
import type { RetryPolicy } from './retry';
import type { GrantSubject } from './serverGrants';
import { ServerTime } from './serverTime';
import type { Downscoping } from './tokenExchange';
import type { BoxUser } from './user';

/** Somebody without a Box account who annotates, for an app with server authentication (JWT). */
export interface Annotator {
  /** The app's own id of that person. */
  readonly externalUserId: string;
  readonly displayName: string;
}

/** A page as it was answered. */
export interface BoxPage {
  /** HTTP status, 200 to 499, but for a redirect and what asks to try again. */
  readonly status: number;
  /** Box's `BOX-REQUEST-ID`, which other servers do not send. */
  readonly requestId: string | undefined;
  readonly text: string;
}

/** Dependencies of {@link BoxClient}. */
export interface BoxClientDependencies {
  readonly loadFetch: () => Promise<Fetch>;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly userAgent: string;
  readonly log: Log;
}

/** Longest wait for an answer, in ms. */
const TIMEOUT_MS = 15_000;
const CODE_EXCHANGE_TIMEOUT_MS = 12_000;
/** The same for a token. With all attempts and the waits between them it takes less than the 50 s that people wait. */
const TOKEN_TIMEOUT_MS = 12_000;
/** The same for a page that is only looked at, in ms. */
const PAGE_TIMEOUT_MS = 8000;
/** A code lives 30 s (Box guide on expiration); nothing is sent with it after this age, in ms. */
const CODE_USABLE_MS = 28_000;

const CODE_EXCHANGE_RETRY: RetryPolicy = { attempts: 2, baseDelayMs: 500, maxDelayMs: 10_000 };
const REFRESH_RETRY: RetryPolicy = { attempts: 3, baseDelayMs: 1000, maxDelayMs: 5000 };
const REVOCATION_RETRY: RetryPolicy = { attempts: 2, baseDelayMs: 1000, maxDelayMs: 5000 };
const ACCESS_TOKEN_RETRY: RetryPolicy = { attempts: 3, baseDelayMs: 1000, maxDelayMs: 5000 };
const CURRENT_USER_RETRY: RetryPolicy = { attempts: 4, baseDelayMs: 500, maxDelayMs: 10_000 };

/** Talks to Box: every request that this extension sends goes through here. Errors are those of `errors.ts`. */
export class BoxClient {
  private readonly time: ServerTime;

  constructor(private readonly dependencies: BoxClientDependencies) {
    this.time = new ServerTime(dependencies.clock);
  }

  /**
   * The time by Box's clock, in ms since the epoch; undefined before the first answer of this run.
   * @param since from when on the answer must be, by the monotonic clock in ms.
   */
  serverTime(since?: number): number | undefined {
    return this.time.now(since);
  }

  /**
   * Exchanges an authorization code, and once more when the answer got lost while the code still lives.
   * @param receivedAt when the code arrived here, in ms since the epoch.
   */
  async exchangeCode(
    client: BoxClientIdentity,
    grant: AuthorizationCodeGrant,
    receivedAt: number,
    signal?: AbortSignal,
  ): Promise<TokenResponse> {
    const { authorizationCodeGrant, retrying } = await import('./requests');
    const usableMs = (): number => receivedAt + CODE_USABLE_MS - this.dependencies.clock.now();
    return retrying(
      () => {
        const timeoutMs = Math.min(CODE_EXCHANGE_TIMEOUT_MS, usableMs());
        if (timeoutMs <= 0) throw new OAuthError('invalid_grant', 'The authorization code has expired');
        return authorizationCodeGrant(client, grant, this.sender(timeoutMs, signal));
      },
      { ...CODE_EXCHANGE_RETRY, canWait: (ms) => ms < usableMs() },
      { ...this.dependencies, signal },
    );
  }

  /** Refreshes a pair. A lost or incomplete answer is asked for again with the same refresh token, which Box allows. */
  async refresh(
    client: BoxClientIdentity,
    refreshToken: string,
    signal?: AbortSignal,
  ): Promise<TokenResponse> {
    const { refreshTokenGrant } = await import('./requests');
    return this.retryToken(REFRESH_RETRY, signal, async (sender) => {
      const answer = await refreshTokenGrant(client, refreshToken, sender);
      // Box rotates: without the new one, the first use of the new access token would end the session.
      if (answer.refreshToken === undefined) throw new UnexpectedResponseError(200, 'no refresh token');
      return answer;
    });
  }

  /** Revokes a token and its pair. A token that Box no longer knows counts as revoked. */
  async revoke(client: BoxClientIdentity, token: string, signal?: AbortSignal): Promise<void> {
    const { revocation } = await import('./requests');
    return this.retry(REVOCATION_RETRY, signal, (sender) => revocation(client, token, sender));
  }

  /** Reads the owner of an access token. This is a use of the token, which ends the one before it. */
  async currentUser(endpoints: BoxEndpoints, accessToken: string, signal?: AbortSignal): Promise<BoxUser> {
    const { currentUser } = await import('./requests');
    return this.retry(CURRENT_USER_RETRY, signal, (sender) => currentUser(endpoints, accessToken, sender));
  }

  /** Asks for a token of a server-side app (CCG). There is no refresh token: another token is asked for instead. */
  async clientCredentials(
    client: BoxClientIdentity,
    subject: GrantSubject,
    signal?: AbortSignal,
  ): Promise<AccessTokenResponse> {
    const { clientCredentialsGrant } = await import('./requests');
    return this.retryToken(ACCESS_TOKEN_RETRY, signal, (sender) =>
      clientCredentialsGrant(client, subject, sender),
    );
  }

  /**
   * Asks for a token of a server-side app (JWT), each time with an assertion of its own. Where Box refuses one because
   * this machine's clock is wrong, it is asked once more by Box's clock. Throws also JwtKeyError, before any request.
   */
  async jwt(
    client: BoxClientIdentity,
    key: JwtKey,
    { type, id }: GrantSubject,
    signal?: AbortSignal,
  ): Promise<AccessTokenResponse> {
    const { assertionSigner, atServerTime, jwtBearerGrant } = await import('./requests');
    const assertion = assertionSigner(client.clientId, key);
    const attempt = atServerTime(this.dependencies.clock, (now, sender: Sender) =>
      jwtBearerGrant(client, assertion({ sub: id, box_sub_type: type }, now), sender),
    );
    return this.retryToken(ACCESS_TOKEN_RETRY, signal, attempt);
  }

  /** Exchanges an access token for a downscoped one. This is a use of the token, which ends the one before it. */
  async exchange(
    endpoints: BoxEndpoints,
    downscoping: Downscoping,
    signal?: AbortSignal,
  ): Promise<AccessTokenResponse> {
    const { tokenExchange } = await import('./requests');
    return this.retryToken(ACCESS_TOKEN_RETRY, signal, (sender) =>
      tokenExchange(endpoints, downscoping, sender),
    );
  }

  /**
   * Exchanges an access token of a server-side app (JWT) for an annotator's. About the clock and JwtKeyError as `jwt`.
   * @param client the app that the access token was issued to.
   */
  async annotatorToken(
    client: Pick<BoxClientIdentity, 'endpoints' | 'clientId'>,
    key: JwtKey,
    annotator: Annotator,
    downscoping: Downscoping,
    signal?: AbortSignal,
  ): Promise<AccessTokenResponse> {
    const { assertionSigner, atServerTime, tokenExchange } = await import('./requests');
    const assertion = assertionSigner(client.clientId, key);
    const { externalUserId: sub, displayName: name } = annotator;
    const attempt = atServerTime(this.dependencies.clock, (now, sender: Sender) => {
      const actorToken = assertion({ sub, box_sub_type: 'external', name }, now);
      return tokenExchange(client.endpoints, downscoping, sender, actorToken);
    });
    return this.retryToken(ACCESS_TOKEN_RETRY, signal, attempt);
  }

  /**
   * Finds which scopes an exchange was refused for, which Box does not say, by asking for each alone.
   * @param onProbe gets each token that this brings, which nobody needs.
   * @returns those scopes; none where each alone is given.
   */
  async refusedScopes(
    endpoints: BoxEndpoints,
    downscoping: Downscoping,
    onProbe: (token: AccessTokenResponse) => void,
    signal?: AbortSignal,
  ): Promise<readonly string[]> {
    const { exchangeRefusal } = await import('./requests');
    const refused: string[] = [];
    for (const scope of downscoping.scopes) {
      try {
        onProbe(await this.exchange(endpoints, { ...downscoping, scopes: [scope] }, signal));
      } catch (error) {
        const refusal = exchangeRefusal(error);
        if (refusal !== 'scope' && refusal !== 'either') throw error;
        refused.push(scope);
      }
    }
    return refused;
  }

  /**
   * Gets a page once, without a token: what is answered tells who is there. About errors see `send`.
   * @param url may have a query with nothing secret in it.
   */
  async page(url: string, signal?: AbortSignal): Promise<BoxPage> {
    const { requestIdOf } = await import('./requests');
    const headers = { accept: 'text/html, application/json' };
    const answer = await this.sender(PAGE_TIMEOUT_MS, signal)(url, { method: 'GET', headers });
    return { status: answer.status, requestId: requestIdOf(answer.headers), text: await answer.text() };
  }

  private async retry<T>(
    policy: RetryPolicy,
    signal: AbortSignal | undefined,
    operation: (sender: Sender) => Promise<T>,
    timeoutMs = TIMEOUT_MS,
  ): Promise<T> {
    const { retrying } = await import('./requests');
    return retrying(() => operation(this.sender(timeoutMs, signal)), policy, {
      ...this.dependencies,
      signal,
    });
  }

  /** The same for a token that somebody waits for. */
  private retryToken<T>(...[policy, signal, operation]: Parameters<typeof this.retry<T>>): Promise<T> {
    return this.retry(policy, signal, operation, TOKEN_TIMEOUT_MS);
  }

  private sender(timeoutMs: number, signal: AbortSignal | undefined): Sender {
    const dependencies = { ...this.dependencies, serverTime: this.time };
    return async (url, request) => {
      const { send } = await import('./requests');
      return send(dependencies, url, request, { timeoutMs, signal });
    };
  }
}
