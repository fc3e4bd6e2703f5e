import type { BoxClient } from '../box/client';
import { BoxError } from '../box/errors';
import { Emitter } from '../emitter';
import type { Log } from '../log';
import type { Lock } from '../storage/crossWindowLock';
import type { ChildTokens } from './childTokens';
import { SessionError } from './errors';
import { sessionLock } from './lockNames';
import { revocationsOf, type PendingRevocations } from './pendingRevocations';
import type { SessionBook } from './sessionBook';
import { isLive, isRenewable, type SessionRecord } from './sessionRecord';
import type { TokenSource } from './tokenSource';

/** What ending sessions needs from outside. */
export interface SessionEnderDependencies {
  readonly book: SessionBook;
  readonly box: BoxClient;
  readonly source: TokenSource;
  readonly revocations: PendingRevocations;
  readonly children: ChildTokens;
  readonly lock: Lock;
  readonly log: Log;
}

/** What became of a sign-out at Box: `pending` is tried again later; `left` are tokens that only end by themselves. */
export type SignOutOutcome =
  { readonly state: 'revoked' | 'left' } | { readonly state: 'pending'; readonly reason: unknown };

/** A session that was signed out, as it was before. */
export interface SignedOut {
  readonly session: SessionRecord;
  readonly outcome: SignOutOutcome;
}

/** Ends sessions, here and at Box. */
export class SessionEnder {
  private readonly ended = new Emitter<string>();

  /** Fires with the id of a session that was signed out in this window, whether Box could be told yet or not. */
  readonly onDidSignOut = this.ended.event;

  constructor(private readonly dependencies: SessionEnderDependencies) {}

  /**
   * Signs a session out: gone here at once, revoked at Box now or later. A refresh under way is waited for, and its
   * new pair is the one that is revoked.
   * @throws what SecretStorage throws; the session is then shown again.
   */
  async signOut(sessionId: string): Promise<SignOutOutcome> {
    const { book, lock, revocations, log } = this.dependencies;
    book.hide(sessionId);
    const names = await lock
      .withLock(sessionLock(sessionId), () => this.exchangeForRevocations(sessionId))
      .catch((error: unknown) => {
        book.unhide(sessionId);
        throw error;
      });
    log.info(`Signed out session ${sessionId}`);
    this.ended.fire(sessionId);
    void this.dependencies.children.endOf({ id: sessionId });
    try {
      // The present pair first: it is the one that may be in use.
      for (const name of names?.toReversed() ?? []) await revocations.send(name);
      return { state: names === undefined ? 'left' : 'revoked' };
    } catch (reason) {
      log.warn(`Box could not be told of the sign-out; it will be told later: ${String(reason)}`);
      return { state: 'pending', reason };
    }
  }

  /**
   * Revokes a session's tokens at Box. The session stays, in need of a new sign-in.
   * @throws BoxError or SessionError; nothing has changed then.
   */
  async revoke(sessionId: string): Promise<void> {
    const { book, box, source, lock, log } = this.dependencies;
    await lock.withLock(sessionLock(sessionId), async () => {
      const stored = await book.readStored(sessionId);
      if (stored === undefined || !isLive(stored)) return;
      if (!isRenewable(stored)) throw new SessionError('not_revocable', stored.appName, stored);
      const client = await source.client(stored);
      for (const { token } of revocationsOf(stored)) {
        await box.revoke(client, token).catch((error: unknown) => {
          if (error instanceof BoxError) error.appName = stored.appName;
          throw error;
        });
      }
      const ended: SessionRecord = { ...stored, pair: null, ended: 'revoked' };
      delete ended.former;
      await book.write(ended);
      log.info(`Revoked the tokens of session ${sessionId}`);
      void this.dependencies.children.endOf(stored);
    });
  }

  /**
   * Stores the pending revocations, then removes the session: a crash in between leaves both, never neither.
   * @returns their names; undefined where nobody here can revoke the tokens.
   */
  private async exchangeForRevocations(sessionId: string): Promise<readonly string[] | undefined> {
    const { book, revocations } = this.dependencies;
    const stored = await book.readStored(sessionId);
    const isOurs = stored === undefined || isRenewable(stored);
    const requests = stored !== undefined && isOurs ? revocationsOf(stored) : [];
    const names: string[] = [];
    try {
      for (const request of requests) names.push(await revocations.add(request));
      await book.remove(sessionId);
    } catch (error) {
      for (const name of names) await revocations.forget(name);
      throw error;
    }
    return isOurs ? names : undefined;
  }
}
