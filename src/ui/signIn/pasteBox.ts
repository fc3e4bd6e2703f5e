import * as vscode from 'vscode';
import type { PasteRequest, UsableAnswer } from '../../signIn/authorization';
import { pasteAdvice } from '../messages/pasteMessages';

/** What the buttons of the box do. */
export interface PasteBoxActions {
  readonly copyLink: () => unknown;
  readonly openAgain: () => unknown;
}

/**
 * Asks for the address that the browser ended on. What is pasted is judged as it is typed.
 * @returns undefined when the box was closed, or when the request's signal aborted.
 */
export function askToPaste(
  { read, signal }: PasteRequest,
  actions: PasteBoxActions,
): Promise<UsableAnswer | undefined> {
  if (signal.aborted) return Promise.resolve(undefined);
  const box = vscode.window.createInputBox();
  const openAgain = {
    iconPath: new vscode.ThemeIcon('link-external'),
    tooltip: vscode.l10n.t('Reopen the Box Page'),
  };
  const copyLink = {
    iconPath: new vscode.ThemeIcon('copy'),
    tooltip: vscode.l10n.t('Copy the Link to the Box Page'),
  };
  box.title = vscode.l10n.t('Sign in to Box');
  box.prompt = vscode.l10n.t(
    'Grant access on the Box page. Then copy the whole address from your browser’s address bar, even if the page shows an error, and paste it here.',
  );
  box.placeholder = 'http://127.0.0.1:…/callback?code=…&state=…';
  box.ignoreFocusOut = true;
  box.buttons = [openAgain, copyLink];
  return new Promise((resolve) => {
    const close = (): void => {
      box.hide();
    };
    box.onDidChangeValue((text) => {
      box.validationMessage = text.trim() === '' ? undefined : problemOf(read, text);
    });
    box.onDidAccept(() => {
      const answer = read(box.value);
      if (answer.kind === 'unusable') {
        box.validationMessage = pasteAdvice(answer.reason);
        return;
      }
      resolve(answer);
      box.hide();
    });
    box.onDidTriggerButton((button) => (button === openAgain ? actions.openAgain() : actions.copyLink()));
    box.onDidHide(() => {
      resolve(undefined);
      signal.removeEventListener('abort', close);
      box.dispose();
    });
    signal.addEventListener('abort', close);
    box.show();
  });
}

function problemOf(read: PasteRequest['read'], text: string): string | undefined {
  const answer = read(text);
  return answer.kind === 'unusable' ? pasteAdvice(answer.reason) : undefined;
}
