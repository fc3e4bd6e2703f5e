import * as vscode from 'vscode';
import type { PastedProblem } from '../../signIn/paste/pastedAnswer';

/** Says in one sentence why a pasted text cannot be used, and what to do next. */
export function pasteAdvice(problem: PastedProblem): string {
  switch (problem) {
    case 'empty':
      return vscode.l10n.t(
        'Nothing is pasted yet: copy the whole address from the address bar of the browser, whatever page it shows, and paste it here.',
      );
    case 'too_long':
      return vscode.l10n.t(
        'This is far more than an address: copy only what stands in the address bar of the browser, and paste it here.',
      );
    case 'other_sign_in':
      return vscode.l10n.t(
        'This address belongs to another sign-in or is not complete: copy the whole address of the page on which you landed just now.',
      );
    case 'box_page':
      return vscode.l10n.t(
        'This is still the address of a Box page: choose Grant access to Box there, and copy the address of the page that comes after it.',
      );
    case 'box_error':
      return vscode.l10n.t(
        'Box shows an error on that page instead of an answer: read it there, mend what it names or ask your Box administrator, and sign in again.',
      );
    case 'redirect_uri_mismatch':
      return vscode.l10n.t(
        'Box does not accept the redirect URI of this sign-in: register it in the Box Developer Console exactly as Configure App shows it, and sign in again.',
      );
    case 'no_code':
      return vscode.l10n.t(
        'This address holds no code from Box: choose Grant access to Box on the Box page, and copy the whole address of the page that comes after it.',
      );
    case 'not_an_answer':
      return vscode.l10n.t(
        'This is neither the address nor the code: copy the whole address from the address bar of the browser, whatever page it shows, and paste it here.',
      );
  }
}
