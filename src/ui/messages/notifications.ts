import * as vscode from 'vscode';
import { SignInError } from '../../signIn/errors';
import { StaleWindowError } from '../../storage/errors';
import type { Overrides } from './messageButtons';
import type { UserMessage } from './userMessage';

/** Shows errors to the person, with the buttons that lead on. */
export class Notifications {
  private readonly told = new WeakSet<object>();
  private toldStale = false;

  /** @param prepareReload called before the window is reloaded because its view is old. */
  constructor(private readonly prepareReload: () => Promise<void>) {}

  /**
   * Shows an error, unless it is a cancellation. Does not wait for the person.
   * @param appName the app that was used.
   * @param overrides what a button does here instead.
   */
  showError(error: unknown, appName?: string, overrides?: Overrides): void {
    if (isCancellation(error)) return;
    void loadMessages().then(({ messageFor, showWithButtons }) => {
      showWithButtons('error', messageFor(error, appName), this.prepareReload, overrides);
    });
  }

  /**
   * The error to give to VS Code and other extensions: a cancellation that they understand, or one whose message is
   * what the person would be told. That this window must be reloaded, nobody else can tell them, so they are, once.
   */
  async describe(error: unknown): Promise<Error> {
    if (isCancellation(error)) return new vscode.CancellationError();
    if (error instanceof StaleWindowError) this.tellStale();
    return new Error((await loadMessages()).messageFor(error).text);
  }

  /** Tells the person, once, that this window must be reloaded. */
  tellStale(): void {
    if (this.toldStale) return;
    this.toldStale = true;
    this.showError(new StaleWindowError());
  }

  /** Notes that the person is told of an error, so that whoever catches it need not show it again. */
  markTold(error: unknown): void {
    if (typeof error === 'object' && error !== null) this.told.add(error);
  }

  /** Whether an error was told to the person: see {@link markTold}. */
  wasTold(error: unknown): boolean {
    return typeof error === 'object' && error !== null && this.told.has(error);
  }

  /** Shows an error that will also be thrown, and marks it as told. */
  showProblem(error: unknown, appName?: string, overrides?: Overrides): void {
    this.markTold(error);
    this.showError(error, appName, overrides);
  }

  /** Shows a warning of ours. Does not wait for the person. */
  showWarning(message: UserMessage, overrides?: Overrides): void {
    void loadMessages().then(({ showWithButtons }) => {
      showWithButtons('warning', message, this.prepareReload, overrides);
    });
  }
}

/** Most windows never show one. */
function loadMessages() {
  return import('./messageButtons');
}

/** Whether the person, or VS Code for them, called it off. */
function isCancellation(error: unknown): boolean {
  return (
    error instanceof vscode.CancellationError || (error instanceof SignInError && error.code === 'cancelled')
  );
}
