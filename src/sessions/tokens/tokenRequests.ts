import type { AppSecrets } from '../../apps/appSecrets';
import type { StoredJwtKey } from '../../apps/storedJwtKey';
import type { BoxClient } from '../../box/client';
import type { Clock } from '../../common/clock';
import { endpointsOf, type BoxBaseUrls } from '../../box/endpoints';
import { OAuthError } from '../../box/errors';
import type { BoxClientIdentity } from '../../box/protocol';
import { SessionError } from '../errors';
import {
  isServerSession,
  tokenPair,
  type LiveSession,
  type ServerCredential,
  type ServerSession,
  type TokenPair,
} from '../store/sessionRecord';

/** Dependencies of {@link TokenRequests}. */
export interface TokenRequestsDependencies {
  readonly box: BoxClient;
  readonly appSecrets: AppSecrets;
  readonly clock: Clock;
}

/** A server-side app, and whom it acts as. */
export interface ServerApp {
  readonly origins: BoxBaseUrls;
  readonly clientId: string;
  readonly appName: string;
  readonly credential: ServerCredential;
  readonly subject: ServerSession['subject'];
}

/** The app of a session, as far as its secrets are concerned. */
export type AppOfSession = Pick<LiveSession, 'origins' | 'clientId' | 'appName'>;

/** Asks Box for tokens, in the way of each credential. Nothing is kept here. */
export class TokenRequests {
  constructor(private readonly dependencies: TokenRequestsDependencies) {}

  /**
   * The next tokens of a session: by its refresh token (RFC 6749 §6), or as a server-side app asks for any.
   * @throws BoxError; JwtKeyError; SessionError where a secret is missing or the session has no next token
   */
  async next(session: LiveSession): Promise<TokenPair> {
    if (isServerSession(session)) return this.first(session);
    const { refreshToken } = session.pair;
    if (refreshToken === undefined) throw new SessionError('not_renewable', session.appName, session);
    const client = await this.client(session);
    const sentAt = this.dependencies.clock.now();
    return tokenPair(await this.dependencies.box.refresh(client, refreshToken), sentAt);
  }

  /** A token of a server-side app (RFC 6749 §4.4, RFC 7523 §2.1). @throws BoxError, JwtKeyError or SessionError */
  async first(app: ServerApp, signal?: AbortSignal): Promise<TokenPair> {
    const { box, clock } = this.dependencies;
    // A key comes with the secret, in one file: without either, the file is what is missing.
    const key = app.credential === 'jwt' ? await this.key(app) : undefined;
    const client = await this.client(app);
    const sentAt = clock.now();
    try {
      const answer =
        key === undefined
          ? await box.clientCredentials(client, app.subject, signal)
          : await box.jwt(client, key, app.subject, signal);
      return tokenPair(answer, sentAt);
    } catch (error) {
      if (error instanceof OAuthError) {
        error.serverCredential = app.credential;
        error.subjectType = app.subject.type;
      }
      throw error;
    }
  }

  /** What an app authenticates with. @throws SessionError where its secret is not stored */
  async client(app: AppOfSession): Promise<BoxClientIdentity> {
    const { clientId, origins, appName } = app;
    const clientSecret = await this.dependencies.appSecrets.clientSecret(clientId, origins);
    if (clientSecret === undefined) throw new SessionError('client_secret_missing', appName);
    return { endpoints: endpointsOf(origins), clientId, clientSecret };
  }

  /** What an app signs with. @throws SessionError where it is not stored */
  async key({ clientId, origins, appName }: AppOfSession): Promise<StoredJwtKey> {
    const key = await this.dependencies.appSecrets.jwtKey(clientId, origins);
    if (key === undefined) throw new SessionError('private_key_missing', appName);
    return key;
  }
}
