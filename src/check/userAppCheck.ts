import type { BoxApp } from '../apps/app';
import { randomToken } from '../box/authorizationRequest';
import type { BoxClient } from '../box/client';
import { BoxError, OAuthError } from '../box/errors';
import type { BoxClientIdentity } from '../box/protocol';
import { appRefusal, type AppRefusal } from '../box/refusals';
import type { Clock } from '../common/clock';
import { notChecked, ok, problem, unknown, type Finding } from './finding';
import { credentialsRefused, unanswered } from './serverAppRefusals';

/** Dependencies of {@link UserAppCheck}. */
export interface UserAppCheckDependencies {
  readonly box: Pick<BoxClient, 'exchangeCode' | 'clientCredentials'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** What is looked at of an app that users sign in with, once its credentials are right. */
export const OF_USER_APP = ['appType', 'authorization', 'scopes'] as const;
/** An ID that no enterprise has. */
const NOBODY = { type: 'enterprise', id: '0' } as const;
/** Sent with the code, which Box does not come to compare. */
const REDIRECT_URI = 'https://vscode.dev/redirect';
/** What Box only answers to a client that may use the grant. */
const OF_GRANT: ReadonlySet<AppRefusal> = new Set(['grant', 'subject', 'subject_type', 'user_tokens']);

/**
 * Checks an app that users sign in with, by exchanging a code that was made up: Box refuses it, and how it does tells
 * whether it knows the client (RFC 6749 §5.2, Box guide on common errors).
 */
export class UserAppCheck {
  constructor(private readonly dependencies: UserAppCheckDependencies) {}

  /** @param client what it authenticates with. */
  async run(app: BoxApp, client: BoxClientIdentity, signal: AbortSignal): Promise<readonly Finding[]> {
    const error = await this.exchangeCode(client, signal);
    const accepted = ok('credentials', 'credentials_accepted');
    switch (error instanceof OAuthError ? appRefusal(error) : 'unclear') {
      case 'grant':
        return [
          accepted,
          ok('appType', 'type_right', { type: 'oauth2' }),
          unknown('authorization', 'authorization_of_users'),
          unknown('scopes', 'scopes_untold'),
        ];
      case 'credentials':
        return [credentialsRefused(app), ...notChecked('credentials', ...OF_USER_APP)];
      case 'type': {
        const wrong = { setting: app.authMethod, atBox: await this.typeOf(client, signal) };
        return [
          accepted,
          problem('appType', 'type_wrong', wrong),
          ...notChecked('appType', 'authorization', 'scopes'),
        ];
      }
      case 'authorization':
        return [
          accepted,
          problem('authorization', 'not_authorized'),
          ...notChecked('authorization', 'appType', 'scopes'),
        ];
      case 'key_id':
      case 'signature':
      case 'subject':
      case 'subject_type':
      case 'user_tokens':
      case 'time':
      case 'assertion':
      case 'unclear':
        return unanswered(error, ...OF_USER_APP);
    }
  }

  /**
   * Finds out of which type an app is at Box, by asking with the grants that are left. Nobody can be asked for a token
   * with a key that is not there: what is none of the others may be a JWT app, or one without any of these grants.
   */
  async typeOf(client: BoxClientIdentity, signal: AbortSignal): Promise<BoxApp['authMethod'] | undefined> {
    const ofCode = await this.exchangeCode(client, signal);
    if (ofCode instanceof OAuthError && OF_GRANT.has(appRefusal(ofCode))) return 'oauth2';
    const ofClient = await refusalOf(this.dependencies.box.clientCredentials(client, NOBODY, signal));
    const isOfGrant = ofClient instanceof OAuthError && OF_GRANT.has(appRefusal(ofClient));
    return isOfGrant ? 'clientCredentials' : undefined;
  }

  private exchangeCode(client: BoxClientIdentity, signal: AbortSignal): Promise<BoxError> {
    const { box, clock } = this.dependencies;
    const grant = { code: randomToken(), redirectUri: REDIRECT_URI, codeVerifier: randomToken() };
    return refusalOf(box.exchangeCode(client, grant, clock.now(), signal));
  }
}

/** Why Box gave no token for what cannot be had. Throws what is no answer of Box. */
async function refusalOf(request: Promise<unknown>): Promise<BoxError> {
  try {
    await request;
  } catch (error) {
    if (error instanceof BoxError) return error;
    throw error;
  }
  throw new TypeError('Box gave a token for what was made up');
}
