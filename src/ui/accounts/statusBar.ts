import * as vscode from 'vscode';
import type { Settings } from '../../apps/settings';
import type { Clock } from '../../common/clock';
import type { Terminal } from '../../terminal/module';
import type { SessionStore } from '../../sessions/store/sessionStore';
import type { PreferredAccount } from '../../sessions/store/preferredAccount';
import { isLive, isServiceAccount, type SessionRecord } from '../../sessions/store/sessionRecord';
import { ofAccount, widest } from '../../sessions/store/sessionSelection';
import { appOf, enterpriseOf, lifeBar, terminalsOf, timeLeftOf } from './accountDetails';

/** Dependencies of {@link AccountStatusBarItem}. */
export interface AccountStatusBarItemDependencies {
  readonly store: SessionStore;
  readonly preferred: PreferredAccount;
  readonly settings: Settings;
  readonly terminal: Pick<Terminal, 'accessTo' | 'onDidChange'>;
  readonly clock: Clock;
}

const ITEM_ID = 'box-authentication.account';
/** The tooltip counts minutes. */
const TICK_MS = 30_000;

/** The account in the status bar: who is signed in, or that nobody is, or that somebody must sign in again. */
export class AccountStatusBarItem implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem(ITEM_ID, vscode.StatusBarAlignment.Right, 100);
  private cancelTick = (): void => undefined;

  constructor(private readonly dependencies: AccountStatusBarItemDependencies) {
    this.item.name = vscode.l10n.t('Box account');
    const update = (): void => {
      this.update();
    };
    dependencies.store.onDidChange(update);
    dependencies.preferred.onDidChange(update);
    dependencies.terminal.onDidChange(update);
  }

  /** Shows what is known now. */
  update(): void {
    this.cancelTick();
    const session = this.shown();
    if (session === undefined) this.showSignedOut();
    else if (isLive(session)) this.showSignedIn(session);
    else this.showNeedsSignIn(session);
    if (!this.dependencies.settings.showStatusBarItem()) {
      this.item.hide();
      return;
    }
    this.item.show();
    if (session !== undefined && isLive(session)) {
      this.cancelTick = this.dependencies.clock.after(TICK_MS, () => {
        this.update();
      });
    }
  }

  dispose(): void {
    this.cancelTick();
    this.item.dispose();
  }

  /** The widest session of the preferred account, else of the one that signed in last. */
  private shown(): SessionRecord | undefined {
    const { store, preferred } = this.dependencies;
    const sessions = store.known();
    const last = sessions.toSorted((a, b) => b.signedInAt - a.signedInAt)[0];
    const account = preferred.among(sessions) ?? last?.account;
    const own = account === undefined ? [] : ofAccount(sessions, account);
    return widest(own.filter(isLive)) ?? widest(own);
  }

  private showSignedOut(): void {
    this.item.text = vscode.l10n.t('$(account) Box: Sign In');
    this.item.tooltip = vscode.l10n.t('Sign in to Box');
    this.item.command = 'box-authentication.signIn';
    this.item.accessibilityInformation = {
      label: vscode.l10n.t('Box: Not signed in. Sign in'),
      role: 'button',
    };
  }

  private showNeedsSignIn(session: SessionRecord): void {
    this.item.text = vscode.l10n.t('$(warning) Box: Sign In');
    this.item.tooltip = this.tooltip(session);
    this.item.command = 'box-authentication.showAccount';
    this.item.accessibilityInformation = {
      label: vscode.l10n.t('Box: {0} needs to sign in again. Show account', shownName(session)),
      role: 'button',
    };
  }

  private showSignedIn(session: SessionRecord): void {
    this.item.text = `$(account) ${shownName(session)}`;
    this.item.tooltip = this.tooltip(session);
    this.item.command = 'box-authentication.showAccount';
    this.item.accessibilityInformation = {
      label: vscode.l10n.t('Box: Signed in as {0}. Show account', shownName(session)),
      role: 'button',
    };
  }

  private tooltip(session: SessionRecord): vscode.MarkdownString {
    const now = this.dependencies.clock.now();
    const bar = lifeBar(session, now);
    const lines = [
      session.user.name || session.user.login,
      session.user.login,
      enterpriseOf(session),
      appOf(session),
      timeLeftOf(session, now),
      ...terminalsOf(this.dependencies.terminal.accessTo(session.account.id)),
    ].map(asMarkdown);
    const [first = '', ...rest] = lines;
    return new vscode.MarkdownString(
      [`**${first}**`, ...rest, ...(bar === undefined ? [] : [bar])].join('  \n'),
    );
  }
}

/** The login; of a service account, whose login says nothing, the name of its account. */
function shownName(session: SessionRecord): string {
  return isServiceAccount(session) ? session.account.label : session.user.login;
}

/** Text that Markdown shows as it is. An e-mail address would become a link of its own accord. */
function asMarkdown(text: string): string {
  return new vscode.MarkdownString().appendText(text).value.replaceAll('@', '&#64;');
}
