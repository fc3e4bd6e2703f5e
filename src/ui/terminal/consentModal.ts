import * as vscode from 'vscode';
import type { ConsentAnswer, ConsentQuestion } from '../../terminal/consents';
import { plainText } from '../messages/userMessage';

/** Asks the person whether a program in a terminal may have a token. Closing the question denies it. */
export async function askConsent(question: ConsentQuestion): Promise<ConsentAnswer> {
  const once = { title: vscode.l10n.t('Allow Once') };
  const inWindow = { title: vscode.l10n.t('Allow in This Window') };
  const deny = { title: vscode.l10n.t('Deny'), isCloseAffordance: true };
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t(
      'Allow “{0}” to use the Box account {1}?',
      plainText(question.program),
      plainText(question.accountLabel),
    ),
    { modal: true, detail: detailOf(question) },
    once,
    inWindow,
    deny,
  );
  if (answer === once) return 'once';
  if (answer === inWindow) return 'window';
  return answer === deny ? 'deny' : undefined;
}

function detailOf({ scopes, resource }: ConsentQuestion): string {
  const lines = [
    vscode.l10n.t(
      'A program in a terminal or task of this window asks for an access token. The name is what it calls itself.',
    ),
    scopes.length === 0
      ? vscode.l10n.t('The token can do everything that this account’s session can.')
      : vscode.l10n.t('The token is for: {0}', scopes.map(plainText).join(', ')),
    ...(resource === undefined ? [] : [vscode.l10n.t('Only in: {0}', plainText(resource))]),
    vscode.l10n.t(
      '“Allow in This Window” lets every program in this window’s terminals get such tokens until the window is closed or reloaded.',
    ),
  ];
  return lines.join('\n\n');
}
