import * as vscode from 'vscode';
import type { BoxApp } from '../../apps/app';
import type { Settings } from '../../apps/settings';
import type { AppCheck, CheckStep } from '../../check/appCheck';
import type { AppReport } from '../../check/finding';
import type { Clock } from '../../common/clock';
import { appTypeName } from '../apps/appTypes';
import { withCancellation } from '../cancellable';
import type { Notifications } from '../messages/notifications';
import { plainText } from '../messages/userMessage';
import { lastReport, showReport } from './reportDocuments';
import { reportMarkdown, summary } from './reportMarkdown';

/** Dependencies of {@link CheckCommand}. */
export interface CheckCommandDependencies {
  readonly settings: Settings;
  readonly check: Pick<AppCheck, 'run'>;
  readonly notifications: Pick<Notifications, 'showError'>;
  /** The versions of what is involved, by its name. */
  readonly versions: () => Readonly<Record<string, string>>;
  /** To be fired with the address of a report that has become another. */
  readonly reportChange: Pick<vscode.EventEmitter<vscode.Uri>, 'fire'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** The commands that tell what is wrong with a Box app. */
export class CheckCommand {
  constructor(private readonly dependencies: CheckCommandDependencies) {}

  /**
   * Checks an app and shows the report.
   * @param appName the app, by its name in the settings. The person is asked where no app has that name, or where none
   * is given and there are several.
   * @throws SettingError; SignInError where the person cancels
   */
  async run(appName?: unknown): Promise<void> {
    const app = await this.chooseApp(appName);
    if (app === undefined) return;
    const title = vscode.l10n.t('Checking {0}', plainText(app.name));
    const report = await withCancellation(title, (signal, tell) =>
      this.dependencies.check.run(app, signal, (step) => {
        tell(stepText(step));
      }),
    );
    await this.show(report);
  }

  /** Copies the report that was shown last. */
  async copyReport(): Promise<void> {
    const text = lastReport();
    if (text === undefined) {
      await this.run();
      return;
    }
    await vscode.env.clipboard.writeText(text);
    vscode.window.setStatusBarMessage(vscode.l10n.t('$(check) Report Copied'), 5000);
  }

  /** Entries of the settings that cannot be used are told: the app that was meant may be among them. */
  private async chooseApp(appName: unknown): Promise<BoxApp | undefined> {
    const { settings, notifications } = this.dependencies;
    const apps = settings.apps();
    const errors = settings.appErrors();
    for (const error of errors) notifications.showError(error);
    if (apps.length === 0) {
      if (errors.length === 0) await offerConfiguration();
      return undefined;
    }
    const fitting = typeof appName === 'string' ? apps.filter(({ name }) => name === appName) : apps;
    const [only, ...others] = fitting;
    return others.length === 0 && only !== undefined ? only : pickApp(apps);
  }

  private async show(report: AppReport): Promise<void> {
    const { settings, versions, reportChange, clock } = this.dependencies;
    const { app, findings } = report;
    const context = { ...settings.origins(), at: clock.now(), versions: versions() };
    await showReport(plainText(app.name), reportMarkdown(report, context), reportChange);
    const copy = vscode.l10n.t('Copy Report');
    const text = vscode.l10n.t('{0}: {1}', plainText(app.name), summary(findings));
    void vscode.window.showInformationMessage(text, copy).then((answer) => {
      if (answer === copy) void vscode.commands.executeCommand('box-authentication.copyReport');
    });
  }
}

async function offerConfiguration(): Promise<void> {
  const configure = vscode.l10n.t('Configure App');
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t('No Box app is configured yet. Configure one first.'),
    configure,
  );
  if (answer === configure) await vscode.commands.executeCommand('box-authentication.configureApp');
}

async function pickApp(apps: readonly BoxApp[]): Promise<BoxApp | undefined> {
  const items = apps.map((app) => ({
    label: app.name,
    description: app.clientId,
    detail: appTypeName(app.authMethod),
    app,
  }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Check App'),
    placeHolder: vscode.l10n.t('Choose the app to check'),
  });
  return chosen?.app;
}

function stepText(step: CheckStep): string {
  switch (step) {
    case 'servers':
      return vscode.l10n.t('Asking Box’s servers…');
    case 'app':
      return vscode.l10n.t('Looking at the app…');
    case 'redirectUris':
      return vscode.l10n.t('Looking at the redirect URIs…');
    case 'place':
      return vscode.l10n.t('Looking at this computer…');
  }
}
