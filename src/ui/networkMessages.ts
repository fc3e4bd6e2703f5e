import * as vscode from 'vscode';
import { type UnexpectedResponseError, type UnreachableError } from '../box/errors';
import { busy } from './oauthMessages';
import { plain, type UserMessage } from './userMessage';

/** The message for a request that nobody answered. */
export function unreachableMessage({ systemCode, host }: UnreachableError): UserMessage {
  const where = plain(host);
  if (systemCode === 'TIMEOUT') {
    return {
      text: vscode.l10n.t('{0} did not answer in time. Nothing is lost; try again.', where),
      actions: ['showLog'],
    };
  }
  if (systemCode === 'ENOTFOUND' || systemCode === 'EAI_AGAIN') {
    return {
      text: vscode.l10n.t(
        'The address {0} was not found. Check the network connection, then try again. Nothing is lost.',
        where,
      ),
      actions: ['showLog'],
    };
  }
  if (/CERT|SIGNATURE|TLS|SSL/.test(systemCode)) {
    return {
      text: vscode.l10n.t(
        'The connection to {0} is not trusted ({1}). If your company inspects traffic, add its certificate to the system or name it in NODE_EXTRA_CA_CERTS, and restart VS Code.',
        where,
        systemCode,
      ),
      actions: ['showLog'],
    };
  }
  return {
    text: vscode.l10n.t(
      '{0} cannot be reached ({1}). Check the network connection and the setting http.proxy, then try again. Nothing is lost.',
      where,
      systemCode,
    ),
    actions: ['showLog'],
  };
}

/** The message for an answer that is no OAuth answer. */
export function unexpectedMessage({ status, retryAfterMs }: UnexpectedResponseError): UserMessage {
  if (status === 429 && retryAfterMs !== undefined) {
    const seconds = Math.ceil(retryAfterMs / 1000);
    return {
      text: vscode.l10n.t('Box asks to slow down. Nothing is lost; try again in {0} seconds.', seconds),
      actions: ['showLog'],
    };
  }
  if (status === 429 || status === 409 || status >= 500) return busy();
  return {
    text: vscode.l10n.t(
      'The answer was not one of Box’s (HTTP status {0}). A proxy or a wrong base URL may be in between: check the network and the settings. Nothing is lost.',
      status,
    ),
    actions: ['showLog'],
  };
}
