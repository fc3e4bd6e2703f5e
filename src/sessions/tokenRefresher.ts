import { type AppSecrets } from '../apps/appSecrets';
import { type BoxClient } from '../box/client';
import { type Clock } from '../box/clock';
import { endpointsOf } from '../box/endpoints';
import { OAuthError } from '../box/errors';
import { type BoxClientIdentity } from '../box/protocol';
import { Emitter } from '../emitter';
import { type Log } from '../log';
import { SessionError } from './errors';
import { sessionLock, type Lock } from './lock';
import { type PendingRevocations } from './pendingRevocations';
import { type SessionBook } from './sessionBook';
import { isDue, isLive, lifeLeft, tokenPair, type LiveSession, type SessionRecord } from './sessionRecord';

/** What refreshing needs from outside. */
export interface TokenRefresherDependencies {
  readonly book: SessionBook;
  readonly box: BoxClient;
  readonly appSecrets: AppSecrets;
  readonly revocations: PendingRevocations;
  readonly lock: Lock;
  readonly clock: Clock;
  readonly log: Log;
}

/** Decides, on the newest known pair, whether a new one is needed. */
type Staleness = (session: LiveSession) => boolean;

/**
 * Keeps sessions fresh (RFC 6749 §6 as Box practises it). One refresh of a session is in flight at a time; the
 * decision is made on what is stored, after the lock is taken; a new pair is stored before anybody sees it.
 */
export class TokenRefresher {
  private readonly inFlight = new Map<string, Promise<LiveSession>>();
  private readonly end = new Emitter<SessionRecord>();

  /** Fires once when Box has ended a session. */
  readonly onDidEnd = this.end.event;

  constructor(private readonly dependencies: TokenRefresherDependencies) {}

  /**
   * A session with a token to use: refreshed when little of its life is left. When that fails, the old token is
   * given for as long as it lives.
   * @throws SessionError or BoxError when there is no token that lives.
   */
  async fresh(session: LiveSession): Promise<LiveSession> {
    const isStale: Staleness = ({ pair }) => isDue(pair, this.now());
    return isStale(session) ? this.refreshOrKeep(session, isStale) : session;
  }

  /** The same with a staleness of one's own, such as for a token that a person will paste somewhere. */
  async refreshOrKeep(session: LiveSession, isStale: Staleness): Promise<LiveSession> {
    try {
      return await this.refreshWhen(session, isStale);
    } catch (error) {
      const isOver = error instanceof SessionError && (error.code === 'ended' || error.code === 'signed_out');
      if (isOver || lifeLeft(session.pair, this.now()) <= 0) throw error;
      this.dependencies.log.warn(
        `Kept an access token that still lives, because a refresh failed: ${String(error)}`,
      );
      return session;
    }
  }

  /** A new pair now, whatever is left of this one. @throws SessionError or BoxError */
  async refreshNow(session: LiveSession): Promise<LiveSession> {
    return this.refreshWhen(session, ({ pair }) => pair.accessToken === session.pair.accessToken);
  }

  private async refreshWhen(session: LiveSession, isStale: Staleness): Promise<LiveSession> {
    const running = this.inFlight.get(session.id);
    if (running !== undefined) {
      const result = await running;
      if (!isStale(result)) return result;
      return this.refreshWhen(result, isStale);
    }
    const refresh = this.dependencies.lock
      .withLock(sessionLock(session.id), () => this.decide(session, isStale))
      .finally(() => this.inFlight.delete(session.id));
    this.inFlight.set(session.id, refresh);
    return refresh;
  }

  /** Runs inside the lock: what counts is what is stored now. */
  private async decide(asked: LiveSession, isStale: Staleness): Promise<LiveSession> {
    const stored = await this.usable(asked);
    if (!isStale(stored)) return stored;
    const client = await this.client(stored);
    try {
      return await this.refresh(stored, client);
    } catch (error) {
      if (!(error instanceof OAuthError && error.error === 'invalid_grant')) throw error;
      return this.adoptOrEnd(stored);
    }
  }

  private async refresh(session: LiveSession, client: BoxClientIdentity): Promise<LiveSession> {
    const { book, box, log, revocations } = this.dependencies;
    const sentAt = this.now();
    const answer = await box.refresh(client, session.pair.refreshToken);
    const pair = tokenPair(answer, sentAt, session.pair.refreshToken) ?? session.pair;
    const stored = await book.readStored(session.id);
    if (stored === undefined) {
      await revocations.revoke({ ...session, pair });
      throw new SessionError('signed_out', session.appName, session);
    }
    await book.write({ ...stored, pair });
    log.info(`Refreshed the access token of session ${session.id}; it lives ${pair.expiresIn} s`);
    return this.usable({ ...stored, pair });
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
    const { book, log } = this.dependencies;
    const stored = await this.usable(tried);
    if (stored.pair.refreshToken !== tried.pair.refreshToken) return stored;
    const ended: SessionRecord = { ...stored, pair: null };
    await book.write(ended);
    log.warn(`Box ended session ${stored.id}: its refresh token is not accepted any more`);
    this.end.fire(ended);
    throw new SessionError('ended', stored.appName, ended);
  }

  private async client(session: LiveSession): Promise<BoxClientIdentity> {
    const { clientId, origins, appName } = session;
    const clientSecret = await this.dependencies.appSecrets.clientSecret(clientId, origins);
    if (clientSecret === undefined) throw new SessionError('client_secret_missing', appName, session);
    return { endpoints: endpointsOf(origins), clientId, clientSecret };
  }

  private now(): number {
    return this.dependencies.clock.now();
  }
}
