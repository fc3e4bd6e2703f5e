import * as vscode from 'vscode';
import type { SignInMethodName } from '../../signIn/signInMethod';

/** What choosing a sign-in method is called on a button. */
export function methodTitle(method: SignInMethodName): string {
  switch (method) {
    case 'redirectPage':
      return vscode.l10n.t('Use the redirect page');
    case 'uriScheme':
      return vscode.l10n.t('Open {0} directly', vscode.env.appName);
    case 'localServer':
      return vscode.l10n.t('Use this computer’s own page');
    case 'pasteCode':
      return vscode.l10n.t('Sign in by pasting');
  }
}

/** When a method is used, in a few words. */
export function methodUse(method: SignInMethodName): string {
  switch (method) {
    case 'redirectPage':
      return vscode.l10n.t('Sign-in over the redirect page');
    case 'uriScheme':
      return vscode.l10n.t('Sign-in straight to {0}', vscode.env.appName);
    case 'localServer':
      return vscode.l10n.t('Sign-in over a page of this computer');
    case 'pasteCode':
      return vscode.l10n.t('Sign-in by pasting the address');
  }
}
