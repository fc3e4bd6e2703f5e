import * as vscode from 'vscode';
import { SessionError } from '../../sessions/errors';
import type { PreferredAccount } from '../../sessions/store/preferredAccount';
import type { SessionStore } from '../../sessions/store/sessionStore';
import { isLive, type LiveSession } from '../../sessions/store/sessionRecord';
import { accountsIn, pickAccount, type Account } from './accountPicker';

/** Finds the account that a command is about, asking where there are several. */
export class AccountChooser {
  constructor(
    private readonly store: SessionStore,
    private readonly preferred: PreferredAccount,
  ) {}

  /**
   * The widest usable session of an account. The preferred one is taken without a question, because nothing is lost
   * by it. Undefined where nobody is signed in, which the person is told, or they give up.
   * @throws SessionError where the session has ended
   */
  async pickLive(placeHolder: string, accountId?: string): Promise<LiveSession | undefined> {
    const account = await this.pick(
      placeHolder,
      accountId ?? this.preferred.among(await this.store.all())?.id,
    );
    if (account === undefined) return undefined;
    if (!isLive(account.main)) throw new SessionError('ended', account.main.appName, account.main);
    return account.main;
  }

  /** The only account, the named one, or the one that the person chooses. That there is none, the person is told. */
  async pick(placeHolder: string, accountId?: string): Promise<Account | undefined> {
    const accounts = accountsIn(await this.store.all());
    if (accounts.length === 0) {
      void offerSignIn(vscode.l10n.t('You aren’t signed in to Box. Sign in first.'));
      return undefined;
    }
    if (accountId === undefined) return pickAccount(accounts, placeHolder);
    // The account that a menu was about may be gone by now: no other is taken in its place.
    const named = accounts.find(({ id }) => id === accountId);
    if (named === undefined) {
      void offerSignIn(vscode.l10n.t('This account has been signed out. Sign in to use it again.'));
    }
    return named;
  }
}

async function offerSignIn(message: string): Promise<void> {
  const signIn = vscode.l10n.t('Sign In');
  const answer = await vscode.window.showInformationMessage(message, signIn);
  if (answer === signIn) await vscode.commands.executeCommand('box-authentication.signIn');
}
