import * as vscode from 'vscode';
import type { ApiRefusedError, OAuthError } from '../../box/errors';
import { serverAppMessage } from './serverAppMessages';
import { fromServer, type UserMessage } from './userMessage';

/** The message for an error that Box answered at the redirect URI or the token endpoint. */
export function oauthMessage(oauthError: OAuthError, app: string): UserMessage {
  const { error, description, status } = oauthError;
  const ofServerApp = serverAppMessage(oauthError, app);
  if (ofServerApp !== undefined) return ofServerApp;
  if (error === 'access_denied' && status === undefined) return denied();
  if (error === 'server_error' && status === undefined && /^\s*107\b/.test(description ?? '')) {
    return notListed(app);
  }
  if (/grant type is unauthorized/i.test(description ?? '')) return wrongAppType(app);
  return (
    known(error, app) ?? {
      text:
        description === undefined
          ? vscode.l10n.t(
              'Box answered “{0}”. Try again; if it stays, show your Box administrator the log.',
              fromServer(error),
            )
          : vscode.l10n.t(
              'Box answered “{0}”: {1}. Try again; if it stays, show your Box administrator the log.',
              fromServer(error),
              fromServer(description).replace(/\.$/, ''),
            ),
      actions: ['showLog'],
    }
  );
}

function denied(): UserMessage {
  return {
    text: vscode.l10n.t(
      'You are not signed in, because access was denied on the Box page. To sign in, choose Grant access to Box there.',
    ),
    actions: ['signIn'],
  };
}

/** Box says so of an app that the company has not listed, after access was granted. Its documents do not name the number. */
function notListed(app: string): UserMessage {
  return {
    text: vscode.l10n.t(
      'Box stopped the sign-in after you granted access (error 107). Most likely your company allows only the apps on its list: ask your Box administrator to add {0}. If it is on the list, try again in a minute.',
      app,
    ),
    actions: ['copyAdminMessage', 'signIn', 'showLog'],
  };
}

function wrongAppType(app: string): UserMessage {
  return {
    text: vscode.l10n.t(
      'Box does not let {0} sign users in. In the Box Developer Console, create a Platform App with User Authentication (OAuth 2.0), and configure that one.',
      app,
    ),
    actions: ['configureApp'],
  };
}

/** The catalog's message. A code from outside may be the name of anything that objects have. */
function known(error: string, app: string): UserMessage | undefined {
  return Object.hasOwn(CATALOG, error) ? CATALOG[error]?.(app) : undefined;
}

/** Box's `error` codes, at the redirect URI, the token endpoint and the API. */
const CATALOG: Readonly<Record<string, (app: string) => UserMessage>> = {
  access_denied: (app) => ({
    text: vscode.l10n.t(
      'Box refuses access to {0} for this account. Ask your Box administrator to allow the app.',
      app,
    ),
    actions: ['showLog'],
  }),
  invalid_request: (app) => ({
    text: vscode.l10n.t(
      'Box could not use the request. Compare the client ID and the redirect URI of {0} with the Box Developer Console.',
      app,
    ),
    actions: ['configureApp', 'showLog'],
  }),
  invalid_client: (app) => ({
    text: vscode.l10n.t(
      'Box does not accept the client ID or the client secret of {0}. Copy the secret from the Configuration page of the Box Developer Console and enter it again.',
      app,
    ),
    actions: ['enterClientSecret', 'configureApp'],
  }),
  unauthorized_client: (app) => ({
    text: vscode.l10n.t(
      '{0} is not authorized in your company. Ask your Box administrator to authorize its client ID in the Platform Apps Manager.',
      app,
    ),
    actions: ['configureApp'],
  }),
  invalid_grant: () => ({
    text: vscode.l10n.t(
      'The answer of the Box page could not be used any more: a code works once, and for 30 seconds only. Sign in again.',
    ),
    actions: ['signIn'],
  }),
  unsupported_response_type: () => ({
    text: vscode.l10n.t(
      'Box does not support this kind of sign-in at the configured address. Check the account base URL.',
    ),
    actions: ['openSetting'],
    setting: 'box-authentication.accountBaseUrl',
  }),
  invalid_scope: (app) => ({
    text: vscode.l10n.t(
      'Box does not grant one of the scopes that were asked for. Enable them for {0} in the Box Developer Console, or ask for fewer.',
      app,
    ),
    actions: ['openSetting'],
    setting: 'box-authentication.apps',
  }),
  redirect_uri_mismatch: (app) => ({
    text: vscode.l10n.t(
      'The redirect URI is not registered for {0}. Register it in the Box Developer Console exactly as Configure App shows it. If it is registered, check that the app is of the type User Authentication (OAuth 2.0): Box says the same of any other.',
      app,
    ),
    actions: ['configureApp'],
  }),
  unauthorized_device: () => ({
    text: vscode.l10n.t(
      'Box does not permit this device for your account. Ask your Box administrator to remove an old device pin.',
    ),
    actions: ['showLog'],
  }),
  temporarily_unavailable: () => busy(),
  server_error: () => busy(),
  password_reset_required: () => ({
    text: vscode.l10n.t(
      'Box wants you to set a new password first. Sign in to Box in the browser, set it, and try again.',
    ),
    actions: ['signIn'],
  }),
  terms_of_service_required: () => ({
    text: vscode.l10n.t(
      'Box wants you to accept its terms of service first. Sign in to Box in the browser, accept, and try again.',
    ),
    actions: ['signIn'],
  }),
  no_credit_card_trial_ended: () => ({
    text: vscode.l10n.t(
      'The trial of this Box account has ended. Choose a plan in the Box web app, then sign in again.',
    ),
    actions: ['signIn'],
  }),
  service_blocked: () => ({
    text: vscode.l10n.t('Box has blocked this service for your account. Ask your Box administrator.'),
    actions: ['showLog'],
  }),
  grace_period_expired: () => ({
    text: vscode.l10n.t('The grace period of this Box account is over. Ask your Box administrator.'),
    actions: ['showLog'],
  }),
  access_from_location_blocked: () => ({
    text: vscode.l10n.t(
      'Your company does not allow Box from this place. Connect to its network or VPN and try again.',
    ),
    actions: ['signIn'],
  }),
  error_access_from_ip_not_allowed: () => ({
    text: vscode.l10n.t(
      'Your company does not allow Box from this network address. Connect to its network or VPN and try again.',
    ),
    actions: ['signIn'],
  }),
  unauthorized: () => ({
    text: vscode.l10n.t('This Box user is deactivated. Ask your Box administrator.'),
    actions: ['showLog'],
  }),
  forbidden_by_policy: () => ({
    text: vscode.l10n.t('A policy of your company forbids this. Ask your Box administrator.'),
    actions: ['showLog'],
  }),
  user_email_confirmation_required: () => ({
    text: vscode.l10n.t(
      'Box wants you to confirm your e-mail address first. Follow the link that Box sent you, and try again.',
    ),
    actions: ['signIn'],
  }),
  access_denied_insufficient_permissions: () => ({
    text: vscode.l10n.t(
      'Your Box user has no permission for this. Ask whoever owns it in Box, or your Box administrator.',
    ),
    actions: ['showLog'],
  }),
  insufficient_scope: (app) => ({
    text: vscode.l10n.t(
      'The token lacks a scope for this. Enable it for {0} in the Box Developer Console, then sign in again.',
      app,
    ),
    actions: ['signIn'],
  }),
  invalid_token: () => ({
    text: vscode.l10n.t('Box does not accept the token any more. Sign in again.'),
    actions: ['signIn'],
  }),
};

/** Box answers, but cannot serve now. */
export function busy(): UserMessage {
  return {
    text: vscode.l10n.t('Box is busy just now. Nothing is lost; try again in a minute.'),
    actions: ['showLog'],
  };
}

/** The message for a call that Box's API refused. */
export function apiMessage({ status, error = '' }: ApiRefusedError, app: string): UserMessage {
  const refused = {
    text: vscode.l10n.t(
      'Box refused the request (HTTP status {0}). Try again; if it stays, show your Box administrator the log.',
      status,
    ),
    actions: ['showLog'] as const,
  };
  if (status === 401) return known('invalid_token', app) ?? refused;
  // What this code means for a request to the token endpoint, it does not mean here.
  return (error === 'invalid_request' ? undefined : known(error, app)) ?? refused;
}
