import * as vscode from 'vscode';
import { AppsNotSavedError } from '../../apps/appList';
import { SettingError } from '../../apps/settings';
import {
  ApiRefusedError,
  BoxError,
  JwtKeyError,
  OAuthError,
  UnexpectedResponseError,
  UnreachableError,
} from '../../box/errors';
import { ExchangeRefusedError, ScopesRefusedError, SessionError } from '../../sessions/errors';
import { ScopeRequestError } from '../../sessions/downscoped/scopeRequest';
import { SignInError } from '../../signIn/errors';
import { TerminalError } from '../../terminal/errors';
import { appsNotSavedMessage, sessionMessage, settingMessage, signInMessage } from './localMessages';
import { unexpectedMessage, unreachableMessage } from './networkMessages';
import { apiMessage, oauthMessage } from './oauthMessages';
import {
  exchangeRefusedMessage,
  jwtKeyMessage,
  scopeRequestMessage,
  scopesRefusedMessage,
} from './requestMessages';
import { storageMessage } from './storageMessages';
import { terminalMessage } from './terminalMessages';
import { fromServer, plainText, type MessageAction, type UserMessage } from './userMessage';

/**
 * The message for an error, from catalogues keyed by Box's `error` codes and ours. What can be mended in an app can be
 * looked for too.
 * @param appName the app that was used, as configured, where the error does not name it.
 */
export function messageFor(error: unknown, appName?: string): UserMessage {
  const message = catalogued(error, appName);
  if (!message.actions.includes('configureApp')) return message;
  const app = appOf(error) ?? appName;
  return { ...message, actions: withCheck(message.actions), ...(app !== undefined && { app }) };
}

function withCheck(actions: readonly MessageAction[]): readonly MessageAction[] {
  return actions.flatMap((action) => (action === 'configureApp' ? [action, 'checkApp'] : [action]));
}

function catalogued(error: unknown, appName: string | undefined): UserMessage {
  const app = plainText(appOf(error) ?? appName ?? vscode.l10n.t('your app'));
  if (error instanceof SettingError) return settingMessage(error);
  if (error instanceof AppsNotSavedError) return appsNotSavedMessage();
  if (error instanceof SignInError) return signInMessage(error);
  if (error instanceof SessionError) return sessionMessage(error);
  if (error instanceof ScopeRequestError) return scopeRequestMessage(error);
  if (error instanceof ScopesRefusedError) {
    return withRequestId(scopesRefusedMessage(error), error.requestId);
  }
  if (error instanceof ExchangeRefusedError) {
    return withRequestId(exchangeRefusedMessage(error), error.requestId);
  }
  if (error instanceof TerminalError) return terminalMessage(error);
  if (error instanceof JwtKeyError) return jwtKeyMessage(error, app);
  const ofStorage = storageMessage(error);
  if (ofStorage !== undefined) return ofStorage;
  if (error instanceof BoxError) return withRequestId(boxMessage(error, app), error.requestId);
  return {
    text: vscode.l10n.t(
      'Something unexpected went wrong: {0}. Check the log, then try again.',
      fromServer(String(error)).replace(/[\s.!…]+$/, ''),
    ),
    actions: ['showLog'],
  };
}

function appOf(error: unknown): string | undefined {
  return error instanceof BoxError || error instanceof SessionError ? error.appName : undefined;
}

function withRequestId(message: UserMessage, requestId: string | undefined): UserMessage {
  if (requestId === undefined) return message;
  return { ...message, text: `${message.text} ${vscode.l10n.t('Box request ID: {0}.', requestId)}` };
}

function boxMessage(error: BoxError, app: string): UserMessage {
  if (error instanceof OAuthError) return oauthMessage(error, app);
  if (error instanceof UnreachableError) return unreachableMessage(error);
  if (error instanceof UnexpectedResponseError) return unexpectedMessage(error);
  if (error instanceof ApiRefusedError) return apiMessage(error, app);
  return { text: fromServer(error.message), actions: ['showLog'] };
}
