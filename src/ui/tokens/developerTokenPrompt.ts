import * as vscode from 'vscode';
import type { Settings } from '../../apps/settings';
import { ApiRefusedError } from '../../box/errors';
import type { DeveloperTokens } from '../../sessions/lifecycle/developerTokens';
import type { LiveSession } from '../../sessions/store/sessionRecord';
import { SignInError } from '../../signIn/errors';
import { DEVELOPER_CONSOLE } from '../links';
import { withCancellation } from '../cancellable';
import type { Notifications } from '../messages/notifications';

/** Lets the person paste a developer token. */
export class DeveloperTokenPrompt {
  constructor(
    private readonly tokens: DeveloperTokens,
    private readonly settings: Settings,
    private readonly notifications: Notifications,
  ) {}

  /**
   * Asks for a token, unseen, until Box accepts one.
   * @throws SignInError when the person gives up; SettingError, BoxError, StaleWindowError
   */
  async add(): Promise<LiveSession> {
    const origins = this.settings.origins();
    let problem: string | undefined;
    for (;;) {
      const token = await askDeveloperToken(problem);
      if (token === undefined) throw new SignInError('cancelled');
      const title = vscode.l10n.t('Checking the developer token with Box');
      try {
        return await withCancellation(title, (signal) => this.tokens.add(token, origins, signal));
      } catch (error) {
        if (!(error instanceof ApiRefusedError && error.status === 401)) throw error;
        this.notifications.report(error, { what: 'Checking a developer token' });
        problem = vscode.l10n.t(
          'Box rejected this token: it has expired, was revoked, or is incomplete. Generate a new one in the Developer Console and paste it.',
        );
      }
    }
  }
}

/** An input box that stays while the person fetches the token from the Developer Console. */
function askDeveloperToken(problem: string | undefined): Promise<string | undefined> {
  const box = vscode.window.createInputBox();
  const openConsole = {
    iconPath: new vscode.ThemeIcon('link-external'),
    tooltip: vscode.l10n.t('Open the Box Developer Console'),
  };
  box.title = vscode.l10n.t('Add a Box developer token');
  box.prompt = vscode.l10n.t(
    'Paste the token from Generate Developer Token on your app’s Configuration page. It expires within 60 minutes and can’t be refreshed. It’s stored only in VS Code’s secret storage.',
  );
  box.password = true;
  box.ignoreFocusOut = true;
  box.buttons = [openConsole];
  box.validationMessage = problem;
  return new Promise((resolve) => {
    box.onDidTriggerButton(() => void vscode.env.openExternal(vscode.Uri.parse(DEVELOPER_CONSOLE)));
    box.onDidChangeValue(() => (box.validationMessage = undefined));
    box.onDidAccept(() => {
      const token = box.value.trim();
      box.validationMessage = tokenProblem(token);
      if (box.validationMessage !== undefined) return;
      resolve(token);
      box.hide();
    });
    box.onDidHide(() => {
      resolve(undefined);
      box.dispose();
    });
    box.show();
  });
}

/** Nothing that could be something else, such as a client secret with a line break, goes into a header. */
function tokenProblem(token: string): string | undefined {
  if (token === '') return vscode.l10n.t('Paste the developer token.');
  if (/^[!-~]+$/.test(token)) return undefined;
  return vscode.l10n.t(
    'A token contains no spaces or line breaks. Copy it again from the Developer Console.',
  );
}
