import * as vscode from 'vscode';
import type { AdviceSubject } from '../../api/authenticationApi';
import type { BoxAction } from '../../api/boxAuthenticationApi';
import type { Refusal } from '../../box/apiErrorAdvice';
import { ApiRefusedError, UnexpectedResponseError } from '../../box/errors';
import { isApplicationScope, isDownscopeScope } from '../../box/scopes';
import { SessionError } from '../../sessions/errors';
import { isLive, type SessionRecord } from '../../sessions/store/sessionRecord';
import { messageFor } from './messages';
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
  if (scopes.length === 0) return refused(403, 'insufficient_scope', session);
  const missing = scopes.map(scopeName).join(', ');
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
  if (status < 400) return vscode.l10n.t('Box did not refuse this request (HTTP status {0}).', status);
  return refused(status, typeof code === 'string' ? code : undefined, session);
}
