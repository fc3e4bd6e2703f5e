import * as vscode from 'vscode';
import type { AdviceSubject } from '../../api/authenticationApi';
import type { BoxAction } from '../../api/boxAuthenticationApi';
import type { Refusal } from '../../box/apiErrorAdvice';
import { ApiRefusedError, UnexpectedResponseError } from '../../box/errors';
import { isKnownScope } from '../../box/scopes';
import { SessionError } from '../../sessions/errors';
import { isLive, isServiceAccount, type SessionRecord } from '../../sessions/store/sessionRecord';
import { messageFor } from './messages';
import { serverScopesMessage } from './requestMessages';
import { fromServer, plainText } from './userMessage';

/** An advice on a refusal, in words for a person. */
export function adviceMessage(advice: BoxAction, refusal: Refusal, subject: AdviceSubject): string {
  const { status } = refusal;
  const { session } = subject;
  switch (advice.action) {
    case 'refreshAndRetryOnce':
      return vscode.l10n.t('Box no longer accepts this access token. Try again to get a new one.');
    case 'signInAgain':
      return session !== undefined && !isLive(session)
        ? messageFor(new SessionError('ended', session.appName, session)).text
        : refused(401, undefined, session);
    case 'askForScopes':
      return subject.isDownscoped === true ? tooNarrow() : scopesMessage(advice.scopes, session);
    case 'askPerson':
      return advice.state === 'access_denied_insufficient_permissions' && session && isServiceAccount(session)
        ? notFound(session)
        : refused(403, advice.state, session);
    case 'wait':
      return messageFor(new UnexpectedResponseError(status, 'busy', undefined, advice.milliseconds)).text;
    case 'none':
      return otherMessage(refusal, subject);
  }
}

function refused(status: number, error: string | undefined, session: SessionRecord | undefined): string {
  return messageFor(new ApiRefusedError(status, error), session?.appName).text;
}

function tooNarrow(): string {
  return vscode.l10n.t(
    'The extension requested a token that isn’t allowed to do this. Report this to the extension’s author.',
  );
}

function scopesMessage(scopes: readonly string[], session: SessionRecord | undefined): string {
  const missing = scopes.map(scopeName).join(', ');
  if (session?.subject !== undefined) return serverAppLacks(plainText(session.appName), missing);
  if (scopes.length === 0) return refused(403, 'insufficient_scope', session);
  const wasAskedFor = scopes.every((scope) => session?.scopes.includes(scope));
  if (session !== undefined && session.scopes.length > 0 && !wasAskedFor) {
    return vscode.l10n.t(
      'This needs the scope {0}, which the sign-in didn’t request. Sign in again when you’re asked to.',
      missing,
    );
  }
  return vscode.l10n.t(
    'The token is missing the scope {0} for this. Enable it for {1} in the Box Developer Console, then sign in again.',
    missing,
    plainText(session?.appName ?? vscode.l10n.t('your app')),
  );
}

/** Nobody signs in to an app that asks for its tokens as itself. */
function serverAppLacks(app: string, scopes: string): string {
  if (scopes !== '') return serverScopesMessage(app, scopes).text;
  return vscode.l10n.t(
    'Tokens of {0} are missing a scope for this. Enable it in the Box Developer Console, ask your Box administrator to authorize the app again, then run Box: Refresh Access Token.',
    app,
  );
}

/** Box says so of what does not exist, and of what the account has no access to. */
function notFound(session: SessionRecord | undefined): string {
  if (session === undefined) {
    return vscode.l10n.t(
      'Box didn’t find this item, or the account has no access to it. Check the ID, or ask the owner to share the item.',
    );
  }
  const login = plainText(session.user.login);
  return isServiceAccount(session)
    ? vscode.l10n.t(
        'Box didn’t find this item, or it isn’t shared with the service account of {0}, which sees only its own files and items shared with it. Share the item in Box with {1}, or let the app act as a user in Configure App.',
        plainText(session.appName),
        login,
      )
    : vscode.l10n.t(
        'Box didn’t find this item, or {0} has no access to it. Check the ID, or ask the owner to share the item with {0}.',
        login,
      );
}

/** Scopes may be named by a header, which is a server's text. */
function scopeName(scope: string): string {
  return isKnownScope(scope) ? scope : fromServer(scope);
}

function otherMessage({ status, code }: Refusal, { session, isSessionMissing }: AdviceSubject): string {
  if (status < 100) {
    return vscode.l10n.t(
      'The value passed isn’t an answer from Box: it has no HTTP status. Report this to the extension’s author.',
    );
  }
  if (isSessionMissing === true) {
    return vscode.l10n.t(
      'Box rejected the access token of this call. To get a new one, the extension must pass the session it used. Report this to the extension’s author.',
    );
  }
  if (status === 401) {
    return vscode.l10n.t(
      'The request reached Box without a readable access token. Report this to the author of the extension that sent it.',
    );
  }
  if (status === 404) return notFound(session);
  if (status < 400) return vscode.l10n.t('Box didn’t refuse this request (HTTP status {0}).', status);
  return refused(status, typeof code === 'string' ? code : undefined, session);
}
