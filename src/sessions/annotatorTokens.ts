import type { Annotator, BoxClient } from '../box/client';
import type { Clock } from '../box/clock';
import { endpointsOf } from '../box/endpoints';
import { BoxError } from '../box/errors';
import { exchangeRefusal } from '../box/exchangeRefusal';
import type { BoxResource } from '../box/resources';
import { ScopesRefusedError } from './errors';
import type { LiveSession, TokenPair } from './sessionRecord';
import type { TokenRefresher } from './tokenRefresher';
import type { TokenSource } from './tokenSource';

/** What making annotator tokens needs from outside. */
export interface AnnotatorTokensDependencies {
  readonly refresher: TokenRefresher;
  readonly source: TokenSource;
  readonly box: BoxClient;
  readonly clock: Clock;
}

/** Tokens for people without a Box account who annotate, made by apps with a key pair (Box guide: tokens/annotator-tokens). */
export class AnnotatorTokens {
  constructor(private readonly dependencies: AnnotatorTokensDependencies) {}

  /**
   * Makes a token for one annotator.
   * @param parent a session of a JWT app, whose key signs who it is.
   * @throws ScopesRefusedError, SessionError, JwtKeyError, BoxError or StaleWindowError
   */
  async make(
    parent: LiveSession,
    annotator: Annotator,
    scopes: readonly string[],
    resource?: BoxResource,
  ): Promise<TokenPair> {
    const { refresher, source, box, clock } = this.dependencies;
    const { clientId, origins, appName, pair } = await refresher.fresh(parent);
    const key = await source.key(parent);
    const client = { endpoints: endpointsOf(origins), clientId };
    const downscoping = { subjectToken: pair.accessToken, scopes, resource };
    const issuedAt = clock.now();
    try {
      const { accessToken, expiresIn } = await box.annotatorToken(client, key, annotator, downscoping);
      return { accessToken, expiresIn, issuedAt };
    } catch (error) {
      if (error instanceof BoxError) error.appName = appName;
      if (exchangeRefusal(error) === 'scope') throw new ScopesRefusedError(scopes, appName, error);
      throw error;
    }
  }
}
