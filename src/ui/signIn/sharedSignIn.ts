import type { LiveSession } from '../../sessions/store/sessionRecord';
import { serves, type AccountReference } from '../../sessions/store/sessionSelection';

/** Runs one sign-in with the person at the window. */
export type RunSignIn = (
  scopes: readonly string[],
  account: AccountReference | undefined,
) => Promise<LiveSession>;

interface RunningSignIn {
  readonly scopes: readonly string[];
  readonly accountId: string | undefined;
  readonly session: Promise<LiveSession>;
}

/** Lets extensions that ask at the same time be served by one sign-in, where one can serve them. */
export class SharedSignIn {
  private readonly running = new Set<RunningSignIn>();

  constructor(private readonly signIn: RunSignIn) {}

  /** Joins a sign-in that waits and will serve the request, else begins one. Throws what that throws. */
  async run(scopes: readonly string[], account: AccountReference | undefined): Promise<LiveSession> {
    const joined = [...this.running].find((each) => mayServe(each, scopes, account));
    if (joined === undefined) return this.begin(scopes, account);
    const session = await joined.session;
    return serves(session, scopes) ? session : this.run(scopes, account);
  }

  private begin(scopes: readonly string[], account: AccountReference | undefined): Promise<LiveSession> {
    const session = this.signIn(scopes, account);
    const running: RunningSignIn = { scopes, accountId: account?.id, session };
    this.running.add(running);
    return session.finally(() => this.running.delete(running));
  }
}

/** One for any account may end as another's; one without scopes may still be narrower, if the settings say so. */
function mayServe(
  running: RunningSignIn,
  scopes: readonly string[],
  account: AccountReference | undefined,
): boolean {
  if (running.accountId !== account?.id) return false;
  return running.scopes.length === 0 || scopes.every((scope) => running.scopes.includes(scope));
}
