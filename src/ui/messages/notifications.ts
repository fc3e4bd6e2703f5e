import * as vscode from 'vscode';
import { SECTION } from '../../apps/settings';
import { SignInError } from '../../signIn/errors';
import { StaleWindowError } from '../../storage/errors';
import { DEVELOPER_CONSOLE } from '../links';
import type { MessageAction, UserMessage } from './userMessage';

const EXTENSION_ID = 'vscode-box.box-authentication';

/** What an action of a message does. */
type Handler = (message: UserMessage) => unknown;

const HANDLERS: Readonly<Record<MessageAction, Handler>> = {
  signIn: () => vscode.commands.executeCommand('box-authentication.signIn'),
  enterClientSecret: () => vscode.commands.executeCommand('box-authentication.configureApp'),
  chooseConfigFile: () => vscode.commands.executeCommand('box-authentication.configureApp'),
  configureApp: () => vscode.commands.executeCommand('box-authentication.configureApp'),
  signOut: () => vscode.commands.executeCommand('box-authentication.signOut'),
  addDeveloperToken: () => vscode.commands.executeCommand('box-authentication.addDeveloperToken'),
  openConsole: () => vscode.env.openExternal(vscode.Uri.parse(DEVELOPER_CONSOLE)),
  openSetting: ({ setting }) =>
    vscode.commands.executeCommand('workbench.action.openSettings', setting ?? SECTION),
  reloadWindow: () => vscode.commands.executeCommand('workbench.action.reloadWindow'),
  showAccount: () => vscode.commands.executeCommand('box-authentication.showAccount'),
  openTerminal: () => vscode.commands.executeCommand('box-authentication.openTerminal'),
  manageTrust: () => vscode.commands.executeCommand('workbench.trust.manage'),
  showExtension: () => vscode.commands.executeCommand('extension.open', EXTENSION_ID),
  showLog: () => vscode.commands.executeCommand('box-authentication.showLog'),
};

/** Shows errors to the person, with the buttons that lead on. */
export class Notifications {
  private readonly told = new WeakSet<object>();
  private toldStale = false;

  /** @param prepareReload called before the window is reloaded because its view is old. */
  constructor(private readonly prepareReload: () => Promise<void>) {}

  /**
   * Shows an error, unless it is a cancellation. Does not wait for the person.
   * @param appName the app that was used.
   * @param overrides what a button does here instead.
   */
  showError(error: unknown, appName?: string, overrides: Partial<Record<MessageAction, Handler>> = {}): void {
    if (isCancellation(error)) return;
    void loadMessages().then(({ messageFor }) => {
      this.show(vscode.window.showErrorMessage, messageFor(error, appName), overrides);
    });
  }

  /**
   * The error to give to VS Code and other extensions: a cancellation that they understand, or one whose message is
   * what the person would be told. That this window must be reloaded, nobody else can tell them, so they are, once.
   */
  async describe(error: unknown): Promise<Error> {
    if (isCancellation(error)) return new vscode.CancellationError();
    if (error instanceof StaleWindowError) this.tellStale();
    return new Error((await loadMessages()).messageFor(error).text);
  }

  /** Tells the person, once, that this window must be reloaded. */
  tellStale(): void {
    if (this.toldStale) return;
    this.toldStale = true;
    this.showError(new StaleWindowError());
  }

  /** Notes that the person is told of an error, so that whoever catches it need not show it again. */
  markTold(error: unknown): void {
    if (typeof error === 'object' && error !== null) this.told.add(error);
  }

  /** Whether an error was told to the person: see {@link markTold}. */
  wasTold(error: unknown): boolean {
    return typeof error === 'object' && error !== null && this.told.has(error);
  }

  /** Shows an error that will also be thrown, and marks it as told. */
  showProblem(error: unknown, appName?: string, overrides?: Partial<Record<MessageAction, Handler>>): void {
    this.markTold(error);
    this.showError(error, appName, overrides);
  }

  /** Shows a warning of ours. Does not wait for the person. */
  showWarning(message: UserMessage, overrides: Partial<Record<MessageAction, Handler>> = {}): void {
    this.show(vscode.window.showWarningMessage, message, overrides);
  }

  private show(
    show: (text: string, ...items: Button[]) => Thenable<Button | undefined>,
    message: UserMessage,
    overrides: Partial<Record<MessageAction, Handler>>,
  ): void {
    const buttons = message.actions.map((action) => ({ action, title: titleOf(action) }));
    void show(message.text, ...buttons).then((button) => {
      if (button === undefined) return;
      const handle = overrides[button.action] ?? HANDLERS[button.action];
      if (button.action === 'reloadWindow') void this.prepareReload().finally(() => handle(message));
      else handle(message);
    });
  }
}

/** Most windows never show one. */
function loadMessages() {
  return import('./messages');
}

interface Button extends vscode.MessageItem {
  readonly action: MessageAction;
}

/** Whether the person, or VS Code for them, called it off. */
function isCancellation(error: unknown): boolean {
  return (
    error instanceof vscode.CancellationError || (error instanceof SignInError && error.code === 'cancelled')
  );
}

function titleOf(action: MessageAction): string {
  switch (action) {
    case 'signIn':
      return vscode.l10n.t('Sign In');
    case 'enterClientSecret':
      return vscode.l10n.t('Enter client secret');
    case 'chooseConfigFile':
      return vscode.l10n.t('Choose config.json…');
    case 'configureApp':
      return vscode.l10n.t('Configure App');
    case 'signOut':
      return vscode.l10n.t('Sign Out');
    case 'addDeveloperToken':
      return vscode.l10n.t('Add Developer Token…');
    case 'openConsole':
      return vscode.l10n.t('Open the Box Developer Console');
    case 'openSetting':
      return vscode.l10n.t('Open setting');
    case 'reloadWindow':
      return vscode.l10n.t('Reload window');
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
