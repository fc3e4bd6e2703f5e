import type { Clock } from '../box/clock';
import { BoxError, OAuthError } from '../box/errors';
import { Emitter } from '../emitter';
import type { Log } from '../log';
import { isOver, SessionError } from './errors';
import { sessionLock } from './lockNames';
import { revocationOf, type PendingRevocations } from './pendingRevocations';
import type { SessionBook } from './sessionBook';
import {
  formerTokens,
  isLive,
  isRenewable,
  isServerSession,
  mainToken,
  type LiveSession,
  type SessionRecord,
  type TokenPair,
} from './sessionRecord';
import type { RefreshBackoff } from './refreshBackoff';
import type { TokenLife } from './tokenLife';
import type { TokenSource } from './tokenSource';
import type { Lock } from '../storage/crossWindowLock';
import type { Lease } from '../storage/fileLock';
import { StaleWindowError } from '../storage/errors';

/** What refreshing needs from outside. */
export interface TokenRefresherDependencies {
  readonly book: SessionBook;
  readonly source: TokenSource;
  readonly revocations: PendingRevocations;
  readonly lock: Lock;
  /** Throws a StaleWindowError where a new pair could not be stored: it is then not asked for. */
  readonly ensureCurrent: () => Promise<void>;
  readonly backoff: RefreshBackoff;
  readonly life: TokenLife;
  readonly clock: Clock;
  readonly log: Log;
}

/** Decides, on the newest known pair, whether a new one is needed. */
export type Staleness = (session: LiveSession) => boolean;

/**
 * Keeps sessions fresh (RFC 6749 §6 as Box practises it, or by asking for another token). One refresh of a session
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
   * A session with a token to use: refreshed when little of its life is left. When that fails, the old token is
   * given for as long as it lives.
   * @throws SessionError, BoxError or StaleWindowError when there is no token that lives.
   */
  async fresh(session: LiveSession): Promise<LiveSession> {
    const { life } = this.dependencies;
    const known = this.known(session);
    const isStale: Staleness = (each) =>
      isRenewable(each) ? life.isDue(each.pair) : life.left(each.pair) <= 0;
    return isStale(known) ? this.refreshOrKeep(known, isStale) : known;
  }

  /** The same with enough life left for a token that a person will paste somewhere. */
  async freshToCopy(session: LiveSession): Promise<LiveSession> {
    const { life, backoff } = this.dependencies;
    backoff.reset();
    if (!isRenewable(session)) return this.fresh(session);
    // What is on its way ends the token that is here.
    await this.inFlight.get(session.id)?.catch(() => undefined);
    const known = this.known(session);
    const isStale: Staleness = ({ pair }) => life.isTooShortToCopy(pair);
    return isStale(known) ? this.refreshOrKeep(known, isStale) : known;
  }

  /** A new pair now, whatever is left of this one. @throws SessionError, BoxError or StaleWindowError */
  async refreshNow(session: LiveSession): Promise<LiveSession> {
    if (!isRenewable(session)) throw new SessionError('not_renewable', session.appName, session);
    this.dependencies.backoff.reset();
    return this.refreshWhen(session, ({ pair }) => pair.accessToken === session.pair.accessToken);
  }

  /** A new pair if the stored session is stale in the given sense. @throws SessionError, BoxError or StaleWindowError */
  async refreshWhen(session: LiveSession, isStale: Staleness): Promise<LiveSession> {
    const running = this.inFlight.get(session.id);
    if (running !== undefined) {
      const result = await running;
      if (!isStale(result)) return result;
      return this.refreshWhen(result, isStale);
    }
    const { lock } = this.dependencies;
    const refresh = lock
      .withLock(sessionLock(session.id), (lease) => this.decide(session, isStale, lease))
      .finally(() => this.inFlight.delete(session.id));
    this.inFlight.set(session.id, refresh);
    return refresh;
  }

  /** Resolves when no refresh is under way in this window. */
  async idle(): Promise<void> {
    while (this.inFlight.size > 0) await Promise.allSettled(this.inFlight.values());
  }

  /** The session as this window has it now: who asks may have had it for long. @throws SessionError when it is no more */
  private known(session: LiveSession): LiveSession {
    const known = this.dependencies.book.find(session.id);
    if (known === undefined) throw new SessionError('signed_out', session.appName, session);
    if (!isLive(known)) throw new SessionError('ended', known.appName, known);
    return known;
  }

  private async refreshOrKeep(session: LiveSession, isStale: Staleness): Promise<LiveSession> {
    const { life, log } = this.dependencies;
    try {
      return await this.refreshWhen(session, isStale);
    } catch (error) {
      const isLost = isOver(error) || error instanceof StaleWindowError;
      if (isLost || life.left(session.pair) <= 0) throw error;
      log.debug(`Kept an access token that still lives, because a refresh failed: ${String(error)}`);
      return session;
    }
  }

  /** Runs inside the lock: what counts is what is stored now. */
  private async decide(asked: LiveSession, isStale: Staleness, lease: Lease): Promise<LiveSession> {
    const { backoff } = this.dependencies;
    const stored = await this.usable(asked);
    if (!isStale(stored)) return stored;
    if (!isRenewable(stored)) return this.end(stored, 'expired');
    await backoff.check(stored);
    await this.dependencies.ensureCurrent();
    try {
      const refreshed = await this.refresh(stored, lease);
      await backoff.succeeded(stored);
      return refreshed;
    } catch (error) {
      if (error instanceof BoxError) error.appName = stored.appName;
      if (isRefusalOf(error, stored)) return this.adoptOrEnd(stored);
      if (!(error instanceof SessionError && error.code === 'signed_out'))
        await backoff.failed(stored, error);
      throw error;
    }
  }

  private async refresh(session: LiveSession, lease: Lease): Promise<LiveSession> {
    const { source, log } = this.dependencies;
    const pair = await source.next(session);
    const kept = await lease.whileHeld(() => this.keep(session, pair));
    log.info(`Refreshed the access token of session ${session.id}; it lives ${pair.expiresIn} s`);
    return kept;
  }

  /** Stores a new pair, unless the session was signed out, revoked or refreshed by somebody else meanwhile. */
  private async keep(refreshed: LiveSession, pair: TokenPair): Promise<LiveSession> {
    const { book, revocations } = this.dependencies;
    const stored = await book.readStored(refreshed.id);
    if (stored === undefined || stored.ended === 'revoked') {
      await revocations.revoke(revocationOf({ ...refreshed, pair }));
      throw new SessionError(stored === undefined ? 'signed_out' : 'ended', refreshed.appName, refreshed);
    }
    if (isLive(stored) && mainToken(stored.pair) !== mainToken(refreshed.pair)) return stored;
    const { ended, ...rest } = stored;
    if (ended !== undefined) this.dependencies.log.info(`Session ${stored.id} lives after all`);
    const renewed = { ...rest, pair, ...this.formerOf(stored, refreshed) };
    await book.write(renewed);
    return this.usable(renewed);
  }

  /** The session as stored. @throws SessionError when it was signed out or has ended */
  private async usable(session: LiveSession): Promise<LiveSession> {
    const { book } = this.dependencies;
    const stored = await book.readStored(session.id);
    if (stored === undefined || book.isHidden(session.id)) {
      throw new SessionError('signed_out', session.appName, session);
    }
    if (!isLive(stored)) throw new SessionError('ended', stored.appName, stored);
    return stored;
  }

  /** Box knows the refresh token no more. Unless another window stored a newer one, the session has ended. */
  private async adoptOrEnd(tried: LiveSession): Promise<LiveSession> {
    const stored = await this.usable(tried);
    return mainToken(stored.pair) === mainToken(tried.pair) ? this.end(stored, 'refused') : stored;
  }

  /** Notes that a session has ended. @throws SessionError always */
  private async end(stored: LiveSession, why: 'refused' | 'expired'): Promise<never> {
    const { book, log } = this.dependencies;
    const ended: SessionRecord = { ...stored, pair: null, ended: why };
    await book.write(ended);
    log.warn(`Session ${stored.id} has ended (${why})`);
    const error = new SessionError('ended', stored.appName, ended);
    this.ended.fire(error);
    throw error;
  }

  /** A server-side app's token lives on after another was asked for: it is remembered, to be revoked in the end. */
  private formerOf(stored: SessionRecord, refreshed: LiveSession): Pick<SessionRecord, 'former'> {
    const now = this.dependencies.clock.now();
    if (isServerSession(refreshed)) return { former: formerTokens(refreshed, now) };
    return stored.former === undefined ? {} : { former: formerTokens({ ...stored, pair: null }, now) };
  }
}

/** Whether Box knows the refresh token no more. Of a server-side app's own request the same answer means something else. */
function isRefusalOf(error: unknown, session: LiveSession): boolean {
  return error instanceof OAuthError && error.error === 'invalid_grant' && !isServerSession(session);
}
