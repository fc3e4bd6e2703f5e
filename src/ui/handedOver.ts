import * as vscode from 'vscode';
import type { HandedOver } from '../signIn/callbackRouter';

/** Tells the person that the answer of Box arrived here for a sign-in of another window. */
export async function tellHandedOver({ outcome, response }: HandedOver): Promise<void> {
  if (outcome === 'taken') {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('The sign-in to Box that you began in another window goes on there.'),
    );
    return;
  }
  if (!('code' in response)) return;
  const copy = vscode.l10n.t('Copy code');
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t(
      'This answer of Box belongs to a sign-in of another window, which does not get it from here. Copy the code, and choose “Paste the address” in the notification there within 30 seconds.',
    ),
    copy,
  );
  if (answer !== copy) return;
  await vscode.env.clipboard.writeText(response.code);
  vscode.window.setStatusBarMessage(vscode.l10n.t('$(check) Code copied'), 5000);
}
