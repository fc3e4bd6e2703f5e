import * as vscode from 'vscode';
import { OAuthError } from '../box/errors';
import { SignInError } from '../signIn/errors';
import type { SignInMethodName } from '../signIn/signInMethod';
import { messageFor } from './messages';
import { wayTitle } from './signInWays';

const OF_THE_WAY = new Set<string>(['timed_out', 'no_port']);
const OF_THE_CODE = new Set(['invalid_grant', 'redirect_uri_mismatch']);

/** Whether a sign-in may succeed in another way: nothing came back, or what came back could not be used any more. */
export function mayWorkOtherwise(error: unknown): boolean {
  if (error instanceof SignInError) return OF_THE_WAY.has(error.code);
  return error instanceof OAuthError && OF_THE_CODE.has(error.error);
}

/**
 * Tells the person why a way did not work, and asks how to go on.
 * @param way the one that did not work.
 * @param next the one to try next; left out where none is left.
 * @returns the way to take, perhaps the same again, or undefined to give up.
 */
export async function offerAnotherWay(
  error: unknown,
  appName: string,
  way: SignInMethodName,
  next: SignInMethodName | undefined,
): Promise<SignInMethodName | undefined> {
  const { text } = messageFor(error, appName);
  if (next === undefined) return offerRetry(text, way);
  const again = vscode.l10n.t('Try again');
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t('{0} Try another way?', text),
    wayTitle(next),
    again,
  );
  if (answer === wayTitle(next)) return next;
  return answer === again ? way : undefined;
}

/** The last way is tried again with one key: a code lives only 30 seconds, which is short for pasting. */
async function offerRetry(text: string, way: SignInMethodName): Promise<SignInMethodName | undefined> {
  const retry = {
    label: vscode.l10n.t('$(debug-restart) Open the Box page again'),
    detail:
      way === 'pasteCode'
        ? vscode.l10n.t('Then paste the new address within 30 seconds')
        : vscode.l10n.t('And grant access there once more'),
  };
  const chosen = await vscode.window.showQuickPick([retry], {
    title: vscode.l10n.t('Sign in to Box'),
    placeHolder: text,
    ignoreFocusOut: true,
  });
  return chosen === retry ? way : undefined;
}
