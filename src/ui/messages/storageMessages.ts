import * as vscode from 'vscode';
import { NoTokenInTimeError } from '../../sessions/errors';
import {
  LockTimeoutError,
  NewerRecordError,
  SecretStorageError,
  StaleWindowError,
} from '../../storage/errors';
import { plainText, type UserMessage } from './userMessage';

/** The message for what went wrong between the windows, or between a window and SecretStorage; undefined for other errors. */
export function storageMessage(error: unknown): UserMessage | undefined {
  if (error instanceof StaleWindowError) {
    return {
      text: vscode.l10n.t(
        'Another window has newer Box sessions that this one cannot get. Reload this window to go on; nothing is lost.',
      ),
      actions: ['reloadWindow'],
    };
  }
  if (error instanceof NoTokenInTimeError) {
    return {
      text: vscode.l10n.t(
        'Box has not sent a new access token for {0} yet. Try again in a moment; your session is kept.',
        plainText(error.session.account.label),
      ),
      actions: ['showLog'],
    };
  }
  if (error instanceof LockTimeoutError) {
    return {
      text: vscode.l10n.t(
        'Another window is still working on this Box session. Try again in a moment; your session is kept.',
      ),
      actions: ['showLog'],
    };
  }
  if (error instanceof NewerRecordError) {
    return {
      text: vscode.l10n.t(
        'A newer version of Box Authentication stored this. Update the extension in this window, then try again.',
      ),
      actions: ['showLog'],
    };
  }
  if (error instanceof SecretStorageError) {
    return {
      text: vscode.l10n.t(
        'The secret storage of {0} does not answer. Unlock or install a keyring, then try again.',
        vscode.env.appName,
      ),
      actions: ['showLog'],
    };
  }
  return undefined;
}
