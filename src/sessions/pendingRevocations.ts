import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import type { AppSecrets } from '../apps/appSecrets';
import type { BoxClient } from '../box/client';
import type { Clock } from '../box/clock';
import { endpointsOf } from '../box/endpoints';
import { retryAfterOf } from '../box/errors';
import { originsSchema } from '../box/originsSchema';
import type { Log } from '../log';
import type { RecordKind, RecordStore } from '../storage/recordStore';
import { SessionError } from './errors';
import {
  isLive,
  mainToken,
  REFRESH_TOKEN_LIFE_MS,
  type LiveSession,
  type SessionRecord,
} from './sessionRecord';

const text = v.pipe(v.string(), v.nonEmpty());

const revocationSchema = v.object({
  origins: originsSchema,
  clientId: text,
  appName: text,
  /** Whose token it is, for people. */
  label: text,
  /** What stands for the pair: the refresh token, or an access token that came without one. */
  token: text,
  since: v.number(),
});

/** A revocation that Box has not confirmed yet. */
export type PendingRevocation = v.InferOutput<typeof revocationSchema>;

/** What is to be revoked, and for whom. */
export type RevocationRequest = Omit<PendingRevocation, 'since'>;

/** The request that revokes a session's pair. */
export function revocationOf({ origins, clientId, appName, account, pair }: LiveSession): RevocationRequest {
  return { origins, clientId, appName, label: account.label, token: mainToken(pair) };
}

/** The requests that revoke every token that was got for a session and may live, that of its present pair last. */
export function revocationsOf(session: SessionRecord): readonly RevocationRequest[] {
  const { origins, clientId, appName, account, former = [] } = session;
  const request = { origins, clientId, appName, label: account.label };
  const ofFormer = former.map(({ token }) => ({ ...request, token }));
  return isLive(session) ? [...ofFormer, revocationOf(session)] : ofFormer;
}

/** How pending revocations are stored. */
export const REVOCATION_KIND: RecordKind<PendingRevocation> = {
  prefix: 'revocation',
  version: 1,
  schema: revocationSchema,
};

/** What revoking needs from outside. */
export interface PendingRevocationsDependencies {
  readonly store: RecordStore<PendingRevocation>;
  readonly box: BoxClient;
  readonly appSecrets: AppSecrets;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Revocations on their way to Box (RFC 7009). Each is stored before it is sent and forgotten when Box has confirmed
 * it, so that neither a missing network nor a crash leaves a token alive unnoticed. Where there is a refresh token,
 * it is what is sent: with it both of the pair end, and it works after the access token has expired.
 */
export class PendingRevocations {
  /** Until when Box asked to wait, by the monotonic clock in ms. */
  private askedUntil = 0;

  constructor(private readonly dependencies: PendingRevocationsDependencies) {}

  /** Stores that a token is to be revoked. Gives the name to send it by. Throws what SecretStorage throws. */
  async add({ origins, clientId, appName, label, token }: RevocationRequest): Promise<string> {
    const name = randomUUID();
    const since = this.dependencies.clock.now();
    await this.dependencies.store.write(name, { origins, clientId, appName, label, token, since });
    return name;
  }

  /** Forgets one that is not wanted any more. Throws what SecretStorage throws. */
  async forget(name: string): Promise<void> {
    await this.dependencies.store.remove(name);
  }

  /** Sends one to Box and forgets it when it is confirmed. @throws BoxError or SessionError; it is then kept */
  async send(name: string): Promise<void> {
    const { store } = this.dependencies;
    const revocation = await store.read(name);
    if (revocation === undefined) return;
    await this.tell(revocation);
    await store.remove(name);
  }

  private async tell({ origins, clientId, appName, token }: RevocationRequest): Promise<void> {
    const { box, appSecrets, clock, log } = this.dependencies;
    const clientSecret = await appSecrets.clientSecret(clientId, origins);
    if (clientSecret === undefined) throw new SessionError('client_secret_missing', appName);
    const client = { endpoints: endpointsOf(origins), clientId, clientSecret };
    await box.revoke(client, token).catch((error: unknown) => {
      this.askedUntil = clock.monotonic() + retryAfterOf(error);
      throw error;
    });
    log.info(`Revoked the tokens of ${appName}`);
  }

  /** Stores and sends in one. What cannot be stored is sent all the same; nothing is thrown. */
  async revoke(request: RevocationRequest): Promise<void> {
    const { log } = this.dependencies;
    const name = await this.add(request).catch((error: unknown) => {
      log.warn(`A revocation could not be stored: ${String(error)}`);
    });
    try {
      await (name === undefined ? this.tell(request) : this.send(name));
    } catch (error) {
      log.warn(`A revocation could not be sent${name === undefined ? '' : ' and is kept'}: ${String(error)}`);
    }
  }

  /** The tokens that are on their way out, each as it stands for its pair. */
  async tokens(): Promise<ReadonlySet<string>> {
    const all = await this.dependencies.store.readAll();
    return new Set([...all.values()].map(({ token }) => token));
  }

  /** Those that Box has not confirmed. Ones whose token must have expired are forgotten. */
  async pending(): Promise<ReadonlyMap<string, PendingRevocation>> {
    const { store, clock } = this.dependencies;
    const all = await store.readAll();
    for (const [name, { since }] of all) {
      if (clock.now() - since <= REFRESH_TOKEN_LIFE_MS) continue;
      all.delete(name);
      await store.remove(name);
    }
    return all;
  }

  /**
   * Sends all that are pending, one after the other, unless Box asked to wait. Those that fail stay.
   * @returns how long Box still asks to wait, in ms; 0 when it does not.
   */
  async sendAll(): Promise<number> {
    for (const name of (await this.pending()).keys()) {
      if (this.wait() > 0) break;
      try {
        await this.send(name);
      } catch (error) {
        this.dependencies.log.warn(`A pending revocation could not be sent and is kept: ${String(error)}`);
      }
    }
    return this.wait();
  }

  private wait(): number {
    return Math.max(0, this.askedUntil - this.dependencies.clock.monotonic());
  }
}
