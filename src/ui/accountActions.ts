import * as vscode from 'vscode';
import type { Clock } from '../box/clock';
import { SessionError } from '../sessions/errors';
import type { PendingRevocations } from '../sessions/pendingRevocations';
import type { SessionBook } from '../sessions/sessionBook';
import type { SessionEnder } from '../sessions/sessionEnder';
import { isLive, type LiveSession } from '../sessions/sessionRecord';
import { widest } from '../sessions/sessionSelection';
import type { TokenRefresher } from '../sessions/tokenRefresher';
import { showAccountMenu } from './accountMenu';
import { accountsIn, pickAccount, type Account } from './accountPicker';
import type { SignIn } from './signIn';
import type { TokenClipboard } from './tokenClipboard';
import { pickTokenFormat } from './tokenFormatPicker';
import { plain } from './userMessage';

/** What the actions need from outside. */
export interface AccountActionsDependencies {
  readonly book: SessionBook;
  readonly refresher: TokenRefresher;
  readonly ender: SessionEnder;
  readonly revocations: PendingRevocations;
  readonly signIn: SignIn;
  readonly clipboard: TokenClipboard;
  readonly clock: Clock;
}

/** The commands that do something with an account: each asks which one when there are several. */
export class AccountActions {
  constructor(private readonly dependencies: AccountActionsDependencies) {}

  /** Signs in with an app, as whoever the browser says. */
  async signIn(): Promise<void> {
    const session = await this.dependencies.signIn.runOnDemand();
    if (session === undefined) return;
    const copy = vscode.l10n.t('Copy Access Token');
    const message = vscode.l10n.t('Signed in to Box as {0}.', plain(session.account.label));
    if ((await vscode.window.showInformationMessage(message, copy)) === copy) await this.copyToken(session);
  }

  /** Copies a token that will still work for a while. */
  async copyAccessToken(accountId?: string): Promise<void> {
    const session = await this.pickLive(vscode.l10n.t('Choose the account whose token to copy'), accountId);
    if (session !== undefined) await this.copyToken(session);
  }

  /** The same in a format that the person chooses. */
  async copyAccessTokenAs(accountId?: string): Promise<void> {
    const session = await this.pickLive(vscode.l10n.t('Choose the account whose token to copy'), accountId);
    const format = session && (await pickTokenFormat());
    if (session === undefined || format === undefined) return;
    const { clipboard, refresher } = this.dependencies;
    await clipboard.copyAs(format, await refresher.freshToCopy(session));
  }

  /** Gets a new pair now. */
  async refreshAccessToken(accountId?: string): Promise<void> {
    const session = await this.pickLive(
      vscode.l10n.t('Choose the account whose token to refresh'),
      accountId,
    );
    if (session === undefined) return;
    const refreshed = await this.dependencies.refresher.refreshNow(session);
    const copy = vscode.l10n.t('Copy Access Token');
    const message = vscode.l10n.t(
      '{0} has a new access token. Tokens that you copied before end when it is first used.',
      plain(session.account.label),
    );
    if ((await vscode.window.showInformationMessage(message, copy)) === copy) await this.copyToken(refreshed);
  }

  /** Ends an account's tokens at Box, after a question. */
  async revokeTokens(accountId?: string): Promise<void> {
    const account = await this.pick(vscode.l10n.t('Choose the account whose tokens to revoke'), accountId);
    if (account === undefined || !(await this.confirmRevocation(account))) return;
    for (const session of account.sessions.filter(isLive)) await this.dependencies.ender.revoke(session.id);
    void this.offerSignIn(
      account,
      vscode.l10n.t(
        'The tokens of {0} are revoked. The account needs a new sign-in to be used again.',
        plain(account.label),
      ),
    );
  }

  /** Removes an account here and revokes its tokens at Box. */
  async signOut(accountId?: string): Promise<void> {
    const account = await this.pick(vscode.l10n.t('Choose the account to sign out'), accountId);
    if (account === undefined) return;
    const outcomes = await Promise.all(account.sessions.map(({ id }) => this.dependencies.ender.signOut(id)));
    const label = plain(account.label);
    if (outcomes.every(({ state }) => state === 'revoked')) {
      void vscode.window.showInformationMessage(
        vscode.l10n.t('Signed out {0}. Its tokens are revoked at Box.', label),
      );
    } else {
      void vscode.window.showWarningMessage(
        vscode.l10n.t(
          'Signed out {0} here. Box could not be told yet; its tokens are revoked as soon as Box can be reached.',
          label,
        ),
      );
    }
  }

  /** Shows who is signed in, and everything that can be done about it. */
  async showAccount(): Promise<void> {
    const pending = (await this.dependencies.revocations.pending()).size;
    if (pending > 0 && (await this.dependencies.book.all()).length === 0) {
      this.tellPending(pending);
      return;
    }
    const account = await this.pick(vscode.l10n.t('Choose an account'));
    if (account === undefined) return;
    const choice = await showAccountMenu(account, pending, this.dependencies.clock);
    if (choice === 'signInAgain') await this.signInAgain(account);
    else if (choice !== undefined)
      await vscode.commands.executeCommand(`box-authentication.${choice}`, account.id);
  }

  /** Tells the person that an account needs a new sign-in, and offers it. */
  async offerSignIn(account: Pick<Account, 'id' | 'label'>, message: string): Promise<void> {
    const signIn = vscode.l10n.t('Sign In');
    const answer = await vscode.window.showWarningMessage(message, signIn);
    // What goes wrong there, the person has been told.
    if (answer === signIn) await this.signInAgain(account).catch(() => undefined);
  }

  private tellPending(pending: number): void {
    void vscode.window.showInformationMessage(
      vscode.l10n.t(
        'Nobody is signed in to Box. Sign-outs that Box has not confirmed yet: {0}. Their tokens are revoked as soon as Box can be reached.',
        pending,
      ),
    );
  }

  private async signInAgain({ id, label }: Pick<Account, 'id' | 'label'>): Promise<void> {
    const own = (await this.dependencies.book.all()).filter((session) => session.account.id === id);
    const ended = widest(own.filter((session) => !isLive(session)));
    await this.dependencies.signIn.run(ended?.scopes, { id, label });
  }

  private async copyToken(session: LiveSession): Promise<void> {
    await this.dependencies.clipboard.copy(await this.dependencies.refresher.freshToCopy(session));
  }

  private async confirmRevocation(account: Account): Promise<boolean> {
    const revoke = vscode.l10n.t('Revoke Tokens');
    const answer = await vscode.window.showWarningMessage(
      vscode.l10n.t('Revoke the Box tokens of {0}?', account.label),
      {
        modal: true,
        detail: vscode.l10n.t(
          'They end at Box at once, wherever they were copied to. Extensions that use the account need a new sign-in.',
        ),
      },
      revoke,
    );
    return answer === revoke;
  }

  private async pickLive(placeHolder: string, accountId?: string): Promise<LiveSession | undefined> {
    const account = await this.pick(placeHolder, accountId);
    if (account === undefined) return undefined;
    if (!isLive(account.main)) throw new SessionError('ended', account.main.appName, account.main);
    return account.main;
  }

  private async pick(placeHolder: string, accountId?: string): Promise<Account | undefined> {
    const accounts = accountsIn(await this.dependencies.book.all());
    if (accounts.length === 0) void this.offerFirstSignIn();
    // The account that a menu was about may be gone by now: no other is taken in its place.
    if (accountId !== undefined) return accounts.find(({ id }) => id === accountId);
    return pickAccount(accounts, placeHolder);
  }

  private async offerFirstSignIn(): Promise<void> {
    const signIn = vscode.l10n.t('Sign In');
    const answer = await vscode.window.showInformationMessage(
      vscode.l10n.t('Nobody is signed in to Box. Sign in first.'),
      signIn,
    );
    if (answer === signIn) await this.signIn().catch(() => undefined);
  }
}
