import * as vscode from 'vscode';
import type { OAuthError } from '../../box/errors';
import { appRefusal } from '../../box/refusals';
import type { UserMessage } from './userMessage';

/**
 * The message for what Box answered to an app that asked for a token as itself, where that means something else than
 * for an app that signs users in. Undefined where it means the same.
 */
export function serverAppMessage(refused: OAuthError, app: string): UserMessage | undefined {
  const { error, description = '', serverCredential, subjectType = 'enterprise' } = refused;
  if (serverCredential === undefined) return undefined;
  switch (appRefusal(refused)) {
    case 'credentials':
      return serverCredential === 'jwt' ? wrongConfigFile(app) : undefined;
    case 'type':
      return wrongType(serverCredential, app);
    case 'authorization':
      return undefined;
    case 'subject_type':
      return subjectRefused(app, subjectType);
    case 'grant':
      return /grant credentials/i.test(description) ? subjectRefused(app, subjectType) : wrongSubject(app);
    case 'user_tokens':
      return noUserTokens(app);
    case 'key_id':
    case 'signature':
      return wrongKey(app);
    case 'time':
      return wrongTime(app);
    case 'subject':
    case 'assertion':
      return wrongSubject(app);
    case 'unclear':
      return error === 'invalid_request' ? wrongRequest(app) : undefined;
  }
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

function wrongKey(app: string): UserMessage {
  return toConfigure(
    vscode.l10n.t(
      'Box doesn’t recognize the key that {0} signs with. Generate a new key pair in the Box Developer Console, then choose its config.json in Configure App.',
      app,
    ),
  );
}

function wrongTime(app: string): UserMessage {
  return toConfigure(
    vscode.l10n.t(
      'Box rejected the time in the request that {0} signed. Correct the clock of this computer, then try again.',
      app,
    ),
  );
}

function wrongSubject(app: string): UserMessage {
  return toConfigure(
    vscode.l10n.t(
      'Box doesn’t let {0} act as the user or enterprise in its settings. Check the enterprise or user ID in Configure App, and ask your Box administrator whether the app is authorized.',
      app,
    ),
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
  return toConfigure(
    vscode.l10n.t(
      '{0} isn’t allowed to act as users. Turn on Generate User Access Tokens for it in the Box Developer Console, then ask your Box administrator to authorize the app again.',
      app,
    ),
  );
}

function wrongRequest(app: string): UserMessage {
  return toConfigure(
    vscode.l10n.t(
      'Box couldn’t process the request. Check the client ID and the enterprise or user ID of {0} in the Box Developer Console.',
      app,
    ),
  );
}

function toConfigure(text: string): UserMessage {
  return { text, actions: ['configureApp', 'showLog'] };
}
