import type { ExitCode } from '../protocol';

/** `box-token` gives no token. Its message is printed, and it exits with the code. */
export class Failure extends Error {
  override readonly name = 'Failure';

  constructor(
    readonly exit: ExitCode,
    message: string,
  ) {
    super(message);
  }
}
