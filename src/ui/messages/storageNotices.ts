import * as vscode from 'vscode';

const KEYRING_HELP =
  'https://code.visualstudio.com/docs/configure/settings-sync#_troubleshooting-keychain-issues';

/** Tells that secrets are lost with this window, and leads to VS Code's help. */
export async function tellStorageFails(): Promise<void> {
  const help = vscode.l10n.t('Open VS Code help');
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t(
      'The secret storage of {0} does not work here, so the Box session lasts only as long as this window. Unlock or install a keyring, then sign in again.',
      vscode.env.appName,
    ),
    help,
  );
  if (answer === help) await vscode.env.openExternal(vscode.Uri.parse(KEYRING_HELP));
}

/** Tells that the browser has lost its sessions, and offers to sign in. */
export async function tellForgotten(): Promise<void> {
  const signIn = vscode.l10n.t('Sign In');
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t(
      'This browser has no Box sessions, although there were some on this server. {0} keeps them in the browser: another browser, a private window, or cleared site data start without them. Sign in again to go on.',
      vscode.env.appName,
    ),
    signIn,
  );
  if (answer === signIn) await vscode.commands.executeCommand('box-authentication.signIn');
}
