import * as vscode from 'vscode';
import type { TerminalError } from '../../terminal/errors';
import { plainText, type UserMessage } from './userMessage';

/** The message for a terminal that gets no token. It is read in the terminal, and in a notification. */
export function terminalMessage({ code, subject }: TerminalError): UserMessage {
  const about = plainText(subject);
  switch (code) {
    case 'unknown_terminal':
      return {
        text: vscode.l10n.t(
          'This terminal’s access to Box has ended: VS Code was reloaded, or access was stopped. Open a new terminal.',
        ),
        actions: ['openTerminal'],
      };
    case 'unreadable_question':
      return {
        text: vscode.l10n.t(
          'VS Code can’t read this request: it’s too long, or from another version of box-token. Open a new terminal.',
        ),
        actions: ['openTerminal'],
      };
    case 'untrusted_workspace':
      return {
        text: vscode.l10n.t(
          'Programs in an untrusted workspace get no Box tokens. Trust the workspace in VS Code, then try again.',
        ),
        actions: ['manageTrust'],
      };
    case 'signed_out':
      return {
        text: vscode.l10n.t('Nobody is signed in to Box here. Run Box: Sign In in VS Code, then try again.'),
        actions: ['signIn'],
      };
    case 'unknown_account':
      return {
        text: vscode.l10n.t(
          'The account {0} isn’t signed in to Box. Check the login, or run Box: Sign In in VS Code.',
          about,
        ),
        actions: ['signIn'],
      };
    case 'no_session':
      return {
        text: vscode.l10n.t(
          'No session of the account was granted {0}. Check the scopes, or sign in with an app that has them.',
          about,
        ),
        actions: ['signIn'],
      };
    case 'denied':
      return {
        text: vscode.l10n.t(
          'You denied terminals access to {0} in this window. To change that, choose Ask Again for Terminals in Box: Show Account.',
          about,
        ),
        actions: ['showAccount'],
      };
    case 'unanswered':
      return {
        text: vscode.l10n.t(
          'VS Code asked whether to allow access to {0} and got no answer. Try again, and answer there.',
          about,
        ),
        actions: ['showAccount'],
      };
    case 'other_machine':
      return {
        text: vscode.l10n.t(
          'This window’s terminals run on a different machine than Box Authentication. Install the extension there too: in the Extensions view, choose Install in Remote. Then try again.',
        ),
        actions: ['showExtension'],
      };
    case 'no_server':
      return {
        text: vscode.l10n.t(
          'Terminals can’t reach this window because VS Code couldn’t open a socket: {0}. See the log, then try again.',
          about,
        ),
        actions: ['showLog'],
      };
  }
}
