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
              'Box returned “{0}”. Try again. If it keeps happening, send the log to your Box administrator.',
              fromServer(error),
            )
          : vscode.l10n.t(
              'Box returned “{0}”: {1}. Try again. If it keeps happening, send the log to your Box administrator.',
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
      'You aren’t signed in because access was denied on the Box page. To sign in, select Grant access to Box there.',
    ),
    actions: ['signIn'],
  };
}

/** Box says so of an app that the company has not listed, after access was granted. Its documents do not name the number. */
function notListed(app: string): UserMessage {
  return {
    text: vscode.l10n.t(
      'Box stopped the sign-in after you granted access (error 107). Your company probably allows only listed apps. Ask your Box administrator to add {0}. If it’s already listed, try again in a minute.',
      app,
    ),
    actions: ['copyAdminMessage', 'signIn', 'showLog'],
  };
}

function wrongAppType(app: string): UserMessage {
  return {
    text: vscode.l10n.t(
      '{0} can’t sign users in. In the Box Developer Console, create a Platform App with User Authentication (OAuth 2.0), then add it in Configure App.',
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
      'Box doesn’t let this account use {0}. Ask your Box administrator to allow the app.',
      app,
    ),
    actions: ['showLog'],
  }),
  invalid_request: (app) => ({
    text: vscode.l10n.t(
      'Box couldn’t process the request. Check the client ID and redirect URI of {0} in the Box Developer Console.',
      app,
    ),
    actions: ['configureApp', 'showLog'],
  }),
  invalid_client: (app) => ({
    text: vscode.l10n.t(
      'Box rejected the client ID or client secret of {0}. Copy the secret from the Configuration page of the Box Developer Console and enter it again.',
      app,
    ),
    actions: ['enterClientSecret', 'configureApp'],
  }),
  unauthorized_client: (app) => ({
    text: vscode.l10n.t(
      '{0} isn’t authorized in your company. Ask your Box administrator to authorize its client ID in the Platform Apps Manager.',
      app,
    ),
    actions: ['copyAdminMessage', 'configureApp'],
  }),
  invalid_grant: () => ({
    text: vscode.l10n.t(
      'The code from the Box page is no longer valid: it works once, within 30 seconds. Sign in again.',
    ),
    actions: ['signIn'],
  }),
  unsupported_response_type: () => ({
    text: vscode.l10n.t(
      'Box doesn’t support this kind of sign-in at the configured address. Check the accountBaseUrl setting.',
    ),
    actions: ['openSetting'],
    setting: 'box-authentication.accountBaseUrl',
  }),
  invalid_scope: (app) => ({
    text: vscode.l10n.t(
      'Box didn’t grant one of the requested scopes. Enable the scopes for {0} in the Box Developer Console, or request fewer.',
      app,
    ),
    actions: ['openSetting'],
    setting: 'box-authentication.apps',
  }),
  redirect_uri_mismatch: (app) => ({
    text: vscode.l10n.t(
      'The redirect URI isn’t registered for {0}. Register it in the Box Developer Console exactly as Configure App shows it. If it’s registered, check that the app is of the type User Authentication (OAuth 2.0): Box shows the same error for other types.',
      app,
    ),
    actions: ['configureApp'],
  }),
  unauthorized_device: () => ({
    text: vscode.l10n.t(
      'Box doesn’t allow this device for your account. Ask your Box administrator to remove an old device pin.',
    ),
    actions: ['showLog'],
  }),
  temporarily_unavailable: () => busy(),
  server_error: () => busy(),
  password_reset_required: () => ({
    text: vscode.l10n.t(
      'You need to set a new password. Sign in to Box in your browser, set it, then try again.',
    ),
    actions: ['signIn'],
  }),
  terms_of_service_required: () => ({
    text: vscode.l10n.t(
      'You need to accept Box’s terms of service. Sign in to Box in your browser, accept them, then try again.',
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
    text: vscode.l10n.t('The grace period of this Box account has ended. Ask your Box administrator.'),
    actions: ['showLog'],
  }),
  access_from_location_blocked: () => ({
    text: vscode.l10n.t(
      'Your company doesn’t allow Box from this location. Connect to its network or VPN, then try again.',
    ),
    actions: ['signIn'],
  }),
  error_access_from_ip_not_allowed: () => ({
    text: vscode.l10n.t(
      'Your company doesn’t allow Box from this network address. Connect to its network or VPN, then try again.',
    ),
    actions: ['signIn'],
  }),
  unauthorized: () => ({
    text: vscode.l10n.t('This Box user is deactivated. Ask your Box administrator.'),
    actions: ['showLog'],
  }),
  forbidden_by_policy: () => ({
    text: vscode.l10n.t('Your company’s policy doesn’t allow this. Ask your Box administrator.'),
    actions: ['showLog'],
  }),
  user_email_confirmation_required: () => ({
    text: vscode.l10n.t(
      'You need to confirm your email address. Follow the link that Box sent you, then try again.',
    ),
    actions: ['signIn'],
  }),
  access_denied_insufficient_permissions: () => ({
    text: vscode.l10n.t(
      'You don’t have permission for this in Box. Ask its owner or your Box administrator.',
    ),
    actions: ['showLog'],
  }),
  insufficient_scope: (app) => ({
    text: vscode.l10n.t(
      'The token is missing a scope for this. Enable it for {0} in the Box Developer Console, then sign in again.',
      app,
    ),
    actions: ['signIn'],
  }),
  invalid_token: () => ({
    text: vscode.l10n.t('Box no longer accepts the token. Sign in again.'),
    actions: ['signIn'],
  }),
};

/** Box answers, but cannot serve now. */
export function busy(): UserMessage {
  return {
    text: vscode.l10n.t('Box is busy. Try again in a minute. Nothing is lost.'),
    actions: ['showLog'],
  };
}

/** The message for a call that Box's API refused. */
export function apiMessage({ status, error = '' }: ApiRefusedError, app: string): UserMessage {
  const refused = {
    text: vscode.l10n.t(
      'Box refused the request (HTTP status {0}). Try again. If it keeps happening, send the log to your Box administrator.',
      status,
    ),
    actions: ['showLog'] as const,
  };
  if (status === 401) return known('invalid_token', app) ?? refused;
  // What this code means for a request to the token endpoint, it does not mean here.
  return (error === 'invalid_request' ? undefined : known(error, app)) ?? refused;
}
