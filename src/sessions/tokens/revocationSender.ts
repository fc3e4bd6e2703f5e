import type { AppSecrets } from '../../apps/appSecrets';
import type { BoxClient } from '../../box/client';
import { endpointsOf } from '../../box/endpoints';
import { retryAfterOf } from '../../box/errors';
import type { Clock } from '../../common/clock';
import { errorText } from '../../common/errorText';
import type { Log } from '../../common/log';
import { SessionError } from '../errors';
import { REFRESH_TOKEN_LIFE_MS } from '../store/sessionRecord';
import type { PendingRevocation, PendingRevocations, RevocationRequest } from './pendingRevocations';

/** Dependencies of {@link RevocationSender}. */
export interface RevocationSenderDependencies {
  readonly revocations: PendingRevocations;
  readonly box: BoxClient;
  readonly appSecrets: AppSecrets;
  readonly clock: Clock;
  readonly log: Log;
}

/** Sends stored revocations to Box (RFC 7009), and forgets those that it confirms. */
export class RevocationSender {
  /** Until when Box asked to wait, by the monotonic clock in ms. */
  private askedUntil = 0;

  constructor(private readonly dependencies: RevocationSenderDependencies) {}

  /** Sends one to Box and forgets it when it is confirmed. @throws BoxError or SessionError; it is then kept */
  async send(name: string): Promise<void> {
    if (await this.tell(name)) await this.dependencies.revocations.forget(name);
  }

  /** The same, and leaves the forgetting to the caller. @returns whether there was one */
  async tell(name: string): Promise<boolean> {
    const revocation = await this.dependencies.revocations.read(name);
    if (revocation !== undefined) await this.request(revocation);
    return revocation !== undefined;
  }

  /**
   * Stores and sends in one. What cannot be stored is sent all the same; nothing is thrown.
   * @param clientSecret where it is at hand: nothing has to be read then.
   */
  async revoke(request: RevocationRequest, clientSecret?: string): Promise<void> {
    const { log, revocations } = this.dependencies;
    const name = await revocations.add(request).catch((error: unknown) => {
      log.warn(`A revocation could not be stored: ${errorText(error)}`);
    });
    try {
      await this.request(request, clientSecret);
      if (name !== undefined) await revocations.forget(name);
    } catch (error) {
      log.warn(
        `A revocation could not be sent${name === undefined ? '' : ' and is kept'}: ${errorText(error)}`,
      );
    }
  }

  /**
   * Sends all that are pending, one after the other, unless Box asked to wait. Those that fail stay.
   * @param leastAgeMs younger ones are left to the window that stored them.
   * @returns how long Box still asks to wait, in ms; 0 when it does not.
   */
  async sendAll(leastAgeMs = 0): Promise<number> {
    for (const [name, pending] of await this.dependencies.revocations.pending()) {
      if (this.wait() > 0) break;
      if (this.isYoung(pending, leastAgeMs)) continue;
      try {
        await this.send(name);
      } catch (error) {
        await this.keepOrDrop(name, pending, error);
      }
    }
    return this.wait();
  }

  private async request(request: RevocationRequest, atHand?: string): Promise<void> {
    const { box, appSecrets, clock, log } = this.dependencies;
    const { origins, clientId, appName, token } = request;
    const clientSecret = atHand ?? (await appSecrets.clientSecret(clientId, origins));
    if (clientSecret === undefined) throw new SessionError('client_secret_missing', appName);
    const client = { endpoints: endpointsOf(origins), clientId, clientSecret };
    await box.revoke(client, token).catch((error: unknown) => {
      this.askedUntil = Math.max(this.askedUntil, clock.monotonic() + retryAfterOf(error));
      throw error;
    });
    log.info(`Revoked the tokens of ${appName}`);
  }

  /** One that seems to come from the future is not: a clock that was wrong has dated it. */
  private isYoung({ since }: PendingRevocation, leastAgeMs: number): boolean {
    const { box, clock } = this.dependencies;
    const age = (box.serverTime() ?? clock.now()) - since;
    return age >= 0 && age < leastAgeMs;
  }

  /** One that was tried is dropped when Box's own clock says that its token has ended. */
  private async keepOrDrop(name: string, pending: PendingRevocation, error: unknown): Promise<void> {
    const { box, revocations, log } = this.dependencies;
    const now = box.serverTime();
    const since = now === undefined ? pending.since : await revocations.dateByBox(name, pending, now);
    if (now === undefined || now - since <= REFRESH_TOKEN_LIFE_MS) {
      log.warn(`A pending revocation could not be sent and is kept: ${errorText(error)}`);
      return;
    }
    await revocations.forget(name);
    log.warn(
      `A pending revocation was given up after 60 days, when its token has ended: ${errorText(error)}`,
    );
  }

  private wait(): number {
    return Math.max(0, this.askedUntil - this.dependencies.clock.monotonic());
  }
}
