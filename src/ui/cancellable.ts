import * as vscode from 'vscode';
import { SignInError } from '../signIn/errors';

/**
 * Runs a task while a notification says what is done, from which the person can cancel it.
 * @param task gets a signal that is aborted with a cancellation, and what says how far it is.
 */
export async function withCancellation<T>(
  title: string,
  task: (signal: AbortSignal, tell: (message: string) => void) => Promise<T>,
): Promise<T> {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, async (progress, token) => {
    const controller = new AbortController();
    const listener = token.onCancellationRequested(() => {
      controller.abort(new SignInError('cancelled'));
    });
    try {
      return await task(controller.signal, (message) => {
        progress.report({ message });
      });
    } finally {
      listener.dispose();
    }
  });
}
