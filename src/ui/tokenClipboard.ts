import * as vscode from 'vscode';
import { type Settings } from '../apps/settings';
import { type Clock } from '../box/clock';
import { endOf, lifeLeft, type LiveSession } from '../sessions/sessionRecord';
import { plain } from './userMessage';
import { duration, timeOfDay } from './time';

/** Copies tokens, and takes them off the clipboard again where that can be done without asking anybody. */
export class TokenClipboard implements vscode.Disposable {
  private cancelClearing = (): void => undefined;

  constructor(
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** Copies the session's access token and says until when it works. @throws SettingError */
  async copy(session: LiveSession): Promise<void> {
    const seconds = this.settings.clearClipboardAfterSeconds();
    const { accessToken } = session.pair;
    await vscode.env.clipboard.writeText(accessToken);
    const isCleared = this.clearAfter(seconds, accessToken);
    const now = this.clock.now();
    // VS Code shows the first sixty characters or so: what counts comes first.
    const copied = vscode.l10n.t(
      'Access token copied. It works until {0} ({1}).',
      timeOfDay(endOf(session.pair), now),
      duration(lifeLeft(session.pair, now)),
    );
    const whose = vscode.l10n.t('Account: {0}.', plain(session.account.label));
    const cleared = isCleared ? [vscode.l10n.t('The clipboard is cleared in {0} seconds.', seconds)] : [];
    void vscode.window.showInformationMessage([copied, whose, ...cleared].join(' '));
  }

  dispose(): void {
    this.cancelClearing();
  }

  private clearAfter(seconds: number, text: string): boolean {
    this.cancelClearing();
    // A browser asks the person before a page may read the clipboard.
    if (seconds === 0 || vscode.env.uiKind !== vscode.UIKind.Desktop) return false;
    this.cancelClearing = this.clock.after(seconds * 1000, () => {
      void clearIfStill(text);
    });
    return true;
  }
}

async function clearIfStill(text: string): Promise<void> {
  if ((await vscode.env.clipboard.readText()) === text) await vscode.env.clipboard.writeText('');
}
