import * as vscode from 'vscode';
import { SECTION } from '../../apps/settings';
import { DEVELOPER_CONSOLE } from '../links';
import type { Notifications } from './notifications';
import type { MessageAction, UserMessage } from './userMessage';

export { messageFor } from './messages';

/** What an action of a message does. */
export type Handler = (message: UserMessage) => unknown;

const EXTENSION_ID = 'vscode-box.box-authentication';

const HANDLERS: Readonly<Record<MessageAction, Handler>> = {
  signIn: () => vscode.commands.executeCommand('box-authentication.signIn'),
  enterClientSecret: () => vscode.commands.executeCommand('box-authentication.configureApp'),
  chooseConfigFile: () => vscode.commands.executeCommand('box-authentication.configureApp'),
  configureApp: () => vscode.commands.executeCommand('box-authentication.configureApp'),
  checkApp: ({ app }) => vscode.commands.executeCommand('box-authentication.checkApp', app),
  signOut: () => vscode.commands.executeCommand('box-authentication.signOut'),
  addDeveloperToken: () => vscode.commands.executeCommand('box-authentication.addDeveloperToken'),
  openConsole: () => vscode.env.openExternal(vscode.Uri.parse(DEVELOPER_CONSOLE)),
  // Who shows it knows the app, and copies a message that names it.
  copyAdminMessage: ({ text }) => vscode.env.clipboard.writeText(text),
  openSetting: ({ setting }) =>
    vscode.commands.executeCommand('workbench.action.openSettings', setting ?? SECTION),
  openSettingsFile: () => vscode.commands.executeCommand('workbench.action.openSettingsJson'),
  reloadWindow: () => vscode.commands.executeCommand('workbench.action.reloadWindow'),
  showAccount: () => vscode.commands.executeCommand('box-authentication.showAccount'),
  openTerminal: () => vscode.commands.executeCommand('box-authentication.openTerminal'),
  manageTrust: () => vscode.commands.executeCommand('workbench.trust.manage'),
  showExtension: () => vscode.commands.executeCommand('extension.open', EXTENSION_ID),
  showLog: () => vscode.commands.executeCommand('box-authentication.showLog'),
};

/** What buttons do here instead. */
export type Overrides = Partial<Record<MessageAction, Handler>>;

/**
 * Shows a message with its buttons, and does what is chosen. Does not wait for the person.
 * @param notifications tells of what a button could not do.
 * @param prepareReload called before the window is reloaded.
 * @param overrides what buttons do here instead.
 */
export function showWithButtons(
  severity: 'error' | 'warning',
  message: UserMessage,
  notifications: Pick<Notifications, 'run'>,
  prepareReload: () => Promise<void>,
  overrides: Overrides = {},
): void {
  const show = severity === 'error' ? vscode.window.showErrorMessage : vscode.window.showWarningMessage;
  const buttons = message.actions.map((action) => ({ action, title: titleOf(action) }));
  void show<Button>(message.text, ...buttons).then((button) => {
    if (button === undefined) return;
    const { action } = button;
    const handle = overrides[action] ?? HANDLERS[action];
    void notifications.run(`The button ${action} of a message`, () =>
      action === 'reloadWindow' ? prepareReload().finally(() => handle(message)) : handle(message),
    );
  });
}

interface Button extends vscode.MessageItem {
  readonly action: MessageAction;
}

function titleOf(action: MessageAction): string {
  switch (action) {
    case 'signIn':
      return vscode.l10n.t('Sign In');
    case 'enterClientSecret':
      return vscode.l10n.t('Enter Client Secret');
    case 'chooseConfigFile':
      return vscode.l10n.t('Choose config.json…');
    case 'configureApp':
      return vscode.l10n.t('Configure App');
    case 'checkApp':
      return vscode.l10n.t('Check App…');
    case 'signOut':
      return vscode.l10n.t('Sign Out');
    case 'addDeveloperToken':
      return vscode.l10n.t('Add Developer Token…');
    case 'openConsole':
      return vscode.l10n.t('Open the Box Developer Console');
    case 'copyAdminMessage':
      return vscode.l10n.t('Copy Message to Administrator');
    case 'openSetting':
      return vscode.l10n.t('Open Setting');
    case 'openSettingsFile':
      return vscode.l10n.t('Open User Settings (JSON)');
    case 'reloadWindow':
      return vscode.l10n.t('Reload Window');
    case 'showAccount':
      return vscode.l10n.t('Show Account');
    case 'openTerminal':
      return vscode.l10n.t('Open Terminal');
    case 'manageTrust':
      return vscode.l10n.t('Manage Workspace Trust');
    case 'showExtension':
      return vscode.l10n.t('Show Extension');
    case 'showLog':
      return vscode.l10n.t('Show Log');
  }
}
