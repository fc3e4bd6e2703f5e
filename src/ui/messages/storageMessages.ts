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

const KEYRING_HELP =
  'https://code.visualstudio.com/docs/configure/settings-sync#_troubleshooting-keychain-issues';

/** Tells that nothing outlives this window. Resolves when the person has answered. */
export async function tellStorageFails(): Promise<void> {
  const help = vscode.l10n.t('Open VS Code Help');
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t(
      'The secret storage of {0} isn’t working, so your Box session ends when you close this window. Unlock or install a keyring, then sign in again.',
      vscode.env.appName,
    ),
    help,
  );
  if (answer === help) await vscode.env.openExternal(vscode.Uri.parse(KEYRING_HELP));
}

/** Tells why nobody is signed in in this browser. Resolves when the person has answered. */
export async function tellForgotten(): Promise<void> {
  const signIn = vscode.l10n.t('Sign In');
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t(
      'This browser has no Box sessions, although this server had some. {0} stores them in the browser, so another browser, a private window, or cleared site data start without them. Sign in again to continue.',
      vscode.env.appName,
    ),
    signIn,
  );
  if (answer === signIn) await vscode.commands.executeCommand('box-authentication.signIn');
}
