import type * as vscode from 'vscode';
import type { BoxBaseUrls } from '../box/endpoints';
import { isTransient } from '../box/errors';
import { isOfDownscopedRequest } from '../box/scopes';
import type { Clock } from '../common/clock';
import { Emitter } from '../common/emitter';
import type { Attempt } from '../common/failureLog';
import { LockTimeoutError, SecretStorageError, StaleWindowError } from '../storage/errors';
import { isEmpty, type SessionChanges } from '../sessions/store/sessionChanges';
import type { SessionStore } from '../sessions/store/sessionStore';
import type { Lifecycle } from '../sessions/lifecycle/module';
import type { SignedOut } from '../sessions/lifecycle/signOut';
import type { DownscopedSession } from '../sessions/downscoped/downscopedTokens';
import { isOver, NoTokenInTimeError } from '../sessions/errors';
import type { DownscopedRequest, ScopeRequest } from '../sessions/downscoped/scopeRequest';
import { isLive, type LiveSession, type SessionRecord } from '../sessions/store/sessionRecord';
import { answersTo, ofAccount, type AccountReference } from '../sessions/store/sessionSelection';
import type { TokenRefresher } from '../sessions/tokens/tokenRefresher';

/** Dependencies of {@link BoxAuthenticationProvider}. */
export interface BoxAuthenticationProviderDependencies {
  readonly store: SessionStore;
  readonly refresher: TokenRefresher;
  readonly loadLifecycle: () => Promise<Pick<Lifecycle, 'signOut' | 'downscoped'>>;
  /** Told of every session whose token is handed out. */
  readonly onDidUse: (session: LiveSession) => void;
  /** Told of every session that was signed out here, when it is clear what became of that at Box. */
  readonly onDidSignOut: (signedOut: SignedOut) => void;
  /** The Box that the settings name. Throws a SettingError where they name none. */
  readonly origins: () => BoxBaseUrls;
  /** Signs in with the person at the window. Requests at the same time share one sign-in. */
  readonly signIn: (scopes: readonly string[], account: AccountReference | undefined) => Promise<LiveSession>;
  /** Turns an error into one whose message a person understands, and a cancellation into VS Code's own. */
  readonly describeError: (error: unknown, attempt: Attempt) => Promise<Error>;
  /** Writes a failure to the log that leaves a session out of an answer. */
  readonly reportFailure: (error: unknown, attempt: Attempt) => void;
  readonly clock: Clock;
}

/** Answers VS Code, on behalf of its Accounts menu and of every extension that asks for a `box` session. */
export class BoxAuthenticationProvider implements vscode.AuthenticationProvider {
  private readonly changes = new Emitter<vscode.AuthenticationProviderAuthenticationSessionsChangeEvent>();
  private asked = false;

  readonly onDidChangeSessions = this.changes.event;

  constructor(private readonly dependencies: BoxAuthenticationProviderDependencies) {
    dependencies.store.onDidChange((changes) => {
      if (!isEmpty(changes)) this.changes.fire(asEvent(changes));
    });
  }

  /** Whether VS Code has ever asked, by which one can tell that the registration took. */
  get wasAsked(): boolean {
    return this.asked;
  }

  /**
   * Without scopes, every session as it stands, without a request. With scopes, one session for each account that
   * serves them, with a token that lives; for scopes of downscoped tokens, one exchanged for each account.
   * @throws where Box cannot be reached and a token has expired: the session is kept, and no other account's is
   * handed out in its place.
   */
  async getSessions(
    scopes: readonly string[] | undefined,
    options: vscode.AuthenticationProviderSessionOptions,
  ): Promise<vscode.AuthenticationSession[]> {
    this.asked = true;
    const attempt = this.attempt(() => `A request for sessions with ${scopesText(scopes)}`, options.account);
    try {
      const sessions = await this.dependencies.store.all();
      if (scopes === undefined) return ofAccount(sessions.filter(isLive), options.account).map(asSession);
      const request = await this.readScopes(scopes);
      if (request.kind === 'downscoped') {
        return (await this.downscopedOnes(sessions, request, options.account, attempt)).map(
          asDownscopedSession,
        );
      }
      return (await this.freshOnes(sessions, scopes, options.account, attempt)).map(asSession);
    } catch (error) {
      throw await this.dependencies.describeError(error, attempt());
    }
  }

  /**
   * Signs in; a request that a sign-in under way will serve waits for that one. A downscoped token needs nobody to
   * sign in where an account is there to exchange it from.
   * @throws a cancellation that VS Code understands, or an error whose message a person understands
   */
  async createSession(
    scopes: readonly string[],
    options: vscode.AuthenticationProviderSessionOptions,
  ): Promise<vscode.AuthenticationSession> {
    this.asked = true;
    const attempt = this.attempt(
      () => `A request to create a session with ${scopesText(scopes)}`,
      options.account,
    );
    try {
      const { signIn, loadLifecycle } = this.dependencies;
      const request = await this.readScopes(scopes);
      if (request.kind === 'application') return asSession(await signIn(scopes, options.account));
      const parent = (await this.newestParent(options.account)) ?? (await signIn([], options.account));
      const { downscoped } = await loadLifecycle();
      return asDownscopedSession(await downscoped.session(parent, request, true));
    } catch (error) {
      throw await this.dependencies.describeError(error, attempt());
    }
  }

  /**
   * Signs a session out, here at once and at Box now or later. With the last one that VS Code knows of an account go
   * those that have ended, which it does not know.
   */
  async removeSession(sessionId: string): Promise<void> {
    this.asked = true;
    const attempt = this.attempt(() => 'A request to remove a session', undefined);
    try {
      const { store, loadLifecycle, onDidSignOut } = this.dependencies;
      const [{ signOut }] = await Promise.all([loadLifecycle(), store.load()]);
      const session = store.find(sessionId);
      const outcome = await signOut.run(sessionId);
      if (session === undefined) return;
      onDidSignOut({ session, outcome });
      const others = ofAccount(store.known(), session.account);
      if (!others.some(isLive)) for (const { id } of others) await signOut.run(id);
    } catch (error) {
      throw await this.dependencies.describeError(error, attempt());
    }
  }

  /** What most ask for needs no reading. @throws ScopeRequestError, or SettingError where the settings name no Box */
  private async readScopes(scopes: readonly string[]): Promise<ScopeRequest> {
    const origins = this.dependencies.origins();
    if (!scopes.some(isOfDownscopedRequest)) return { kind: 'application', scopes };
    const { readScopes } = await import('../sessions/downscoped/scopeRequest');
    return readScopes(scopes, origins);
  }

  /** Who asks, VS Code does not tell. What was asked for is put into words only where it failed. */
  private attempt(what: () => string, account: AccountReference | undefined): () => Attempt {
    const startedAt = this.dependencies.clock.monotonic();
    return () => ({ what: what(), account: account?.label, startedAt });
  }

  /** One account's failed exchange drops only that one; where all fail for want of the network, the request fails. */
  private async downscopedOnes(
    sessions: readonly SessionRecord[],
    request: DownscopedRequest,
    account: AccountReference | undefined,
    attempt: () => Attempt,
  ): Promise<readonly DownscopedSession[]> {
    const { loadLifecycle, onDidUse } = this.dependencies;
    const { downscoped } = await loadLifecycle();
    const parents = answersTo(sessions, [], account);
    const results = await Promise.allSettled(parents.map((parent) => downscoped.session(parent, request)));
    const given = results
      .filter((result) => result.status === 'fulfilled')
      .map((result) => result.value)
      .filter(({ parent }) => !this.dependencies.store.isGivenUp(parent));
    const passing = results.find((result) => result.status === 'rejected' && willPass(result.reason));
    if (given.length === 0 && passing?.status === 'rejected') throw passing.reason;
    this.reportLeftOut(results, attempt);
    for (const { parent } of given) onDidUse(parent);
    return given;
  }

  private reportLeftOut(results: readonly PromiseSettledResult<unknown>[], attempt: () => Attempt): void {
    for (const result of results) {
      if (result.status === 'rejected') this.dependencies.reportFailure(result.reason, attempt());
    }
  }

  /** The widest live session of the account, or of the one that signed in last. */
  private async newestParent(account: AccountReference | undefined): Promise<LiveSession | undefined> {
    const parents = answersTo(await this.dependencies.store.all(), [], account);
    return parents.toSorted((a, b) => b.signedInAt - a.signedInAt)[0];
  }

  /**
   * A session that needs a person is left out; one that only needs the network fails the whole request. Where one
   * turns out to have ended, a wider one of its account may serve.
   */
  private async freshOnes(
    sessions: readonly SessionRecord[],
    scopes: readonly string[],
    account: AccountReference | undefined,
    attempt: () => Attempt,
  ): Promise<readonly LiveSession[]> {
    const answers = answersTo(sessions, scopes, account);
    const results = await Promise.allSettled(
      answers.map((session) => this.dependencies.refresher.fresh(session)),
    );
    const passing = results.find((result) => result.status === 'rejected' && willPass(result.reason));
    if (passing?.status === 'rejected') throw passing.reason;
    this.reportLeftOut(results, attempt);
    const hasOneEnded = results.some((result) => result.status === 'rejected' && isOver(result.reason));
    if (hasOneEnded && answers.length < sessions.length) {
      return this.freshOnes(this.dependencies.store.known(), scopes, account, attempt);
    }
    // Looked up again: while one was waited for, another may have been signed out.
    const fresh = results
      .filter((result) => result.status === 'fulfilled')
      .map(({ value }) => this.dependencies.store.find(value.id))
      .filter((session) => session !== undefined)
      .filter(isLive);
    for (const session of fresh) this.dependencies.onDidUse(session);
    return fresh;
  }
}

/** Scopes for the log. A resource may be a shared link, which opens for whoever has it. */
function scopesText(scopes: readonly string[] | undefined): string {
  if (scopes === undefined || scopes.length === 0) return 'any scopes';
  return scopes.map((scope) => (scope.startsWith('resource:') ? 'resource:…' : scope)).join(' ');
}

/** Whether a session will be usable again without a new sign-in of the person. */
function willPass(error: unknown): boolean {
  return (
    isTransient(error) ||
    error instanceof StaleWindowError ||
    error instanceof NoTokenInTimeError ||
    error instanceof LockTimeoutError ||
    error instanceof SecretStorageError
  );
}

function asSession({ id, pair, account, scopes }: LiveSession): vscode.AuthenticationSession {
  return { id, accessToken: pair.accessToken, account: { ...account }, scopes: [...scopes] };
}

function asDownscopedSession({ id, parent, token, scopes }: DownscopedSession): vscode.AuthenticationSession {
  return { id, accessToken: token.accessToken, account: { ...parent.account }, scopes: [...scopes] };
}

function asEvent(changes: SessionChanges): vscode.AuthenticationProviderAuthenticationSessionsChangeEvent {
  return {
    added: changes.added.map(asSession),
    removed: changes.removed.map(asSession),
    changed: changes.changed.map(asSession),
  };
}
