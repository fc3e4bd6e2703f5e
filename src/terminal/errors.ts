import { ScopeRequestError } from '../sessions/downscoped/scopeRequest';
import { isOver, SessionError } from '../sessions/errors';
import { EXIT, type ExitCode } from './protocol';

/** Why a program in a terminal gets no token. */
export type TerminalErrorCode =
  /** Its key is not one of this window's: its terminal was opened before the window was loaded, or access was stopped. */
  | 'unknown_terminal'
  /** What it sent is no question that this version understands. */
  | 'unreadable_question'
  | 'untrusted_workspace'
  | 'signed_out'
  /** Nobody of that login or ID is signed in. */
  | 'unknown_account'
  /** No session of the account was granted the scopes. */
  | 'no_session'
  | 'denied'
  /** The person did not answer in time. */
  | 'unanswered'
  /** The extension runs on this computer, and the terminal on another. */
  | 'other_machine'
  /** No socket could be opened. */
  | 'no_server';

/** A program in a terminal gets no token, for a reason on this side. */
export class TerminalError extends Error {
  override readonly name = 'TerminalError';

  /** @param subject the account or the scopes that it is about. */
  constructor(
    readonly code: TerminalErrorCode,
    readonly subject = '',
    options?: ErrorOptions,
  ) {
    super(`No token for a terminal: ${code}`, options);
  }
}

const EXIT_CODES: Readonly<Record<TerminalErrorCode, ExitCode>> = {
  unknown_terminal: EXIT.noWindow,
  unreadable_question: EXIT.wrongUsage,
  untrusted_workspace: EXIT.notAllowed,
  signed_out: EXIT.signInNeeded,
  unknown_account: EXIT.signInNeeded,
  no_session: EXIT.signInNeeded,
  denied: EXIT.notAllowed,
  unanswered: EXIT.notAllowed,
  other_machine: EXIT.noWindow,
  no_server: EXIT.noWindow,
};

/** How `box-token` exits because of an error. */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof TerminalError) return EXIT_CODES[error.code];
  if (error instanceof ScopeRequestError) return EXIT.wrongUsage;
  return isOver(error) || isExpired(error) ? EXIT.signInNeeded : EXIT.failed;
}

function isExpired(error: unknown): boolean {
  return error instanceof SessionError && error.code === 'not_renewable';
}
