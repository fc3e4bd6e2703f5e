import * as vscode from 'vscode';
import type { Settings } from '../apps/settings';
import type { Clock } from '../box/clock';
import type { SessionBook } from '../sessions/sessionBook';
import { endOf, isLive, lifeLeft, type SessionRecord } from '../sessions/sessionRecord';
import { ofAccount, widest } from '../sessions/sessionSelection';
import { duration, timeOfDay } from './time';

/** What the item needs from outside. */
export interface AccountStatusBarItemDependencies {
  readonly book: SessionBook;
  readonly settings: Settings;
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
    dependencies.book.onDidChange(() => {
      this.update();
    });
  }

  /** Shows what is known now. */
  update(): void {
    this.cancelTick();
    const session = shownSession(this.dependencies.book.known());
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

  private showSignedOut(): void {
    this.item.text = vscode.l10n.t('$(account) Box: Sign In');
    this.item.tooltip = vscode.l10n.t('Sign in to Box');
    this.item.command = 'box-authentication.signIn';
    this.item.accessibilityInformation = {
      label: vscode.l10n.t('Box: nobody is signed in. Sign in'),
      role: 'button',
    };
  }

  private showNeedsSignIn(session: SessionRecord): void {
    this.item.text = vscode.l10n.t('$(warning) Box: Sign In');
    this.item.tooltip = this.tooltip(
      session,
      vscode.l10n.t('The session has ended. Sign in again; the app stays configured.'),
    );
    this.item.command = 'box-authentication.showAccount';
    this.item.accessibilityInformation = {
      label: vscode.l10n.t('Box: {0} must sign in again', session.user.login),
      role: 'button',
    };
  }

  private showSignedIn(session: SessionRecord): void {
    this.item.text = `$(account) ${session.user.login}`;
    this.item.tooltip = this.tooltip(session, this.timeLeft(session));
    this.item.command = 'box-authentication.showAccount';
    this.item.accessibilityInformation = {
      label: vscode.l10n.t('Box: signed in as {0}. Show account', session.user.login),
      role: 'button',
    };
  }

  private tooltip({ user, appName }: SessionRecord, state: string): vscode.MarkdownString {
    const lines = [
      user.login,
      user.enterprise === undefined
        ? vscode.l10n.t('Personal account')
        : vscode.l10n.t('Enterprise: {0}', user.enterprise.name || user.enterprise.id),
      vscode.l10n.t('App: {0}', appName),
      state,
    ];
    const [first = '', ...rest] = [user.name || user.login, ...lines].map(asMarkdown);
    return new vscode.MarkdownString([`**${first}**`, ...rest].join('  \n'));
  }

  private timeLeft(session: SessionRecord): string {
    if (!isLive(session)) return '';
    const now = this.dependencies.clock.now();
    const left = lifeLeft(session.pair, now);
    if (left <= 0) return vscode.l10n.t('The access token is renewed when it is next used.');
    return vscode.l10n.t(
      'Access token: {0} left, until {1}',
      duration(left),
      timeOfDay(endOf(session.pair), now),
    );
  }
}

/** The session of the account that signed in last, its widest. */
function shownSession(sessions: readonly SessionRecord[]): SessionRecord | undefined {
  const last = sessions.toSorted((a, b) => b.signedInAt - a.signedInAt)[0];
  if (last === undefined) return undefined;
  const ofLast = ofAccount(sessions, last.account);
  return widest(ofLast.filter(isLive)) ?? widest(ofLast);
}

/** Text that Markdown shows as it is. An e-mail address would become a link of its own accord. */
function asMarkdown(text: string): string {
  return new vscode.MarkdownString().appendText(text).value.replaceAll('@', '&#64;');
}
