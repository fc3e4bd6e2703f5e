import * as vscode from 'vscode';
import type { Clock } from '../../common/clock';
import type { SessionStore } from '../../sessions/store/sessionStore';
import { endOf, isLive, isServerSession, type LiveSession } from '../../sessions/store/sessionRecord';
import type { TokenRefresher } from '../../sessions/tokens/tokenRefresher';
import type { AccountChooser } from '../accounts/accountChooser';
import { accountsIn, pickAccount } from '../accounts/accountPicker';
import type { DeveloperTokenPrompt } from './developerTokenPrompt';
import type { DownscopedTokenCommands } from './downscopedTokenCommands';
import { timeOfDay } from '../messages/time';
import type { TokenClipboard } from './tokenClipboard';
import { plainText } from '../messages/userMessage';

/** Dependencies of {@link TokenActions}. */
export interface TokenActionsDependencies {
  readonly store: SessionStore;
  readonly refresher: TokenRefresher;
  readonly accounts: AccountChooser;
  readonly clipboard: TokenClipboard;
  readonly developerTokens: DeveloperTokenPrompt;
  /** Loads what makes narrower tokens, which few people ever do. */
  readonly loadDownscoped: () => Promise<DownscopedTokenCommands>;
  readonly clock: Clock;
}

/** The commands that get, make and copy tokens: each asks for the account when there are several. */
export class TokenActions {
  constructor(private readonly dependencies: TokenActionsDependencies) {}

  /** Copies a token that will still work for a while. */
  async copyAccessToken(accountId?: string): Promise<void> {
    const session = await this.dependencies.accounts.pickLive(
      vscode.l10n.t('Choose the account whose token to copy'),
      accountId,
    );
    if (session !== undefined) await this.copyToken(session);
  }

  /** The same in a format that the person chooses. */
  async copyAccessTokenAs(accountId?: string): Promise<void> {
    const session = await this.dependencies.accounts.pickLive(
      vscode.l10n.t('Choose the account whose token to copy'),
      accountId,
    );
    const { pickTokenFormat } = await import('./tokenFormatPicker');
    const format = session && (await pickTokenFormat());
    if (session === undefined || format === undefined) return;
    const { clipboard, refresher } = this.dependencies;
    await clipboard.copyAs(format, await refresher.freshToCopy(session));
  }

  /** Adds a token from the Developer Console. */
  async addDeveloperToken(): Promise<void> {
    const session = await this.dependencies.developerTokens.add();
    const message = vscode.l10n.t(
      'Signed in to Box as {0}. The token expires at {1} at the latest and can’t be refreshed.',
      plainText(session.account.label),
      timeOfDay(endOf(session.pair), this.dependencies.clock.now()),
    );
    await this.offerCopy(session, message);
  }

  /** Copies a token that may do less. */
  async createDownscopedToken(accountId?: string): Promise<void> {
    const placeHolder = vscode.l10n.t('Choose the account to create the token from');
    const session = await this.dependencies.accounts.pickLive(placeHolder, accountId);
    if (session !== undefined) await (await this.dependencies.loadDownscoped()).createDownscoped(session);
  }

  /** Copies a token for an annotator, made by an app with a key pair. */
  async createAnnotatorToken(accountId?: string): Promise<void> {
    const accounts = accountsIn(await this.dependencies.store.all()).filter(
      ({ main }) => main.credential === 'jwt' && isLive(main),
    );
    if (accounts.length === 0) {
      this.tellNeedsJwt();
      return;
    }
    const placeHolder = vscode.l10n.t('Choose the account to create the token from');
    const account =
      accountId === undefined
        ? await pickAccount(accounts, placeHolder)
        : await this.dependencies.accounts.pick(placeHolder, accountId);
    const main = account?.main;
    if (main?.credential === 'jwt' && isLive(main)) {
      await (await this.dependencies.loadDownscoped()).createAnnotator(main);
    }
  }

  /** Gets a new pair now. */
  async refreshAccessToken(accountId?: string): Promise<void> {
    const session = await this.dependencies.accounts.pickLive(
      vscode.l10n.t('Choose the account whose token to refresh'),
      accountId,
    );
    if (session === undefined) return;
    const refreshed = await this.dependencies.refresher.refreshNow(session);
    const label = plainText(session.account.label);
    const message = isServerSession(session)
      ? vscode.l10n.t('{0} has a new access token. Tokens you copied earlier work until they expire.', label)
      : vscode.l10n.t(
          '{0} has a new access token. Tokens you copied earlier stop working when it’s first used.',
          label,
        );
    await this.offerCopy(refreshed, message);
  }

  /** Says something of a session, and offers to copy its token. */
  async offerCopy(session: LiveSession, message: string): Promise<void> {
    const copy = vscode.l10n.t('Copy Access Token');
    if ((await vscode.window.showInformationMessage(message, copy)) === copy) await this.copyToken(session);
  }

  private async copyToken(session: LiveSession): Promise<void> {
    await this.dependencies.clipboard.copy(await this.dependencies.refresher.freshToCopy(session));
  }

  private tellNeedsJwt(): void {
    const configure = vscode.l10n.t('Configure App');
    const message = vscode.l10n.t(
      'Only apps with a key pair (JWT) can create annotator tokens, and none is signed in. Add one in Configure App, then sign in with it.',
    );
    void vscode.window.showInformationMessage(message, configure).then((answer) => {
      if (answer === configure) void vscode.commands.executeCommand('box-authentication.configureApp');
    });
  }
}
