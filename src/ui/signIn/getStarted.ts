import * as vscode from 'vscode';
import type { SignInMethods } from '../../signIn/methods/module';
import type { RedirectUriPicker } from '../apps/redirectUriPicker';
import { markMilestone } from './milestones';

/** Dependencies of {@link GetStarted}. */
export interface GetStartedDependencies {
  /** Loads the sign-in methods, which a quiet window does without. */
  readonly loadMethods: () => Promise<SignInMethods>;
  /** Loads what shows their redirect URIs. */
  readonly loadRedirectUris: () => Promise<RedirectUriPicker>;
}

/** How an extension asks for a session: what it takes to have one that works. */
const CALL = `const session = await vscode.authentication.getSession('box', [], { createIfNone: true });\n`;

/** The buttons of the walkthrough `getStarted`. */
export class GetStarted {
  constructor(private readonly dependencies: GetStartedDependencies) {}

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

  /**
   * Shows the redirect URIs of every sign-in method from this window.
   * @param sent one that was sent to Box, to begin with.
   * @throws SettingError
   */
  async showRedirectUris(sent?: unknown): Promise<void> {
    const redirectUris = await this.dependencies.loadRedirectUris();
    await redirectUris.show(vscode.l10n.t('Done'), typeof sent === 'string' ? sent : undefined);
  }

  /** Copies the call by which an extension asks for a session. */
  async copyCall(): Promise<void> {
    await vscode.env.clipboard.writeText(CALL);
    markMilestone('didCopyCall');
    const message = vscode.l10n.t('Snippet copied. Paste it where your extension uses Box.');
    void vscode.window.showInformationMessage(message);
  }
}
