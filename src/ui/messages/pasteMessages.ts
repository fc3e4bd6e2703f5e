import * as vscode from 'vscode';
import type { PastedProblem } from '../../signIn/paste/pastedAnswer';

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
