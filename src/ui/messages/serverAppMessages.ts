import * as vscode from 'vscode';
import type { OAuthError } from '../../box/errors';
import type { UserMessage } from './userMessage';

/**
 * The message for what Box answered to an app that asked for a token as itself, where that means something else than
 * for an app that signs users in. Undefined where it means the same.
 */
export function serverAppMessage(
  { error, description = '', serverCredential, subjectType }: OAuthError,
  app: string,
): UserMessage | undefined {
  if (serverCredential === undefined) return undefined;
  if (/grant type is unauthorized/i.test(description)) return wrongType(serverCredential, app);
  const isSubjectRefused =
    (error === 'unauthorized_client' && /box_sub(?:ject)?_type/i.test(description)) ||
    (error === 'invalid_grant' && /grant credentials/i.test(description));
  if (isSubjectRefused) return subjectRefused(app, subjectType ?? 'enterprise');
  if (error === 'invalid_grant') return refusedGrant(description, app);
  if (error === 'invalid_client' && serverCredential === 'jwt') return wrongConfigFile(app);
  if (error !== 'invalid_request') return undefined;
  return /user token/i.test(description) ? noUserTokens(app) : wrongRequest(app);
}

function wrongType(credential: NonNullable<OAuthError['serverCredential']>, app: string): UserMessage {
  const text =
    credential === 'jwt'
      ? vscode.l10n.t(
          '{0} can’t sign in with a key pair. In the Box Developer Console, create a Platform App with Server Authentication (JWT), then add it in Configure App.',
          app,
        )
      : vscode.l10n.t(
          '{0} can’t sign in with client credentials. In the Box Developer Console, create a Platform App with Server Authentication (Client Credentials Grant), then add it in Configure App.',
          app,
        );
  return { text, actions: ['configureApp'] };
}

/** The causes, the most likely first (Box guide on client credentials: its types of access, and user tokens). */
function subjectRefused(app: string, subjectType: 'enterprise' | 'user'): UserMessage {
  const text =
    subjectType === 'user'
      ? vscode.l10n.t(
          'Box doesn’t let {0} act as the configured user (box_subject_type “user”). In the Box Developer Console, select App + Enterprise Access and Generate User Access Tokens. Then ask your Box administrator to authorize the app again. Also check the user ID and the type of the app.',
          app,
        )
      : vscode.l10n.t(
          'Box doesn’t let {0} act as its service account (box_subject_type “enterprise”). In the Box Developer Console, select App + Enterprise Access. Then ask your Box administrator to authorize the app again. Also check the enterprise ID and the type of the app.',
          app,
        );
  return { text, actions: ['configureApp', 'openConsole', 'showLog'] };
}

function refusedGrant(description: string, app: string): UserMessage {
  return { text: refusedGrantText(description, app), actions: ['configureApp', 'showLog'] };
}

/** Box has one code for many causes; its description, which may change, tells some of them apart. */
function refusedGrantText(description: string, app: string): string {
  if (/\bkid\b|signature/i.test(description)) {
    return vscode.l10n.t(
      'Box doesn’t recognize the key that {0} signs with. Generate a new key pair in the Box Developer Console, then choose its config.json in Configure App.',
      app,
    );
  }
  if (/'(exp|iat|nbf)'/i.test(description)) {
    return vscode.l10n.t(
      'Box rejected the time in the request that {0} signed. Correct the clock of this computer, then try again.',
      app,
    );
  }
  return vscode.l10n.t(
    'Box does not let {0} act as the one it is configured for. Check the enterprise or user ID in Configure App, and ask your Box administrator whether the app is authorized.',
    app,
  );
}

function wrongConfigFile(app: string): UserMessage {
  return {
    text: vscode.l10n.t(
      'Box rejected the client ID or client secret of {0}. Generate a new key pair in the Box Developer Console and choose its config.json.',
      app,
    ),
    actions: ['chooseConfigFile', 'configureApp'],
  };
}

function noUserTokens(app: string): UserMessage {
  return {
    text: vscode.l10n.t(
      '{0} isn’t allowed to act as users. Turn on Generate User Access Tokens for it in the Box Developer Console, then ask your Box administrator to authorize the app again.',
      app,
    ),
    actions: ['configureApp', 'showLog'],
  };
}

function wrongRequest(app: string): UserMessage {
  return {
    text: vscode.l10n.t(
      'Box couldn’t process the request. Check the client ID and the enterprise or user ID of {0} in the Box Developer Console.',
      app,
    ),
    actions: ['configureApp', 'showLog'],
  };
}
