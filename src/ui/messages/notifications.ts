import * as vscode from 'vscode';
import { SignInError } from '../../signIn/errors';
import { StaleWindowError } from '../../storage/errors';
import type { Clock } from '../../common/clock';
import { FailureLog, type Attempt } from '../../common/failureLog';
import type { Log } from '../../common/log';
import type { Overrides } from './messageButtons';
import type { UserMessage } from './userMessage';

/** Dependencies of {@link Notifications}. */
export interface NotificationsDependencies {
  /** Called before the window is reloaded because its view is old. */
  readonly prepareReload: () => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Shows errors to the person, with the buttons that lead on, and writes each to the log. */
export class Notifications {
  /** What the person was told of, and the app that was used. */
  private readonly told = new WeakMap<object, string | undefined>();
  private readonly failures: FailureLog;
  private toldStale = false;

  constructor(private readonly dependencies: NotificationsDependencies) {
    this.failures = new FailureLog(dependencies.log, dependencies.clock);
  }

  /**
   * Does what the person asked for. A failure is in the log, and the person is told unless they were.
   * @param what the command's ID, or what else they asked for, in English.
   */
  async run(what: string, work: () => unknown): Promise<void> {
    const startedAt = this.dependencies.clock.monotonic();
    try {
      await work();
    } catch (error) {
      this.report(error, { what, startedAt });
      if (!this.wasTold(error)) this.showError(error);
    }
  }

  /** Writes a failure to the log, unless it is a cancellation. */
  report(error: unknown, attempt: Attempt): void {
    const { log } = this.dependencies;
    if (isCancellation(error)) log.debug(`${attempt.what} was called off`);
    else this.failures.report(error, { ...attempt, app: attempt.app ?? this.appOf(error) });
  }

  /**
   * Shows an error, unless it is a cancellation, and sees to its line in the log. Does not wait for the person.
   * @param appName the app that was used.
   * @param overrides what a button does here instead.
   */
  showError(error: unknown, appName?: string, overrides?: Overrides): void {
    if (isCancellation(error)) return;
    if (!this.failures.has(error)) this.report(error, { what: 'Background work', app: appName });
    this.display(error, appName, overrides);
  }

  /**
   * The error to give to VS Code and other extensions: a cancellation that they understand, or one whose message is
   * what the person would be told. That this window must be reloaded, nobody else can tell them, so they are, once.
   * @param attempt for the line in the log.
   */
  async describe(error: unknown, attempt: Attempt): Promise<Error> {
    this.report(error, attempt);
    if (isCancellation(error)) return new vscode.CancellationError();
    if (error instanceof StaleWindowError) this.tellStale();
    const { messageFor } = await import('./messages');
    return new Error(messageFor(error).text);
  }

  /** Tells the person, once, that this window must be reloaded. */
  tellStale(): void {
    if (this.toldStale) return;
    this.toldStale = true;
    this.showError(new StaleWindowError());
  }

  /** Notes that the person is told of an error, so that whoever catches it need not show it again. */
  markTold(error: unknown, appName?: string): void {
    if (typeof error === 'object' && error !== null) this.told.set(error, appName);
  }

  /** Whether an error was told to the person: see {@link markTold}. */
  wasTold(error: unknown): boolean {
    return typeof error === 'object' && error !== null && this.told.has(error);
  }

  /** Shows an error that will also be thrown, and marks it as told. Whoever catches it writes it to the log. */
  showProblem(error: unknown, appName?: string, overrides?: Overrides): void {
    this.markTold(error, appName);
    this.display(error, appName, overrides);
  }

  /** Shows a warning of ours. Does not wait for the person. */
  showWarning(message: UserMessage, overrides?: Overrides): void {
    void import('./messageButtons').then(({ showWithButtons }) => {
      showWithButtons('warning', message, this, this.dependencies.prepareReload, overrides);
    });
  }

  private display(error: unknown, appName?: string, overrides?: Overrides): void {
    if (isCancellation(error)) return;
    const { prepareReload } = this.dependencies;
    // Most windows never show one.
    void import('./messageButtons').then(({ messageFor, showWithButtons }) => {
      showWithButtons('error', messageFor(error, appName), this, prepareReload, overrides);
    });
  }

  private appOf(error: unknown): string | undefined {
    return typeof error === 'object' && error !== null ? this.told.get(error) : undefined;
  }
}

/** Whether the person, or VS Code for them, called it off. */
function isCancellation(error: unknown): boolean {
  return (
    error instanceof vscode.CancellationError || (error instanceof SignInError && error.code === 'cancelled')
  );
}
