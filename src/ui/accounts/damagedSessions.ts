import * as vscode from 'vscode';
import type { DamagedSessions } from '../../sessions/store/damagedSessions';
import type { Notifications } from '../messages/notifications';

let isShown = false;

/** Tells the person of sessions that cannot be read, once at a time, and removes them where the person wants it. */
export async function showDamagedSessions(
  damaged: DamagedSessions,
  notifications: Pick<Notifications, 'run'>,
): Promise<void> {
  if (isShown) return;
  isShown = true;
  const [remove, log] = [vscode.l10n.t('Remove'), vscode.l10n.t('Show Log')];
  const message = vscode.l10n.t(
    'A saved Box session is damaged and can’t be used. Its tokens may still work at Box. Remove it to revoke the tokens that can still be read, then sign in again.',
  );
  const answer = await vscode.window.showWarningMessage(message, remove, log);
  isShown = false;
  if (answer === remove) await notifications.run('Removing damaged sessions', () => removeAll(damaged));
  if (answer === log) await vscode.commands.executeCommand('box-authentication.showLog');
}

async function removeAll(damaged: DamagedSessions): Promise<void> {
  const { unreadable } = await damaged.remove();
  const message =
    unreadable === 0
      ? vscode.l10n.t('Removed the damaged session. Its tokens are being revoked at Box.')
      : vscode.l10n.t(
          'Removed the damaged session. No tokens could be read from it. Any that still work at Box expire within 60 days, or when you remove the app in your Box account settings.',
        );
  void vscode.window.showInformationMessage(message);
}
