import * as vscode from 'vscode';
import type { SignInMethodName } from '../../signIn/signInMethod';

/** What choosing a way to sign in is called on a button. */
export function wayTitle(way: SignInMethodName): string {
  switch (way) {
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

/** When a way is used, in a few words. */
export function wayUse(way: SignInMethodName): string {
  switch (way) {
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
