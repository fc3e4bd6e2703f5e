import * as vscode from 'vscode';
import type { Disposable } from '../emitter';
import type { DamagedSessions } from '../sessions/damagedSessions';

/** Tells the person of sessions that cannot be read, at the start and when one is found, until they are removed. */
export class DamagedSessionNotice implements Disposable {
  private readonly subscription: Disposable;
  private isShown = false;

  constructor(private readonly damaged: DamagedSessions) {
    this.subscription = damaged.onDidSetAside(() => void this.show());
  }

  /** Shows it where there are some. Never fails. */
  async show(): Promise<void> {
    const some = await this.damaged.all().catch(() => []);
    if (some.length === 0 || this.isShown) return;
    this.isShown = true;
    const [remove, log] = [vscode.l10n.t('Remove'), vscode.l10n.t('Show Log')];
    const message = vscode.l10n.t(
      'A stored Box session is damaged and was set aside. Its tokens may still work at Box. Remove it to revoke what can be read of it, then sign in again.',
    );
    const answer = await vscode.window.showWarningMessage(message, remove, log);
    this.isShown = false;
    if (answer === remove) await this.remove();
    if (answer === log) await vscode.commands.executeCommand('box-authentication.showLog');
  }

  dispose(): void {
    this.subscription.dispose();
  }

  private async remove(): Promise<void> {
    const { unreadable } = await this.damaged.remove();
    const message =
      unreadable === 0
        ? vscode.l10n.t('The damaged session is removed. Its tokens are being revoked at Box.')
        : vscode.l10n.t(
            'The damaged session is removed. No token could be read from it: what still works at Box ends within 60 days, or when you remove the app in your Box account settings.',
          );
    void vscode.window.showInformationMessage(message);
  }
}
