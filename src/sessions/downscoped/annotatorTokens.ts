import type { Annotator, BoxClient } from '../../box/client';
import type { Clock } from '../../common/clock';
import { endpointsOf } from '../../box/endpoints';
import type { BoxResource } from '../../box/resources';
import type { TokenExchanger } from './tokenExchanger';
import { tokenPair, type LiveSession, type TokenPair } from '../store/sessionRecord';
import type { TokenRequests } from '../tokens/tokenRequests';

/** Dependencies of {@link AnnotatorTokens}. */
export interface AnnotatorTokensDependencies {
  readonly exchanger: TokenExchanger;
  readonly tokenRequests: TokenRequests;
  readonly box: BoxClient;
  readonly clock: Clock;
}

/** Tokens for people without a Box account who annotate, made by apps with a key pair (Box guide: tokens/annotator-tokens). */
export class AnnotatorTokens {
  constructor(private readonly dependencies: AnnotatorTokensDependencies) {}

  /**
   * Makes a token for one annotator.
   * @param parent a session of a JWT app, whose key signs who it is.
   * @throws ScopesRefusedError, ExchangeRefusedError, SessionError, JwtKeyError, BoxError or StaleWindowError
   */
  async make(
    parent: LiveSession,
    annotator: Annotator,
    scopes: readonly string[],
    resource?: BoxResource,
  ): Promise<TokenPair> {
    const { exchanger, tokenRequests, box, clock } = this.dependencies;
    const key = await tokenRequests.key(parent);
    const made = await exchanger.run(parent, {
      kind: 'annotator',
      scopes,
      resource,
      send: async ({ origins, clientId, pair }) => {
        const client = { endpoints: endpointsOf(origins), clientId };
        const downscoping = { subjectToken: pair.accessToken, scopes, resource };
        const sentAt = clock.now();
        return tokenPair(await box.annotatorToken(client, key, annotator, downscoping), sentAt);
      },
    });
    return made.token;
  }
}
