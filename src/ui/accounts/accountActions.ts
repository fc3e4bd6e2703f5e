import * as vscode from 'vscode';
import type { Clock } from '../../common/clock';
import { SessionError } from '../../sessions/errors';
import type { PreferredAccount } from '../../sessions/store/preferredAccount';
import type { PendingRevocations } from '../../sessions/tokens/pendingRevocations';
import type { SessionStore } from '../../sessions/store/sessionStore';
import type { SharedSignIn } from '../signIn/sharedSignIn';
import type { SignOut } from '../../sessions/lifecycle/signOut';
import { isLive, isRenewable } from '../../sessions/store/sessionRecord';
import { accountsOf, ofAccount, widest } from '../../sessions/store/sessionSelection';
import type { AccountChooser } from './accountChooser';
import { detailLines, whoIs } from './accountDetails';
import type { AccountMenuChoice } from './accountMenu';
import { accountsIn, pickAccount, type Account } from './accountPicker';
import type { Notifications } from '../messages/notifications';
import type { SignInParts } from '../signIn/module';
import { tellRevocationPending, tellSignOut } from '../messages/signOutMessages';
import type { Terminal } from '../../terminal/module';
import type { BoxTerminals } from '../terminal/boxTerminals';
import type { TokenActions } from '../tokens/tokenActions';
import { plainText } from '../messages/userMessage';

/** Dependencies of {@link AccountActions}. */
export interface AccountActionsDependencies {
  readonly store: SessionStore;
  readonly signOut: SignOut;
  readonly revocations: PendingRevocations;
  /** Loads what it takes to sign in, which a quiet window does without. */
  readonly loadSignIn: () => Promise<SignInParts>;
  /** The same, shared with extensions that ask. */
  readonly signIns: SharedSignIn;
  readonly preferred: PreferredAccount;
  readonly accounts: AccountChooser;
  readonly tokens: TokenActions;
  readonly terminal: Pick<Terminal, 'accessTo' | 'load'>;
  readonly terminals: BoxTerminals;
  readonly notifications: Notifications;
  readonly clock: Clock;
}

/** The commands that do something with a whole account. */
export class AccountActions {
  constructor(private readonly dependencies: AccountActionsDependencies) {}

  /** Signs in with an app, as whoever the browser says. */
  async signIn(): Promise<void> {
    const { loadSignIn, signIns } = this.dependencies;
    const { signIn } = await loadSignIn();
    const session = await signIn.runOnDemand(() => signIns.run([], undefined));
    if (session === undefined) return;
    const message = vscode.l10n.t('Signed in to Box as {0}.', plainText(session.account.label));
    await this.dependencies.tokens.offerCopy(session, message);
  }

  /** Ends an account's tokens at Box, after a question. */
  async revokeTokens(accountId?: string): Promise<void> {
    const account = await this.dependencies.accounts.pick(
      vscode.l10n.t('Choose the account whose tokens to revoke'),
      accountId,
    );
    if (account === undefined) return;
    if (!isRenewable(account.main))
      throw new SessionError('not_revocable', account.main.appName, account.main);
    if (!(await this.confirmRevocation(account))) return;
    const { signOut, notifications } = this.dependencies;
    const revoked = await Promise.all(
      account.sessions
        .filter(isLive)
        .map(async (session) => ({ session, outcome: await signOut.revoke(session.id) })),
    );
    const isPending = revoked.some(({ outcome }) => outcome.state === 'pending');
    if (isPending) tellRevocationPending(notifications, revoked);
    const label = plainText(account.label);
    const message = isPending
      ? vscode.l10n.t('The tokens of {0} are no longer used here. Sign in to use the account again.', label)
      : vscode.l10n.t('The tokens of {0} are revoked. Sign in to use the account again.', label);
    void this.offerSignIn(account, message, vscode.window.showInformationMessage);
  }

  /** Removes an account here and revokes its tokens at Box, after a question. */
  async signOut(accountId?: string): Promise<void> {
    const account = await this.dependencies.accounts.pick(
      vscode.l10n.t('Choose the account to sign out'),
      accountId,
    );
    if (account === undefined) return;
    if (!(await confirmSignOut(account))) return;
    const { store, signOut, notifications } = this.dependencies;
    // While the question was open, the account may have got or lost sessions.
    const sessions = ofAccount(await store.all(), account);
    const signedOut = await Promise.all(
      sessions.map(async (session) => ({ session, outcome: await signOut.run(session.id) })),
    );
    tellSignOut(notifications, signedOut);
  }

  /** Shows who is signed in, and everything that can be done about it. */
  async showAccount(): Promise<void> {
    const { revocations, store, accounts, preferred } = this.dependencies;
    const pending = (await revocations.pending()).size;
    const sessions = await store.all();
    if (pending > 0 && sessions.length === 0) {
      this.tellPending(pending);
      return;
    }
    let account = await accounts.pick(vscode.l10n.t('Choose an account'), preferred.among(sessions)?.id);
    while (account !== undefined) {
      const choice = await this.chooseFor(account, pending);
      if (choice !== 'otherAccounts') return this.follow(choice, account);
      account = await pickAccount(accountsIn(await store.all()), vscode.l10n.t('Choose an account'));
    }
  }

  private async chooseFor(account: Account, pending: number): Promise<AccountMenuChoice | undefined> {
    const { store, preferred, terminal, clock } = this.dependencies;
    const sessions = await store.all();
    const { showAccountMenu } = await import('./accountMenu');
    return showAccountMenu({
      account,
      hasOthers: accountsOf(sessions).length > 1,
      isPreferred: preferred.among(sessions)?.id === account.id,
      terminals: terminal.accessTo(account.id),
      pending,
      now: clock.now(),
    });
  }

  private async follow(choice: AccountMenuChoice | undefined, account: Account): Promise<void> {
    if (choice === undefined) return;
    const { tokens, terminals } = this.dependencies;
    const { id } = account;
    // Not by command: a command takes no account, since every extension may run it.
    const ofAccount: Partial<Record<AccountMenuChoice, () => Promise<void>>> = {
      signInAgain: () => this.signInAgain(account),
      prefer: () => this.prefer(account),
      details: () => this.showDetails(account),
      signOut: () => this.signOut(id),
      revokeTokens: () => this.revokeTokens(id),
      copyAccessToken: () => tokens.copyAccessToken(id),
      copyAccessTokenAs: () => tokens.copyAccessTokenAs(id),
      refreshAccessToken: () => tokens.refreshAccessToken(id),
      createDownscopedToken: () => tokens.createDownscopedToken(id),
      createAnnotatorToken: () => tokens.createAnnotatorToken(id),
      openTerminal: () => terminals.open(id),
      stopTerminalAccess: () => this.stopTerminalAccess(),
      askAgainForTerminals: () => this.askAgainForTerminals(account),
    };
    const run = ofAccount[choice];
    if (run === undefined) await vscode.commands.executeCommand(`box-authentication.${choice}`);
    else await run();
  }

  private async stopTerminalAccess(): Promise<void> {
    (await this.dependencies.terminal.load()).stop();
    const message = vscode.l10n.t(
      'Terminals in this window have no access to Box anymore. Tokens that programs already have work until they end.',
    );
    void vscode.window.showInformationMessage(message);
  }

  private async askAgainForTerminals({ id, label }: Account): Promise<void> {
    (await this.dependencies.terminal.load()).askAgain(id);
    const message = vscode.l10n.t(
      'You’ll be asked again when a program in a terminal wants access to {0}.',
      plainText(label),
    );
    void vscode.window.showInformationMessage(message);
  }

  private async prefer({ id }: Account): Promise<void> {
    const { store, preferred } = this.dependencies;
    const isPreferred = preferred.among(await store.all())?.id === id;
    await preferred.set(isPreferred ? undefined : id);
  }

  private async showDetails({ main }: Account): Promise<void> {
    const copy = vscode.l10n.t('Copy Details');
    const detail = detailLines(main, this.dependencies.clock.now()).join('\n');
    const answer = await vscode.window.showInformationMessage(
      main.user.name || whoIs(main),
      { modal: true, detail },
      copy,
    );
    if (answer === copy) await vscode.env.clipboard.writeText(detail);
  }

  /**
   * Tells the person that an account needs a new sign-in, and offers it.
   * @param show a warning, unless it is what the person wanted.
   */
  async offerSignIn(
    account: Pick<Account, 'id' | 'label'>,
    message: string,
    show: (message: string, button: string) => Thenable<string | undefined> = vscode.window
      .showWarningMessage,
  ): Promise<void> {
    const signIn = vscode.l10n.t('Sign In');
    const answer = await show(message, signIn);
    const { notifications } = this.dependencies;
    if (answer === signIn) await notifications.run('Signing in again', () => this.signInAgain(account));
  }

  private tellPending(pending: number): void {
    void vscode.window.showInformationMessage(
      vscode.l10n.t(
        'You aren’t signed in to Box. Sign-outs that Box hasn’t confirmed yet: {0}. They will be retried automatically.',
        pending,
      ),
    );
  }

  private async signInAgain({ id, label }: Pick<Account, 'id' | 'label'>): Promise<void> {
    const own = (await this.dependencies.store.all()).filter((session) => session.account.id === id);
    const ended = widest(own.filter((session) => !isLive(session)));
    const { signIn } = await this.dependencies.loadSignIn();
    await signIn.run(ended?.scopes, { id, label });
  }

  private async confirmRevocation(account: Account): Promise<boolean> {
    const revoke = vscode.l10n.t('Revoke Tokens');
    const answer = await vscode.window.showWarningMessage(
      vscode.l10n.t('Revoke the Box tokens of {0}?', account.label),
      {
        modal: true,
        detail: vscode.l10n.t(
          'They stop working immediately, wherever you copied them. Extensions that use the account will need a new sign-in.',
        ),
      },
      revoke,
    );
    return answer === revoke;
  }
}

/** VS Code’s own Accounts menu asks by itself. */
async function confirmSignOut({ label, main }: Account): Promise<boolean> {
  const signOut = vscode.l10n.t('Sign Out');
  const detail = isRenewable(main)
    ? vscode.l10n.t(
        'Its tokens will be revoked at Box, including any copies. Extensions that use the account will need a new sign-in.',
      )
    : vscode.l10n.t(
        'The developer token will be removed from VS Code. It works until it expires, unless you revoke it in the Box Developer Console.',
      );
  const question = vscode.l10n.t('Sign out of {0}?', plainText(label));
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, signOut)) === signOut;
}
