import * as vscode from 'vscode';
import { fullName, type Settings } from '../../apps/settings';
import type { Disposable, Event } from '../../common/emitter';
import type { SignInMethod, SignInMethodName } from '../../signIn/signInMethod';

/** What completes a step of the walkthrough `getStarted`: the context key of this name becomes true. */
export type Milestone = 'hasApp' | 'didCopyToken' | 'didCopyCall' | 'didSignOut';

/** What the walkthrough needs from outside. */
export interface GetStartedDependencies {
  readonly settings: Settings;
  /** Loads the sign-in methods, which a quiet window does without. */
  readonly loadMethods: () => Promise<Readonly<Record<SignInMethodName, SignInMethod>>>;
  /** Fires when somebody signed an account out, here or in the Accounts menu. */
  readonly onDidSignOut: Event<unknown>;
}

/** How an extension asks for a session: what it takes to have one that works. */
const CALL = `const session = await vscode.authentication.getSession('box', [], { createIfNone: true });\n`;

/** Has VS Code complete a step: once that is told, it stays completed. */
export function markMilestone(milestone: Milestone, isReached = true): void {
  void vscode.commands.executeCommand('setContext', `box-authentication.${milestone}`, isReached);
}

/** The buttons of the walkthrough `getStarted`, and what its steps are completed by. */
export class GetStarted implements vscode.Disposable {
  private readonly subscriptions: readonly Disposable[];

  constructor(private readonly dependencies: GetStartedDependencies) {
    if (this.hasApp()) markMilestone('hasApp');
    this.subscriptions = [
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(fullName('apps'))) markMilestone('hasApp', this.hasApp());
      }),
      dependencies.onDidSignOut(() => {
        markMilestone('didSignOut');
      }),
    ];
  }

  /**
   * Copies the redirect URI of a sign-in method, as this window sends it to Box; the first where a method has several.
   * @param name that of the method; for any other the redirect URIs are shown instead.
   * @throws SettingError
   */
  async copyRedirectUri(name: unknown): Promise<void> {
    const methods = await this.dependencies.loadMethods();
    const method = Object.values(methods).find((each) => each.name === name);
    const [uri] = method?.redirectUris() ?? [];
    if (uri === undefined) {
      await this.showRedirectUris();
      return;
    }
    await vscode.env.clipboard.writeText(uri);
    const message = vscode.l10n.t('{0} copied. Paste it into OAuth 2.0 Redirect URIs at Box.', uri);
    void vscode.window.showInformationMessage(message);
  }

  /** Shows the redirect URIs of every sign-in method from this window. @throws SettingError */
  async showRedirectUris(): Promise<void> {
    const methods = await this.dependencies.loadMethods();
    const { showRedirectUris } = await import('../apps/redirectUriPicker');
    await showRedirectUris(Object.values(methods), vscode.l10n.t('Done'));
  }

  /** Copies the call by which an extension asks for a session. */
  async copyCall(): Promise<void> {
    await vscode.env.clipboard.writeText(CALL);
    markMilestone('didCopyCall');
    const message = vscode.l10n.t('Call copied. Paste it where your extension is about to use Box.');
    void vscode.window.showInformationMessage(message);
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private hasApp(): boolean {
    try {
      return this.dependencies.settings.apps().length > 0;
    } catch {
      return false;
    }
  }
}
