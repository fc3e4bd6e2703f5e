import type { BoxClient } from '../../box/client';
import type { Clock } from '../../common/clock';
import { RunningWork } from '../../common/runningWork';
import type { Log } from '../../common/log';
import type { Lease } from '../../storage/lock/lock';
import { SessionError } from '../errors';
import { revocationOf, type PendingRevocations, type RevocationRequest } from './pendingRevocations';
import type { RevocationSender } from './revocationSender';
import type { SessionStore } from '../store/sessionStore';
import {
  formerTokens,
  isLive,
  isServerSession,
  mainToken,
  signInOf,
  type LiveSession,
  type SessionRecord,
  type TokenPair,
} from '../store/sessionRecord';
import type { SignOutMarks } from '../lifecycle/signOutMarks';

/** Dependencies of {@link PairKeeper}. */
export interface PairKeeperDependencies {
  readonly store: SessionStore;
  readonly marks: SignOutMarks;
  readonly revocations: Pick<PendingRevocations, 'add'>;
  readonly loadSender: () => Promise<Pick<RevocationSender, 'revoke'>>;
  readonly box: BoxClient;
  readonly clock: Clock;
  readonly log: Log;
}

/** Stores the pairs that refreshes bring, or sees to it that they end. */
export class PairKeeper {
  private readonly running = new RunningWork();

  constructor(private readonly dependencies: PairKeeperDependencies) {}

  /**
   * Stores a new pair, unless the session was signed out, revoked, replaced or refreshed by somebody else meanwhile.
   * @param refreshed the session as it was when the pair was asked for.
   * @param lease of the session's lock.
   * @returns the session as it is stored now, by a later sign-in too: the pair is then revoked.
   * @throws SessionError where the session was signed out or revoked: the pair is then revoked
   */
  async keep(refreshed: LiveSession, pair: TokenPair, lease: Lease): Promise<LiveSession> {
    const { store, marks, log } = this.dependencies;
    await marks.refresh();
    const stored = await store.readStored(refreshed.id);
    if (stored === undefined || stored.ended === 'revoked' || signInOf(stored) !== signInOf(refreshed)) {
      return this.giveUp(refreshed, pair, stored);
    }
    if (isLive(stored) && mainToken(stored.pair) !== mainToken(refreshed.pair)) return stored;
    const { ended, ...rest } = stored;
    if (ended !== undefined) log.info(`Session ${stored.id} lives after all`);
    const renewed = { ...rest, pair, ...this.formerOf(stored, refreshed) };
    await store.write(renewed, lease);
    return this.shown(renewed);
  }

  private async giveUp(
    refreshed: LiveSession,
    pair: TokenPair,
    stored: SessionRecord | undefined,
  ): Promise<LiveSession> {
    const revoked = this.running.add(this.revoke(revocationOf({ ...refreshed, pair })));
    // Nobody waits for Box where a token is here.
    if (stored !== undefined && isLive(stored)) return this.shown(stored);
    await revoked;
    throw new SessionError(stored === undefined ? 'signed_out' : 'ended', refreshed.appName, refreshed);
  }

  /** Resolves when no pair is in nobody's hands. */
  async idle(): Promise<void> {
    await this.running.idle();
  }

  private async revoke(request: RevocationRequest): Promise<void> {
    const { revocations } = this.dependencies;
    // At once: loading what sends it takes its time. What could not be stored is sent all the same.
    await revocations.add(request).catch(() => undefined);
    const sender = await this.dependencies.loadSender();
    await sender.revoke(request);
  }

  /** What is stored, unless the person signed out meanwhile. */
  private shown(stored: LiveSession): LiveSession {
    const { store } = this.dependencies;
    if (!store.isGivenUp(stored)) return stored;
    throw new SessionError('signed_out', stored.appName, stored);
  }

  /** A server-side app's token lives on after another was asked for: it is remembered, to be revoked in the end. */
  private formerOf(stored: SessionRecord, refreshed: LiveSession): Pick<SessionRecord, 'former'> {
    const now = this.dependencies.box.serverTime();
    if (isServerSession(refreshed)) return { former: formerTokens(refreshed, now) };
    return stored.former === undefined ? {} : { former: formerTokens({ ...stored, pair: null }, now) };
  }
}
