import * as vscode from 'vscode';
import type { Clock } from '../../common/clock';
import { showSignInHelp } from './signInHelp';
import type { Notifications } from '../messages/notifications';
import { plainText } from '../messages/userMessage';
import { PendingSignIn, type SignInAttempt } from './pendingSignIn';

/** Shows each sign-in that waits, and finds it again for whoever asks about it. */
export class SignInProgress {
  private readonly waiting = new Map<number, PendingSignIn>();
  private count = 0;

  constructor(
    private readonly clock: Clock,
    private readonly notifications: Pick<Notifications, 'run'>,
  ) {}

  /** Runs a sign-in while a notification says what is awaited, from which it can be cancelled. */
  run<T>(attempt: SignInAttempt, signIn: (window: PendingSignIn) => Promise<T>): Promise<T> {
    const number = ++this.count;
    const options = {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Signing in to Box with {0}', plainText(attempt.appName)),
      cancellable: true,
    };
    const run = vscode.window.withProgress(options, async (progress, token) => {
      const report = (message: string): void => {
        progress.report({ message });
      };
      const window = new PendingSignIn(number, attempt, report, this.clock);
      const listener = token.onCancellationRequested(() => {
        window.cancel();
      });
      this.waiting.set(number, window);
      try {
        return await signIn(window);
      } finally {
        listener.dispose();
        window.dispose();
        this.waiting.delete(number);
      }
    });
    return Promise.resolve(run);
  }

  /** The sign-in that began last and still waits. */
  newest(): PendingSignIn | undefined {
    return [...this.waiting.values()].at(-1);
  }

  /** Puts the link of a waiting sign-in on the clipboard. Does nothing once it has ended. */
  async copyLink(number: unknown): Promise<void> {
    await this.find(number)?.copyLink();
  }

  /** Lets the person paste the answer to a waiting sign-in. Does nothing once it has ended. */
  async paste(number: unknown): Promise<void> {
    await this.find(number)?.showPasteBox();
  }

  /** Shows what may be wrong with a sign-in that waits. Does nothing once it has ended. */
  async showTrouble(number: unknown): Promise<void> {
    const window = this.find(number);
    if (window !== undefined) await showSignInHelp(window, this.notifications);
  }

  private find(number: unknown): PendingSignIn | undefined {
    return typeof number === 'number' ? this.waiting.get(number) : this.newest();
  }
}
