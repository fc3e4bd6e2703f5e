import * as vscode from 'vscode';
import type { AdviceSubject } from '../../api/authenticationApi';
import type { BoxAction } from '../../api/boxAuthenticationApi';
import type { Refusal } from '../../box/apiErrorAdvice';
import { ApiRefusedError, UnexpectedResponseError } from '../../box/errors';
import { isApplicationScope, isDownscopeScope } from '../../box/scopes';
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
      return vscode.l10n.t(
        'Box does not accept this access token any more. The next attempt gets a new one: try again.',
      );
    case 'signInAgain':
      return session !== undefined && !isLive(session)
        ? messageFor(new SessionError('ended', session.appName, session)).text
        : refused(401, undefined, session);
    case 'askForScopes':
      return subject.isDownscoped === true ? tooNarrow() : scopesMessage(advice.scopes, session);
    case 'askPerson':
      return refused(403, advice.state, session);
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
    'The extension that sent the request asked for a token that may do less than this. Tell the author of the extension.',
  );
}

function scopesMessage(scopes: readonly string[], session: SessionRecord | undefined): string {
  const missing = scopes.map(scopeName).join(', ');
  if (session?.subject !== undefined) return serverAppLacks(plainText(session.appName), missing);
  if (scopes.length === 0) return refused(403, 'insufficient_scope', session);
  const wasAskedFor = scopes.every((scope) => session?.scopes.includes(scope));
  if (session !== undefined && session.scopes.length > 0 && !wasAskedFor) {
    return vscode.l10n.t(
      'This needs the scope {0}, which the sign-in did not ask for. Sign in again when you are asked to.',
      missing,
    );
  }
  return vscode.l10n.t(
    'The token lacks the scope {0} for this. Enable it for {1} in the Box Developer Console, then sign in again.',
    missing,
    plainText(session?.appName ?? vscode.l10n.t('your app')),
  );
}

/** Nobody signs in to an app that asks for its tokens as itself. */
function serverAppLacks(app: string, scopes: string): string {
  if (scopes !== '') return serverScopesMessage(app, scopes).text;
  return vscode.l10n.t(
    'Tokens of {0} lack a scope for this. Enable it in the Box Developer Console, ask your Box administrator to authorize the app again, then run Box: Refresh Access Token.',
    app,
  );
}

/** Box says so of what does not exist, and of what the account has no access to. */
function notFound(session: SessionRecord): string {
  const login = plainText(session.user.login);
  return isServiceAccount(session)
    ? vscode.l10n.t(
        'Box did not find this, or it is not shared with the service account of {0}, which sees only its own files and what was shared with it. Share the item in Box with {1}, or let the app act as a user in Configure App.',
        plainText(session.appName),
        login,
      )
    : vscode.l10n.t(
        'Box did not find this, or {0} has no access to it. Check the ID, or ask its owner to share the item with {0}.',
        login,
      );
}

/** Scopes may be named by a header, which is a server's text. */
function scopeName(scope: string): string {
  return isApplicationScope(scope) || isDownscopeScope(scope) ? scope : fromServer(scope);
}

function otherMessage({ status, code }: Refusal, { session, isSessionMissing }: AdviceSubject): string {
  if (status < 100) {
    return vscode.l10n.t(
      'What was passed is no answer of Box: it has no HTTP status. Tell the author of the extension that asked.',
    );
  }
  if (isSessionMissing === true) {
    return vscode.l10n.t(
      'Box does not accept the access token of this call. To get another one, the extension must name the session that it used. Tell the author of the extension.',
    );
  }
  if (status === 401) {
    return vscode.l10n.t(
      'The request reached Box without an access token that could be read. Tell the author of the extension that sent it.',
    );
  }
  if (status === 404 && session !== undefined) return notFound(session);
  if (status < 400) return vscode.l10n.t('Box did not refuse this request (HTTP status {0}).', status);
  return refused(status, typeof code === 'string' ? code : undefined, session);
}
