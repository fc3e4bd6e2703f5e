import assert from 'node:assert/strict';
import type { DownscopedSession } from '../../../../src/sessions/downscoped/downscopedTokens';
import { readScopes } from '../../../../src/sessions/downscoped/scopeRequest';
import type { LiveSession } from '../../../../src/sessions/store/sessionRecord';
import type { EmulatedBox } from '../../support/emulatedBox';
import type { SessionWindow } from '../../support/sessionWindow';

/** Grant type of an exchange (RFC 8693 §2.1). */
export const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';

/** What can be asked: see {@link downscopedRequests}. */
export interface DownscopedRequests {
  /** Asks for a session of these scopes, as an extension does. */
  readonly session: (
    asked?: readonly string[],
    isNew?: boolean,
    from?: LiveSession,
  ) => Promise<DownscopedSession>;
  readonly tokenOf: (...given: Parameters<DownscopedRequests['session']>) => Promise<string>;
  /** How many exchanges have reached Box. */
  readonly exchanges: () => Promise<number>;
  readonly isLive: (token: string) => Promise<boolean>;
}

/** What tests of downscoped tokens ask, of a window and a parent that each test has anew. */
export function downscopedRequests(
  box: EmulatedBox,
  window: () => SessionWindow,
  parent: () => LiveSession,
): DownscopedRequests {
  const session: DownscopedRequests['session'] = (
    asked = ['item_preview'],
    isNew = false,
    from = parent(),
  ) => {
    const request = readScopes(asked, window().origins);
    assert.ok(request.kind === 'downscoped');
    return window().downscoped.session(from, request, isNew);
  };
  return {
    session,
    tokenOf: async (...given) => (await session(...given)).token.accessToken,
    exchanges: async () => (await box.control.requests({ grantType: EXCHANGE })).length,
    isLive: async (token) => (await box.control.tokenInfo(token)).live,
  };
}
