import * as vscode from 'vscode';
import { isLive, isRenewable, type SessionRecord } from '../../sessions/store/sessionRecord';
import {
  appOf,
  enterpriseOf,
  maskedToken,
  restrictedToOf,
  scopesOf,
  terminalsOf,
  timeLeftOf,
  whoIs,
} from './accountDetails';
import type { AccountAccess } from '../../terminal/terminalHost';
import type { Account } from './accountPicker';
import { separator } from '../separator';

/** What the menu can lead to: the commands of the same names, and a few things that are only here. */
export type AccountMenuChoice =
  | 'copyAccessToken'
  | 'copyAccessTokenAs'
  | 'refreshAccessToken'
  | 'createDownscopedToken'
  | 'createAnnotatorToken'
  | 'addDeveloperToken'
  | 'revokeTokens'
  | 'signOut'
  | 'signIn'
  | 'configureApp'
  | 'showLog'
  | 'signInAgain'
  | 'prefer'
  | 'details'
  | 'openTerminal'
  | 'stopTerminalAccess'
  | 'askAgainForTerminals'
  | 'otherAccounts';

/** What the menu is about. */
export interface AccountMenu {
  readonly account: Account;
  /** Whether there are other accounts, and whether the person prefers this one. */
  readonly hasOthers: boolean;
  readonly isPreferred: boolean;
  /** What programs in terminals may do with the account. */
  readonly terminals: AccountAccess;
  /** How many revocations Box has not confirmed yet. */
  readonly pending: number;
  /** In ms since the epoch. */
  readonly now: number;
}

type Item = vscode.QuickPickItem & { readonly choice?: AccountMenuChoice };

/** Shows who is signed in and what can be done. Gives what was chosen, or undefined when the menu was closed. */
export async function showAccountMenu(menu: AccountMenu): Promise<AccountMenuChoice | undefined> {
  const chosen = await vscode.window.showQuickPick(items(menu), {
    title: vscode.l10n.t('Box account'),
    placeHolder: vscode.l10n.t('Choose what to do with this account'),
    matchOnDescription: true,
  });
  return chosen?.choice;
}

function items(menu: AccountMenu): Item[] {
  const { main } = menu.account;
  return [
    header(main, menu.now),
    separator(vscode.l10n.t('Token')),
    ...tokenItems(main),
    separator(vscode.l10n.t('Terminals')),
    ...terminalItems(menu),
    separator(vscode.l10n.t('Account')),
    ...accountItems(menu),
    separator(vscode.l10n.t('More')),
    ...moreItems(menu),
  ];
}

function header(session: SessionRecord, now: number): Item {
  return {
    choice: 'details',
    label: `$(account) ${session.user.name || whoIs(session)}`,
    description: joined([whoIs(session), enterpriseOf(session), appOf(session)]),
    detail: joined([
      timeLeftOf(session, now),
      maskedToken(session),
      scopesOf(session),
      restrictedToOf(session),
    ]),
  };
}

function joined(facts: readonly (string | undefined)[]): string {
  return facts.filter((fact) => fact !== undefined).join(' · ');
}

function tokenItems(session: SessionRecord): Item[] {
  if (!isLive(session)) return [endedItem(session)];
  const all: (Item & { readonly isThere?: boolean })[] = [
    { choice: 'copyAccessToken', label: vscode.l10n.t('$(copy) Copy Access Token') },
    { choice: 'copyAccessTokenAs', label: vscode.l10n.t('$(copy) Copy Access Token As…') },
    {
      choice: 'refreshAccessToken',
      label: vscode.l10n.t('$(refresh) Refresh Access Token'),
      isThere: isRenewable(session),
    },
    {
      choice: 'createDownscopedToken',
      label: vscode.l10n.t('$(filter) Create Downscoped Token…'),
      description: vscode.l10n.t('a more limited token'),
    },
    {
      choice: 'createAnnotatorToken',
      label: vscode.l10n.t('$(comment) Create Annotator Token…'),
      isThere: session.credential === 'jwt',
    },
  ];
  return all.filter(({ isThere }) => isThere !== false);
}

function endedItem(session: SessionRecord): Item {
  if (!isRenewable(session)) {
    return {
      choice: 'addDeveloperToken',
      label: vscode.l10n.t('$(warning) Add Developer Token…'),
      description: vscode.l10n.t('The previous one has expired'),
    };
  }
  return {
    choice: 'signInAgain',
    label: vscode.l10n.t('$(warning) Sign In Again'),
    description: vscode.l10n.t('The session has ended; the app is still configured'),
  };
}

function terminalItems({ account, terminals }: AccountMenu): Item[] {
  const [given] = terminalsOf(terminals);
  const denied = terminals.denials.map(({ scopes }) =>
    scopes.length === 0 ? vscode.l10n.t('everything') : scopes.join(' '),
  );
  const items: (Item & { readonly isThere?: boolean })[] = [
    {
      choice: 'openTerminal',
      label: vscode.l10n.t('$(terminal) Open Terminal with Box Access'),
      description: vscode.l10n.t('where box-token provides tokens for this account'),
      isThere: isLive(account.main),
    },
    {
      choice: 'stopTerminalAccess',
      label: vscode.l10n.t('$(circle-slash) Stop Terminal Access'),
      ...(given !== undefined && { description: given }),
      isThere: given !== undefined,
    },
    {
      choice: 'askAgainForTerminals',
      label: vscode.l10n.t('$(question) Ask Again for Terminals'),
      description: vscode.l10n.t('You denied: {0}', denied.join(', ')),
      isThere: denied.length > 0,
    },
  ];
  return items.filter(({ isThere }) => isThere !== false);
}

function accountItems({ account, hasOthers, isPreferred }: AccountMenu): Item[] {
  const { main } = account;
  const others: Item[] = [
    {
      choice: 'prefer',
      label: isPreferred
        ? vscode.l10n.t('$(star-full) Stop Preferring This Account')
        : vscode.l10n.t('$(star-empty) Prefer This Account'),
      description: vscode.l10n.t('for the status bar and commands'),
    },
    { choice: 'otherAccounts', label: vscode.l10n.t('$(arrow-left) Other Accounts…') },
  ];
  return [
    ...(hasOthers ? others : []),
    ...(isLive(main) && isRenewable(main)
      ? [{ choice: 'revokeTokens' as const, label: vscode.l10n.t('$(circle-slash) Revoke Tokens') }]
      : []),
    { choice: 'signOut', label: vscode.l10n.t('$(sign-out) Sign Out') },
  ];
}

function moreItems({ pending }: AccountMenu): Item[] {
  const waiting = pending > 0 && vscode.l10n.t('Sign-outs that Box hasn’t confirmed yet: {0}', pending);
  return [
    { choice: 'signIn', label: vscode.l10n.t('$(add) Sign In with Another Account') },
    { choice: 'addDeveloperToken', label: vscode.l10n.t('$(clock) Add Developer Token…') },
    { choice: 'configureApp', label: vscode.l10n.t('$(gear) Configure App') },
    {
      choice: 'showLog',
      label: vscode.l10n.t('$(output) Show Log'),
      ...(waiting !== false && { description: waiting }),
    },
  ];
}
