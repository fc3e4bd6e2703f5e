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
  const copy = 'code' in response ? [vscode.l10n.t('Copy Code')] : [];
  const answer = await vscode.window.showWarningMessage(text, ...copy);
  if (answer === undefined || !('code' in response)) return;
  await vscode.env.clipboard.writeText(response.code);
  vscode.window.setStatusBarMessage(vscode.l10n.t('$(check) Code Copied'), 5000);
}

/** What is said in the window in which the answer arrived: how Box answered, and where the person goes on. */
export function handedOverText({ outcome, response }: HandedOver): string {
  const isTaken = outcome === 'taken';
  if ('code' in response) {
    return isTaken
      ? vscode.l10n.t('The Box sign-in you started in another window continues there.')
      : vscode.l10n.t(
          'This answer belongs to a sign-in in another window, which can’t get it from here. Copy the code, then select “Paste the Address” in that window’s notification within 30 seconds.',
        );
  }
  const { error } = response;
  if (error === 'access_denied') {
    return isTaken
      ? vscode.l10n.t(
          'Access was denied on the Box page, so the sign-in you started in another window has ended. To try again, sign in there.',
        )
      : vscode.l10n.t(
          'Access was denied on the Box page, but the window where you started the sign-in can’t be told from here. Select Cancel in its notification.',
        );
  }
  return isTaken
    ? vscode.l10n.t(
        'Box refused the sign-in you started in another window ({0}). See that window for what to do next.',
        fromServer(error),
      )
    : vscode.l10n.t(
        'Box refused the sign-in you started in another window ({0}), and that window can’t be told from here. Select Cancel in its notification, then sign in again.',
        fromServer(error),
      );
}
