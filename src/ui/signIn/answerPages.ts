import * as vscode from 'vscode';
import type { AnswerPageWords } from '../../signIn/methods/localServer/pages';

/** Languages that are written from right to left. */
const RIGHT_TO_LEFT = /^(?:ar|ckb|dv|fa|he|ps|sd|ug|ur|yi)\b/;

/**
 * What the local server's pages say in the browser.
 * @param editor the editor's name.
 * @param lang the language of the words: without a translation they are English, whatever the editor speaks.
 */
export function answerPageWords(
  editor: string = vscode.env.appName,
  lang: string = vscode.l10n.bundle === undefined ? 'en' : vscode.env.language,
): AnswerPageWords {
  return {
    lang,
    dir: RIGHT_TO_LEFT.test(lang) ? 'rtl' : 'ltr',
    granted: {
      title: vscode.l10n.t('Box Granted Access'),
      heading: vscode.l10n.t('Box Granted Access'),
      text: vscode.l10n.t('Return to {0}, which is finishing the sign-in. You can close this tab.', editor),
    },
    refused: (error) => ({
      title: vscode.l10n.t('Box Didn’t Grant Access'),
      heading: vscode.l10n.t('Box Didn’t Grant Access'),
      text: refusal(error, editor),
    }),
    notExpected: {
      title: vscode.l10n.t('Unexpected Answer'),
      heading: vscode.l10n.t('This isn’t the answer that {0} is waiting for', editor),
      text: vscode.l10n.t(
        'It may belong to an earlier sign-in. Finish the current one on the Box page, or return to {0} and start over.',
        editor,
      ),
    },
    returnToEditor: vscode.l10n.t('Return to {0}', editor),
    footer: vscode.l10n.t(
      'This page comes from the Box Authentication extension for {0}, on this computer.',
      editor,
    ),
  };
}

function refusal(error: string | undefined, editor: string): string {
  switch (error) {
    case undefined:
      return vscode.l10n.t('Box reported an error. Return to {0} to see what to do next.', editor);
    case 'access_denied':
      return vscode.l10n.t('Access was denied on the Box page. Return to {0} to try again.', editor);
    default:
      return vscode.l10n.t('Box reported: {0}. Return to {1} to see what to do next.', error, editor);
  }
}
