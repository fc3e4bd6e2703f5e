import * as vscode from 'vscode';
import { OAuthError } from '../../box/errors';
import { SignInError } from '../../signIn/errors';
import type { SignInMethodName } from '../../signIn/signInMethod';
import { messageFor } from '../messages/messages';
import type { Questions } from './questions';
import { methodTitle } from './signInMethods';

const OF_THE_WAY = new Set<string>(['timed_out', 'no_port']);
const OF_THE_CODE = new Set(['invalid_grant', 'redirect_uri_mismatch']);

/** Whether a sign-in may succeed in another method: nothing came back, or what came back could not be used any more. */
export function mayWorkOtherwise(error: unknown): boolean {
  if (error instanceof SignInError) return OF_THE_WAY.has(error.code);
  return error instanceof OAuthError && OF_THE_CODE.has(error.error);
}

/**
 * The method to offer after one that did not work; undefined where none is left. Pasting sends the local server's own
 * redirect URI, so whoever has registered that one needs no other.
 * @param usable all that are left, in order.
 */
export function nextMethod(
  error: unknown,
  usable: readonly SignInMethodName[],
  method: SignInMethodName,
): SignInMethodName | undefined {
  const isWithoutPort = error instanceof SignInError && error.code === 'no_port';
  return isWithoutPort ? 'pasteCode' : usable[usable.indexOf(method) + 1];
}

/** Asks how to go on when a sign-in method did not work. */
export class SignInFallback {
  constructor(private readonly questions: Questions) {}

  /**
   * Tells the person why a method did not work, and asks how to go on.
   * @param method the one that did not work.
   * @param next the one to try next; left out where none is left.
   * @param showRedirectUris shows what to register, and gives whether the person wants to try again then.
   * @returns the method to take, perhaps the same again, or undefined to give up, as after five minutes without an answer.
   */
  offer(
    error: unknown,
    appName: string,
    method: SignInMethodName,
    next: SignInMethodName | undefined,
    showRedirectUris: (again: string) => Promise<boolean>,
  ): Promise<SignInMethodName | undefined> {
    const { text } = messageFor(error, appName);
    if (next === undefined) return this.offerRetry(text, method);
    const isAboutUri = !(error instanceof OAuthError) || error.error === 'redirect_uri_mismatch';
    return this.offerNext(text, method, next, isAboutUri ? showRedirectUris : undefined);
  }

  private async offerNext(
    reason: string,
    method: SignInMethodName,
    next: SignInMethodName,
    showRedirectUris: ((again: string) => Promise<boolean>) | undefined,
  ): Promise<SignInMethodName | undefined> {
    const text = vscode.l10n.t('{0} Try another method?', reason);
    const title = methodTitle(next);
    const again = vscode.l10n.t('Try Again');
    const uris = vscode.l10n.t('Show Redirect URIs');
    const answer = await this.questions.ask({
      key: `${text} ${title}`,
      // An error with buttons stays on the screen; a warning would be out of sight after some seconds.
      show: () =>
        vscode.window.showErrorMessage(text, title, again, ...(showRedirectUris === undefined ? [] : [uris])),
      answeredTooLate: tellTooLate,
    });
    if (answer === title) return next;
    if (answer === uris) return (await showRedirectUris?.(again)) === true ? method : undefined;
    return answer === again ? method : undefined;
  }

  /** The last method is tried again with one key: a code lives only 30 seconds, which is short for pasting. */
  private async offerRetry(text: string, method: SignInMethodName): Promise<SignInMethodName | undefined> {
    const retry = {
      label: vscode.l10n.t('$(debug-restart) Reopen the Box Page'),
      detail:
        method === 'pasteCode'
          ? vscode.l10n.t('Then paste the new address within 30 seconds')
          : vscode.l10n.t('Grant access there again'),
    };
    const options = {
      title: vscode.l10n.t('Sign in to Box'),
      placeHolder: text,
      ignoreFocusOut: true,
    };
    const chosen = await this.questions.ask({
      key: 'retry',
      show: (signal) => vscode.window.showQuickPick([retry], options, tokenFor(signal)),
    });
    return chosen === retry ? method : undefined;
  }
}

function tokenFor(signal: AbortSignal): vscode.CancellationToken {
  const source = new vscode.CancellationTokenSource();
  signal.addEventListener('abort', () => {
    source.cancel();
  });
  return source.token;
}

async function tellTooLate(): Promise<void> {
  const signIn = vscode.l10n.t('Sign In');
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t(
      'The sign-in timed out because its question wasn’t answered for five minutes. Sign in again?',
    ),
    signIn,
  );
  if (answer === signIn) await vscode.commands.executeCommand('box-authentication.signIn');
}
