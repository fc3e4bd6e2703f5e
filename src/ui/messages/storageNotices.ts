import * as vscode from 'vscode';

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
