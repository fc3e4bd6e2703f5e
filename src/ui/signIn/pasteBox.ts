import * as vscode from 'vscode';
import type { PasteRequest, UsableAnswer } from '../../signIn/authorization';
import type { PastedProblem } from '../../signIn/paste/pastedAnswer';

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

/** Says in at most two sentences why a pasted text cannot be used, and what to do next. */
export function pasteAdvice(problem: PastedProblem): string {
  switch (problem) {
    case 'empty':
      return vscode.l10n.t(
        'Copy the whole address from your browser’s address bar, whatever page it shows, and paste it here.',
      );
    case 'too_long':
      return vscode.l10n.t(
        'This is much longer than an address. Copy only the text in your browser’s address bar and paste it here.',
      );
    case 'other_sign_in':
      return vscode.l10n.t(
        'This address belongs to another sign-in or is incomplete. Copy the whole address of the page you’re on now.',
      );
    case 'box_page':
      return vscode.l10n.t(
        'This is still the address of a Box page. Select Grant access to Box there, then copy the address of the next page.',
      );
    case 'box_error':
      return vscode.l10n.t(
        'That page shows an error from Box. Fix the problem it describes or ask your Box administrator, then sign in again.',
      );
    case 'redirect_uri_mismatch':
      return vscode.l10n.t(
        'Box rejected the redirect URI of this sign-in. Register it in the Box Developer Console exactly as Configure App shows it, then sign in again.',
      );
    case 'no_code':
      return vscode.l10n.t(
        'This address has no code from Box. Select Grant access to Box on the Box page, then copy the whole address of the next page.',
      );
    case 'not_an_answer':
      return vscode.l10n.t(
        'This is neither the address nor the code. Copy the whole address from your browser’s address bar, whatever page it shows, and paste it here.',
      );
  }
}
