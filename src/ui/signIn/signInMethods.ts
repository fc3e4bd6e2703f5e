import * as vscode from 'vscode';
import type { SignInMethodName } from '../../signIn/signInMethod';

/** What choosing a sign-in method is called on a button. */
export function methodTitle(method: SignInMethodName): string {
  switch (method) {
    case 'redirectPage':
      return vscode.l10n.t('Use the Redirect Page');
    case 'uriScheme':
      return vscode.l10n.t('Open {0} Directly', vscode.env.appName);
    case 'localServer':
      return vscode.l10n.t('Use a Page on This Computer');
    case 'pasteCode':
      return vscode.l10n.t('Sign In by Pasting');
  }
}

/** When a method is used, in a few words. */
export function methodUse(method: SignInMethodName): string {
  switch (method) {
    case 'redirectPage':
      return vscode.l10n.t('Sign-in with the redirect page');
    case 'uriScheme':
      return vscode.l10n.t('Sign-in directly to {0}', vscode.env.appName);
    case 'localServer':
      return vscode.l10n.t('Sign-in with a page on this computer');
    case 'pasteCode':
      return vscode.l10n.t('Sign-in by pasting the address');
  }
}
