import * as vscode from 'vscode';
import type { HandedOver } from '../../signIn/callback/callbackRouter';
import { fromServer } from '../messages/userMessage';

/** Tells the person that the answer of Box arrived here for a sign-in of another window. */
export async function tellHandedOver(event: HandedOver): Promise<void> {
  const { outcome, response } = event;
  const text = handedOverText(event);
  if (outcome === 'taken' && 'code' in response) {
    void vscode.window.showInformationMessage(text);
    return;
  }
  const copy = 'code' in response ? [vscode.l10n.t('Copy code')] : [];
  const answer = await vscode.window.showWarningMessage(text, ...copy);
  if (answer === undefined || !('code' in response)) return;
  await vscode.env.clipboard.writeText(response.code);
  vscode.window.setStatusBarMessage(vscode.l10n.t('$(check) Code copied'), 5000);
}

/** What is said in the window in which the answer arrived: how Box answered, and where the person goes on. */
export function handedOverText({ outcome, response }: HandedOver): string {
  const isTaken = outcome === 'taken';
  if ('code' in response) {
    return isTaken
      ? vscode.l10n.t('The sign-in to Box that you began in another window goes on there.')
      : vscode.l10n.t(
          'This answer of Box belongs to a sign-in of another window, which does not get it from here. Copy the code, and choose “Paste the address” in the notification there within 30 seconds.',
        );
  }
  const { error } = response;
  if (error === 'access_denied') {
    return isTaken
      ? vscode.l10n.t(
          'Access was denied on the Box page, so the sign-in that you began in another window has ended. To try again, sign in there.',
        )
      : vscode.l10n.t(
          'Access was denied on the Box page, but the window in which you began the sign-in does not learn of it from here. Choose Cancel in the notification there.',
        );
  }
  return isTaken
    ? vscode.l10n.t(
        'Box refused the sign-in that you began in another window ({0}). That window says what to do next.',
        fromServer(error),
      )
    : vscode.l10n.t(
        'Box refused the sign-in that you began in another window ({0}), which does not learn of it from here. Choose Cancel in the notification there, and sign in again.',
        fromServer(error),
      );
}
