import type { BoxClient } from '../../box/client';
import { BoxError, isTransient, OAuthError, retryAfterOf, UnreachableError } from '../../box/errors';
import { errorText } from '../../common/errorText';
import type { Log } from '../../common/log';
import type { Child, Family } from './childRecord';
import { SessionError } from '../errors';
import type { TokenRequests } from '../tokens/tokenRequests';

/** Dependencies of {@link ChildRevoker}. */
export interface ChildRevokerDependencies {
  readonly box: BoxClient;
  readonly tokenRequests: TokenRequests;
  readonly log: Log;
}

/** How many are sent at a time. */
const AT_A_TIME = 4;

/** Sends revocations of tokens that were made from others (RFC 7009). Nothing is stored here, and nothing thrown. */
export class ChildRevoker {
  constructor(private readonly dependencies: ChildRevokerDependencies) {}

  /**
   * Sends each once, a few at a time, and none any more once a failure says that the others would meet it too.
   * @returns those that are done with: Box has ended them, or refuses to for good.
   */
  async revokeAll(family: Family, children: readonly Child[]): Promise<ReadonlySet<string>> {
    const done = new Set<string>();
    const waiting = [...children];
    const work = async (): Promise<void> => {
      for (let child = waiting.shift(); child !== undefined; child = waiting.shift()) {
        const failure = await this.failureOf(family, child);
        if (failure === undefined) done.add(child.token);
        else if (isOfAll(failure)) waiting.length = 0;
      }
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, work));
    return done;
  }

  /** Why a token has to be sent again later; undefined where it need not. */
  private async failureOf(family: Family, { token, kind }: Child): Promise<unknown> {
    const { box, tokenRequests, log } = this.dependencies;
    try {
      await box.revoke(await tokenRequests.client(family), token);
      log.info(`Revoked a token of ${family.appName} (${kind})`);
      return undefined;
    } catch (error) {
      if (isFinal(error)) {
        log.info(
          `Box does not revoke a token of ${family.appName} (${kind}), which ends by itself: ${errorText(error)}`,
        );
        return undefined;
      }
      log.warn(
        `A token of ${family.appName} (${kind}) could not be revoked and is kept: ${errorText(error)}`,
      );
      return error;
    }
  }
}

/** Whether Box has decided. A wrong client secret can be mended, and says nothing of the token. */
function isFinal(error: unknown): boolean {
  return error instanceof BoxError && !isTransient(error) && !isInvalidClient(error);
}

function isInvalidClient(error: unknown): boolean {
  return error instanceof OAuthError && error.error === 'invalid_client';
}

/** Whether a failure is about Box, the network or the app, and not about the one token. */
function isOfAll(error: unknown): boolean {
  const isOfBox = error instanceof UnreachableError || retryAfterOf(error) > 0;
  return isOfBox || isInvalidClient(error) || error instanceof SessionError;
}
