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
        'Another window has newer Box sessions that this one can’t load. Reload this window to continue; nothing is lost.',
      ),
      actions: ['reloadWindow'],
    };
  }
  if (error instanceof NoTokenInTimeError) {
    return {
      text: vscode.l10n.t(
        'Box hasn’t sent a new access token for {0} yet. Try again in a moment. You’re still signed in.',
        plainText(error.session.account.label),
      ),
      actions: ['showLog'],
    };
  }
  if (error instanceof LockTimeoutError) {
    return {
      text: vscode.l10n.t(
        'Another window is still working on this Box session. Try again in a moment. You’re still signed in.',
      ),
      actions: ['showLog'],
    };
  }
  if (error instanceof NewerRecordError) {
    return {
      text: vscode.l10n.t(
        'A newer version of Box Authentication saved this data. Update the extension in this window, then try again.',
      ),
      actions: ['showLog'],
    };
  }
  if (error instanceof SecretStorageError) {
    return {
      text: vscode.l10n.t(
        'The secret storage of {0} isn’t responding. Unlock or install a keyring, then try again.',
        vscode.env.appName,
      ),
      actions: ['showLog'],
    };
  }
  return undefined;
}
