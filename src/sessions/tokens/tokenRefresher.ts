import { sleep, type Clock } from '../../common/clock';
import { BoxError, OAuthError } from '../../box/errors';
import { Emitter } from '../../common/emitter';
import { errorText } from '../../common/errorText';
import type { Log } from '../../common/log';
import { StaleWindowError } from '../../storage/errors';
import type { Lease, Lock } from '../../storage/lock/lock';
import { within } from '../../storage/timeLimit';
import { isOver, NoTokenInTimeError, SessionError } from '../errors';
import { sessionLock } from '../store/lockNames';
import type { PairKeeper } from './pairKeeper';
import type { RefreshBackoff } from './refreshBackoff';
import type { SessionStore } from '../store/sessionStore';
import {
  endedAs,
  isLive,
  isRenewable,
  isServerSession,
  mainToken,
  type LiveSession,
} from '../store/sessionRecord';
import type { TokenExpiry } from './tokenExpiry';
import type { TokenRequests } from './tokenRequests';

/** Dependencies of {@link TokenRefresher}. */
export interface TokenRefresherDependencies {
  readonly store: SessionStore;
  readonly tokenRequests: TokenRequests;
  readonly keeper: PairKeeper;
  readonly lock: Lock;
  /** Throws where a new pair could not be stored: it is then not asked for. */
  readonly prepare: () => Promise<void>;
  readonly backoff: RefreshBackoff;
  readonly expiry: TokenExpiry;
  readonly clock: Clock;
  readonly log: Log;
}

/** Decides, on the newest known pair, whether a new one is needed. */
export type Staleness = (session: LiveSession) => boolean;

/** The session to use, or the one of which Box refused the refresh token while a newer one may be about to be stored. */
type Decision =
  { readonly session: LiveSession; readonly refused?: undefined } | { readonly refused: LiveSession };

/** How long somebody waits for a new token while the old one still serves, in ms. */
const SHORT_WAIT_MS = 2000;
/** How long somebody waits who needs a new token, in ms. */
const LONG_WAIT_MS = 50_000;
/** How long a window works on one refresh at most, in ms: three requests and their pauses. */
const WORK_MS = 45_000;
/** How long an end is looked into where somebody unseen may have stored a newer pair, in ms. */
const CERTAINTY_MS = 10_000;
const CERTAINTY_POLL_MS = 500;

/**
 * Keeps sessions fresh (RFC 6749 §6 as Box practices it, or by asking for another token). One refresh of a session
 * is in flight at a time; the decision is made on what is stored, after the lock is taken; a new pair is stored before
 * anybody sees it.
 */
export class TokenRefresher {
  private readonly inFlight = new Map<string, Promise<LiveSession>>();
  private readonly ended = new Emitter<SessionError>();

  /** Fires once when a session has ended by itself, with the error that is thrown for it: its session says why. */
  readonly onDidEnd = this.ended.event;

  constructor(private readonly dependencies: TokenRefresherDependencies) {}

  /**
   * A session with a token to use. When a refresh is due and the token still serves, it is waited for shortly and then
   * goes on by itself.
   * @throws SessionError, BoxError, StaleWindowError or NoTokenInTimeError when there is no token that lives
   */
  async fresh(session: LiveSession): Promise<LiveSession> {
    const { expiry } = this.dependencies;
    const known = this.known(session);
    const isStale: Staleness = (each) =>
      isRenewable(each) ? expiry.isDue(each.pair) : expiry.left(each.pair) <= 0;
    if (!isStale(known)) return known;
    return expiry.serves(known.pair) ? this.freshSoon(known, isStale) : this.refreshOrKeep(known, isStale);
  }

  /** Waits shortly for a refresh while the old token serves; longer where it ends meanwhile. */
  private async freshSoon(known: LiveSession, isStale: Staleness): Promise<LiveSession> {
    const { expiry, clock } = this.dependencies;
    const refresh = this.refreshWhen(known, isStale);
    refresh.catch(() => undefined);
    const late = new NoTokenInTimeError(known);
    const failure = await within(clock, SHORT_WAIT_MS, refresh, () => late).then(
      () => undefined,
      (error: unknown) => error as Error,
    );
    if (failure !== late) return this.afterWaiting(known, failure);
    const now = this.known(known);
    return expiry.serves(now.pair) ? now : this.refreshOrKeep(now, isStale);
  }

  /** The same with enough life left for a token that a person will paste somewhere. */
  async freshToCopy(session: LiveSession): Promise<LiveSession> {
    const { expiry, backoff } = this.dependencies;
    backoff.reset();
    if (!isRenewable(session)) return this.fresh(session);
    // Waits for a refresh in whatever window: it would invalidate the token that is here.
    return this.refreshOrKeep(this.known(session), ({ pair }) => expiry.isTooShortToCopy(pair));
  }

  /** A new pair now, whatever is left of this one. @throws as {@link refreshWhen} does */
  async refreshNow(session: LiveSession): Promise<LiveSession> {
    if (!isRenewable(session)) throw new SessionError('not_renewable', session.appName, session);
    this.dependencies.backoff.reset();
    return this.inTime(
      session,
      this.refreshWhen(session, ({ pair }) => pair.accessToken === session.pair.accessToken),
    );
  }

  /**
   * A new pair if the stored session is stale in the given sense.
   * @throws SessionError, BoxError, StaleWindowError, LockTimeoutError or SecretStorageError
   */
  async refreshWhen(session: LiveSession, isStale: Staleness): Promise<LiveSession> {
    const running = this.inFlight.get(session.id);
    if (running !== undefined) {
      const result = await running;
      return isStale(result) ? this.refreshWhen(result, isStale) : result;
    }
    const refresh = this.refresh(session, isStale).finally(() => this.inFlight.delete(session.id));
    this.inFlight.set(session.id, refresh);
    return refresh;
  }

  /** Resolves when no refresh is under way in this window. */
  async idle(): Promise<void> {
    while (this.inFlight.size > 0) await Promise.allSettled(this.inFlight.values());
  }

  /** The session as this window has it now: who asks may have had it for long. @throws SessionError when it is no more */
  private known(session: LiveSession): LiveSession {
    const { store } = this.dependencies;
    store.ensureCurrent();
    const known = store.find(session.id);
    if (known === undefined) throw new SessionError('signed_out', session.appName, session);
    if (!isLive(known)) throw new SessionError('ended', known.appName, known);
    return known;
  }

  private async refreshOrKeep(session: LiveSession, isStale: Staleness): Promise<LiveSession> {
    try {
      return await this.inTime(session, this.refreshWhen(session, isStale));
    } catch (error) {
      return this.afterWaiting(session, error as Error);
    }
  }

  /** What is handed out after a refresh was waited for: the session is looked up again, since it may have ended. */
  private afterWaiting(session: LiveSession, failure: Error | undefined): LiveSession {
    const { expiry, log } = this.dependencies;
    if (failure !== undefined && isOver(failure)) throw failure;
    const known = this.known(session);
    if (failure === undefined || known.pair.accessToken !== session.pair.accessToken) return known;
    if (failure instanceof StaleWindowError || expiry.left(known.pair) <= 0) throw failure;
    log.debug(`Kept an access token that still lives, because there is no other yet: ${errorText(failure)}`);
    return known;
  }

  private inTime<T>(session: LiveSession, work: Promise<T>): Promise<T> {
    const late = (): Error => new NoTokenInTimeError(session);
    return within(this.dependencies.clock, LONG_WAIT_MS, work, late);
  }

  private async refresh(asked: LiveSession, isStale: Staleness): Promise<LiveSession> {
    const { lock, backoff } = this.dependencies;
    const stamp = await backoff.stamp(asked);
    const decided = await lock.withLock(
      sessionLock(asked.id),
      (lease) => this.decide(asked, isStale, stamp, lease),
      { waitMs: LONG_WAIT_MS, workMs: WORK_MS },
    );
    return decided.refused === undefined ? decided.session : this.adoptOrEnd(decided.refused);
  }

  /** Runs inside the lock: what counts is what is stored now. */
  private async decide(
    asked: LiveSession,
    isStale: Staleness,
    stamp: string | undefined,
    lease: Lease,
  ): Promise<Decision> {
    const { backoff, prepare } = this.dependencies;
    const stored = await this.usable(asked);
    if (!isStale(stored)) return { session: stored };
    if (!isRenewable(stored)) return this.end(stored, 'expired', lease);
    const failure = await backoff.failureSince(stored, stamp);
    if (failure !== undefined) throw failure;
    await backoff.check(stored);
    await prepare();
    return this.ask(stored, lease);
  }

  private async ask(stored: LiveSession, lease: Lease): Promise<Decision> {
    const { tokenRequests, keeper, backoff, log } = this.dependencies;
    try {
      const pair = await tokenRequests.next(stored);
      const kept = await lease.whileHeld((held) => keeper.keep(stored, pair, held));
      if (kept.pair === pair)
        log.info(`Refreshed the access token of session ${stored.id}; it lives ${pair.expiresIn} s`);
      await backoff.succeeded(stored);
      return { session: kept };
    } catch (error) {
      log.warn(`Box gave no new token for session ${stored.id}: ${errorText(error)}`);
      if (error instanceof BoxError) {
        error.appName = stored.appName;
        error.account = stored.account.label;
      }
      if (!isRefusalOf(error, stored)) {
        if (!isOver(error)) await backoff.failed(stored, error);
        throw error;
      }
    }
    // At once only where everybody who could have stored a newer pair would have announced it here.
    if (!(await this.dependencies.store.isNewest(stored.id))) return { refused: stored };
    return { session: await this.endUnlessChanged(stored, lease) };
  }

  /** The session as stored. @throws SessionError when it was signed out or has ended */
  private async usable(session: LiveSession): Promise<LiveSession> {
    const stored = await this.dependencies.store.readStored(session.id);
    if (stored === undefined) throw new SessionError('signed_out', session.appName, session);
    if (!isLive(stored)) throw new SessionError('ended', stored.appName, stored);
    return stored;
  }

  /**
   * Box knows the refresh token no more. Somebody whom this window does not see may have stored a newer pair, or be
   * about to: that is adopted.
   */
  private async adoptOrEnd(tried: LiveSession): Promise<LiveSession> {
    const { clock, lock } = this.dependencies;
    for (let waited = 0; waited < CERTAINTY_MS; waited += CERTAINTY_POLL_MS) {
      const stored = await this.usable(tried);
      if (mainToken(stored.pair) !== mainToken(tried.pair)) return stored;
      await sleep(clock, CERTAINTY_POLL_MS);
    }
    return lock.withLock(sessionLock(tried.id), (lease) => this.endUnlessChanged(tried, lease));
  }

  private async endUnlessChanged(tried: LiveSession, lease: Lease): Promise<LiveSession> {
    const stored = await this.usable(tried);
    return mainToken(stored.pair) === mainToken(tried.pair) ? this.end(stored, 'refused', lease) : stored;
  }

  /** Notes that a session has ended. @throws SessionError always, but LeaseLostError first */
  private async end(stored: LiveSession, why: 'refused' | 'expired', lease: Lease): Promise<never> {
    const { store, backoff, log } = this.dependencies;
    const ended = endedAs(stored, why);
    await store.write(ended, lease);
    // Nobody asks for it any more.
    await backoff.forget(stored);
    log.warn(`Session ${stored.id} has ended (${why})`);
    const error = new SessionError('ended', stored.appName, ended);
    this.ended.fire(error);
    throw error;
  }
}

/** Whether Box knows the refresh token no more. Of a server-side app's own request the same answer means something else. */
function isRefusalOf(error: unknown, session: LiveSession): boolean {
  return error instanceof OAuthError && error.error === 'invalid_grant' && !isServerSession(session);
}
