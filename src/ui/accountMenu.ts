import * as vscode from 'vscode';
import type { Clock } from '../box/clock';
import { isLive, lifeLeft } from '../sessions/sessionRecord';
import type { Account } from './accountPicker';
import { duration } from './time';

/** What the menu can lead to: the commands of the same names. */
export type AccountMenuChoice =
  | 'copyAccessToken'
  | 'copyAccessTokenAs'
  | 'refreshAccessToken'
  | 'signInAgain'
  | 'revokeTokens'
  | 'signOut'
  | 'signIn'
  | 'configureApp'
  | 'showLog';

type Item = vscode.QuickPickItem & { readonly choice?: AccountMenuChoice };

/**
 * Shows who is signed in and what can be done.
 * @param pending how many revocations Box has not confirmed yet.
 * @returns what was chosen, or undefined when the menu was closed.
 */
export async function showAccountMenu(
  account: Account,
  pending: number,
  clock: Clock,
): Promise<AccountMenuChoice | undefined> {
  const { user, appName } = account.main;
  const chosen = await vscode.window.showQuickPick(items(account, pending, clock), {
    title: [user.name, user.login, user.enterprise?.name, appName].filter(Boolean).join(' · '),
    placeHolder: vscode.l10n.t('Choose what to do with this account'),
  });
  return chosen?.choice;
}

function items({ main }: Account, pending: number, clock: Clock): Item[] {
  const token: Item[] = isLive(main)
    ? [
        {
          choice: 'copyAccessToken',
          label: vscode.l10n.t('$(copy) Copy Access Token'),
          description: timeLeft(lifeLeft(main.pair, clock.now())),
        },
        { choice: 'copyAccessTokenAs', label: vscode.l10n.t('$(copy) Copy Access Token As…') },
        { choice: 'refreshAccessToken', label: vscode.l10n.t('$(refresh) Refresh Access Token') },
      ]
    : [
        {
          choice: 'signInAgain',
          label: vscode.l10n.t('$(warning) Sign In Again'),
          description: vscode.l10n.t('The session has ended; the app stays configured'),
        },
      ];
  const leave: Item[] = [
    ...(isLive(main)
      ? [{ choice: 'revokeTokens' as const, label: vscode.l10n.t('$(circle-slash) Revoke Tokens…') }]
      : []),
    { choice: 'signOut', label: vscode.l10n.t('$(sign-out) Sign Out') },
  ];
  const more: Item[] = [
    { choice: 'signIn', label: vscode.l10n.t('$(add) Sign In with Another Account') },
    { choice: 'configureApp', label: vscode.l10n.t('$(gear) Configure App…') },
    { choice: 'showLog', label: vscode.l10n.t('$(output) Show Log'), ...pendingNote(pending) },
  ];
  return [
    separator(vscode.l10n.t('Token')),
    ...token,
    separator(vscode.l10n.t('Account')),
    ...leave,
    separator(vscode.l10n.t('More')),
    ...more,
  ];
}

function pendingNote(pending: number): { description?: string } {
  if (pending === 0) return {};
  return { description: vscode.l10n.t('Sign-outs that Box has not confirmed yet: {0}', pending) };
}

function separator(label: string): Item {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}

function timeLeft(ms: number): string {
  return ms > 0 ? vscode.l10n.t('{0} left', duration(ms)) : vscode.l10n.t('renewed when it is next used');
}
