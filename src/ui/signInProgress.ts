import * as vscode from 'vscode';
import { type AuthorizationWindow } from '../signIn/authorization';
import { SignInError } from '../signIn/errors';
import { plain } from './userMessage';

/** Command behind the link in the progress notification; its argument is the number of the sign-in. */
export const COPY_LINK_COMMAND = 'box-authentication.copySignInLink';

/** Shows each sign-in that waits, and hands out its link. */
export class SignInProgress {
  private readonly links = new Map<number, string>();
  private count = 0;

  /** Runs a sign-in while a notification says what is awaited, from which it can be cancelled. */
  run<T>(appName: string, signIn: (window: AuthorizationWindow) => Promise<T>): Promise<T> {
    const number = ++this.count;
    const app = plain(appName);
    const options = {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Signing in to Box with {0}', app),
      cancellable: true,
    };
    const run = vscode.window.withProgress(options, async (progress, token) => {
      const cancellation = new AbortController();
      const listener = token.onCancellationRequested(() => {
        cancellation.abort(new SignInError('cancelled'));
      });
      try {
        return await signIn({
          signal: cancellation.signal,
          openBrowser: (url) => {
            this.links.set(number, url);
            progress.report({ message: waitingText(number) });
            return openExternally(url);
          },
          answered: () => {
            progress.report({ message: vscode.l10n.t('Finishing…') });
          },
        });
      } finally {
        listener.dispose();
        this.links.delete(number);
      }
    });
    return Promise.resolve(run);
  }

  /** Puts the link of a waiting sign-in on the clipboard. Does nothing once it has ended. */
  async copyLink(number: unknown): Promise<void> {
    const link = typeof number === 'number' ? this.links.get(number) : [...this.links.values()].at(-1);
    if (link === undefined) return;
    await vscode.env.clipboard.writeText(link);
    vscode.window.setStatusBarMessage(vscode.l10n.t('$(check) Sign-in link copied'), 5000);
  }
}

function waitingText(number: number): string {
  const link = `command:${COPY_LINK_COMMAND}?${encodeURIComponent(JSON.stringify([number]))}`;
  return vscode.l10n.t({
    message: 'Waiting for you to grant access in the browser. No page there? [Copy link]({0})',
    args: [link],
    comment: ['Keep the brackets and the parentheses: they make the link'],
  });
}

/** A string reaches the browser byte for byte; a Uri would be encoded anew. VS Code takes both, its types say one. */
async function openExternally(url: string): Promise<boolean> {
  return vscode.env.openExternal(url as unknown as vscode.Uri);
}
