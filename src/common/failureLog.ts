import type { Clock } from './clock';
import { errorText } from './errorText';
import type { Log } from './log';

/** What was tried, for the log. Text in it may come from other extensions, and holds no token. */
export interface Attempt {
  /** What was run or asked for, such as a command's ID. */
  readonly what: string;
  /** Name of the app, where the error does not say it. */
  readonly app?: string | undefined;
  /** Label of the account, likewise. */
  readonly account?: string | undefined;
  /** When it began, in ms by the monotonic clock. */
  readonly startedAt?: number;
}

const MAX_LENGTH = 300;

/** Writes what failed for a person or an extension to the log, where it is shown by default. */
export class FailureLog {
  private readonly written = new WeakMap<object, Set<string>>();

  constructor(
    private readonly log: Log,
    private readonly clock: Clock,
  ) {}

  /** Writes a line. One error of one attempt has one line, however many wait for it. */
  report(error: unknown, attempt: Attempt): void {
    if (typeof error === 'object' && error !== null) {
      const written = this.written.get(error) ?? new Set();
      if (written.has(attempt.what)) return;
      this.written.set(error, written.add(attempt.what));
    }
    this.log.error(this.line(error, attempt));
  }

  /** Whether there is a line of an error. */
  has(error: unknown): boolean {
    return typeof error === 'object' && error !== null && this.written.has(error);
  }

  private line(error: unknown, { what, startedAt, ...attempt }: Attempt): string {
    const { appName, account, session } = (error ?? {}) as Subject;
    const time = startedAt === undefined ? '' : ` after ${Math.round(this.clock.monotonic() - startedAt)} ms`;
    const app = appName ?? attempt.app;
    const label = account ?? session?.account?.label ?? attempt.account;
    const about = [
      ...(app === undefined ? [] : [`app ${app}`]),
      ...(label === undefined ? [] : [`account ${label}`]),
    ].join(', ');
    return `${printable(what)} failed${time}${about && ` (${printable(about)})`}: ${errorText(error)}`;
  }
}

/** What errors of this extension may say of themselves. */
interface Subject {
  readonly appName?: string;
  readonly account?: string;
  readonly session?: { readonly account?: { readonly label: string } };
}

/** One line. */
function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]+/gu, ' ').slice(0, MAX_LENGTH);
}
