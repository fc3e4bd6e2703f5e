import type { AppSecrets } from '../apps/appSecrets';
import type { BoxClient } from '../box/client';
import { endpointsOf } from '../box/endpoints';
import { BoxError } from '../box/errors';
import type { Log } from '../log';
import { SessionError } from './errors';
import { sessionLock, type Lock } from './lock';
import { revocationOf, type PendingRevocations } from './pendingRevocations';
import type { SessionBook } from './sessionBook';
import { isLive } from './sessionRecord';

/** What ending sessions needs from outside. */
export interface SessionEnderDependencies {
  readonly book: SessionBook;
  readonly box: BoxClient;
  readonly appSecrets: AppSecrets;
  readonly revocations: PendingRevocations;
  readonly lock: Lock;
  readonly log: Log;
}

/** What became of a sign-out at Box: `pending` is tried again later. */
export type SignOutOutcome =
  { readonly state: 'revoked' } | { readonly state: 'pending'; readonly reason: unknown };

/** Ends sessions, here and at Box. */
export class SessionEnder {
  constructor(private readonly dependencies: SessionEnderDependencies) {}

  /**
   * Signs a session out: gone here at once, revoked at Box now or later. A refresh under way is waited for, and its
   * new pair is the one that is revoked.
   * @throws what SecretStorage throws; the session is then shown again.
   */
  async signOut(sessionId: string): Promise<SignOutOutcome> {
    const { book, lock, revocations, log } = this.dependencies;
    book.hide(sessionId);
    const revocation = await lock
      .withLock(sessionLock(sessionId), () => this.exchangeForRevocation(sessionId))
      .catch((error: unknown) => {
        book.unhide(sessionId);
        throw error;
      });
    log.info(`Signed out session ${sessionId}`);
    try {
      if (revocation !== undefined) await revocations.send(revocation);
      return { state: 'revoked' };
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
    const { book, box, appSecrets, lock, log } = this.dependencies;
    await lock.withLock(sessionLock(sessionId), async () => {
      const stored = await book.readStored(sessionId);
      if (stored === undefined || !isLive(stored)) return;
      const { clientId, origins, appName, pair } = stored;
      const clientSecret = await appSecrets.clientSecret(clientId, origins);
      if (clientSecret === undefined) throw new SessionError('client_secret_missing', appName, stored);
      const client = { endpoints: endpointsOf(origins), clientId, clientSecret };
      await box.revoke(client, pair.refreshToken).catch((error: unknown) => {
        if (error instanceof BoxError) error.appName = appName;
        throw error;
      });
      await book.write({ ...stored, pair: null, ended: 'revoked' });
      log.info(`Revoked the tokens of session ${sessionId}`);
    });
  }

  /** Stores the pending revocation, then removes the session: a crash in between leaves both, never neither. */
  private async exchangeForRevocation(sessionId: string): Promise<string | undefined> {
    const { book, revocations } = this.dependencies;
    const stored = await book.readStored(sessionId);
    const name =
      stored !== undefined && isLive(stored) ? await revocations.add(revocationOf(stored)) : undefined;
    try {
      await book.remove(sessionId);
    } catch (error) {
      if (name !== undefined) await revocations.forget(name);
      throw error;
    }
    return name;
  }
}
