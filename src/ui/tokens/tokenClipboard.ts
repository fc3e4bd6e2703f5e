import * as vscode from 'vscode';
import type { Settings } from '../../apps/settings';
import { LONGEST_TIMER_MS, type Clock } from '../../common/clock';
import { endOf, isRenewable, lifeLeft, type LiveSession } from '../../sessions/store/sessionRecord';
import type { TokenFormat } from './tokenFormats';
import { markMilestone } from '../signIn/milestones';
import type { Notifications } from '../messages/notifications';
import { duration, timeOfDay } from '../messages/time';
import { copiedAs } from './tokenFormatPicker';
import { plainText } from '../messages/userMessage';

/** No timer here waits longer, in s. For more, the person is told this time. */
const LONGEST_WAIT_S = Math.floor(LONGEST_TIMER_MS / 1000);

/** Copies tokens, and takes them off the clipboard again where that can be done without asking anybody. */
export class TokenClipboard implements vscode.Disposable {
  private cancelClearing = (): void => undefined;

  constructor(
    private readonly settings: Settings,
    private readonly clock: Clock,
    private readonly isWindows: boolean,
    private readonly notifications: Pick<Notifications, 'report'>,
  ) {}

  /**
   * Copies the session's access token and says until when it works.
   * @param what was copied, in a sentence.
   * @throws SettingError
   */
  async copy(session: LiveSession, what = vscode.l10n.t('Access token copied.')): Promise<void> {
    const until = isRenewable(session)
      ? vscode.l10n.t('It works until {0}.', this.until(session))
      : vscode.l10n.t('It works until {0} at the latest.', this.until(session));
    await this.put(session, session.pair.accessToken, `${what} ${until}`);
  }

  /** The same in a format of which the token is a part. @throws SettingError, or RangeError for an impossible token */
  async copyAs(format: TokenFormat, session: LiveSession): Promise<void> {
    const { id, clientId, appName, user, origins, pair } = session;
    const { formatToken } = await import('./tokenFormats');
    const text = formatToken(format, {
      accessToken: pair.accessToken,
      clientId,
      ...(user.enterprise && { enterpriseId: user.enterprise.id }),
      login: user.login,
      apiOrigin: origins.api,
      accountOrigin: origins.account,
      expiresAt: endOf(pair),
      environmentName: `Box: ${user.login} (${appName})`,
      environmentId: id,
      isWindows: this.isWindows,
      copiedAt: this.clock.now(),
    });
    await this.put(session, text, copiedAs(format, this.until(session)));
  }

  private until({ pair }: LiveSession): string {
    const now = this.clock.now();
    return vscode.l10n.t('{0} ({1})', timeOfDay(endOf(pair), now), duration(lifeLeft(pair, now)));
  }

  private async put(session: LiveSession, text: string, copied: string): Promise<void> {
    const seconds = Math.min(this.settings.clearClipboardAfterSeconds(), LONGEST_WAIT_S);
    await vscode.env.clipboard.writeText(text);
    markMilestone('didCopyToken');
    const isCleared = this.clearAfter(seconds, text);
    // VS Code shows the first sixty characters or so: what counts comes first.
    const whose = vscode.l10n.t('Account: {0}.', plainText(session.account.label));
    const cleared = isCleared
      ? [vscode.l10n.t('The clipboard will be cleared in {0} seconds if this window stays open.', seconds)]
      : [];
    void vscode.window.showInformationMessage([copied, whose, ...cleared].join(' '));
  }

  /** A token that was copied stays: VS Code lets no extension reach the clipboard any more when it ends them. */
  dispose(): void {
    this.cancelClearing();
  }

  private clearAfter(seconds: number, text: string): boolean {
    this.cancelClearing();
    // A browser asks the person before a page may read the clipboard.
    if (seconds === 0 || vscode.env.uiKind !== vscode.UIKind.Desktop) return false;
    this.cancelClearing = this.clock.after(seconds * 1000, () => {
      clearIfStill(text).catch((error: unknown) => {
        this.notifications.report(error, { what: 'Clearing the clipboard' });
      });
    });
    return true;
  }
}

async function clearIfStill(text: string): Promise<void> {
  if ((await vscode.env.clipboard.readText()) === text) await vscode.env.clipboard.writeText('');
}
