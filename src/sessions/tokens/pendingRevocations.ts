import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import type { BoxClient } from '../../box/client';
import type { Clock } from '../../common/clock';
import { originsSchema } from '../../box/originsSchema';
import type { RecordKind, RecordStore } from '../../storage/recordStore';
import type { SignOutMark } from '../lifecycle/signOutMarks';
import { isLive, mainToken, signInOf, type LiveSession, type SessionRecord } from '../store/sessionRecord';

const text = v.pipe(v.string(), v.nonEmpty());

const revocationSchema = v.looseObject({
  origins: originsSchema,
  clientId: text,
  appName: text,
  /** Whose token it is, for people. */
  label: text,
  /** What stands for the pair: the refresh token, or an access token that came without one. */
  token: text,
  since: v.number(),
  /** Whether that is by the clock here, which may be wrong, because Box's was not known. */
  isLocalTime: v.optional(v.boolean()),
  /** The sign-in that is given up, where the revocation is part of that, and whether its session is to go. */
  session: v.optional(text),
  signIn: v.optional(text),
  kind: v.optional(v.picklist(['signedOut', 'revoked'])),
});

/** A revocation that Box has not confirmed yet. */
export type PendingRevocation = v.InferOutput<typeof revocationSchema>;

/** What is to be revoked, and for whom. */
export type RevocationRequest = Pick<
  PendingRevocation,
  'origins' | 'clientId' | 'appName' | 'label' | 'token'
>;

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
  schema: revocationSchema,
};

function markOf({ session, signIn, kind }: PendingRevocation): SignOutMark | undefined {
  if (session === undefined || signIn === undefined || kind === undefined) return undefined;
  return { session, signIn, kind };
}

/** Dependencies of {@link PendingRevocations}. */
export interface PendingRevocationsDependencies {
  readonly records: RecordStore<PendingRevocation>;
  readonly box: Pick<BoxClient, 'serverTime'>;
  readonly clock: Clock;
}

/**
 * Revocations on their way to Box (RFC 7009). Each is stored before it is sent and forgotten when Box has confirmed
 * it, so that neither a missing network nor a crash leaves a token alive unnoticed. Where there is a refresh token,
 * it is what is sent: with it both of the pair end, and it works after the access token has expired.
 */
export class PendingRevocations {
  constructor(private readonly dependencies: PendingRevocationsDependencies) {}

  /**
   * Stores that a token is to be revoked.
   * @param mark the sign-in that is given up with it.
   * @returns the name to send it by. Throws what SecretStorage throws.
   */
  async add(
    { origins, clientId, appName, label, token }: RevocationRequest,
    mark?: SignOutMark,
  ): Promise<string> {
    const { records, box, clock } = this.dependencies;
    const known = [...(await records.readAll())].find(([, pending]) => pending.token === token);
    if (known !== undefined) return this.raise(...known, mark);
    const name = randomUUID();
    const serverTime = box.serverTime();
    const date = serverTime === undefined ? { since: clock.now(), isLocalTime: true } : { since: serverTime };
    const { session, signIn, kind } = mark ?? {};
    const origin = mark === undefined ? {} : { session, signIn, kind };
    await records.write(name, { origins, clientId, appName, label, token, ...date, ...origin });
    return name;
  }

  /** Since when one is pending, by Box's clock at the latest. Throws what SecretStorage throws. */
  async dateByBox(name: string, pending: PendingRevocation, now: number): Promise<number> {
    if (pending.isLocalTime !== true) return pending.since;
    await this.dependencies.records.write(name, { ...pending, since: now, isLocalTime: false });
    return now;
  }

  /** Who signs out what is being revoked wants more than that. */
  private async raise(
    name: string,
    pending: PendingRevocation,
    mark: SignOutMark | undefined,
  ): Promise<string> {
    const isMore = mark?.kind === 'signedOut' && pending.kind !== 'signedOut';
    if (isMore) await this.dependencies.records.write(name, { ...pending, ...mark });
    return name;
  }

  /** The sign-ins that are being given up. Throws what SecretStorage throws. */
  async marks(): Promise<readonly SignOutMark[]> {
    const all = await this.dependencies.records.readAll();
    return [...all.values()].map(markOf).filter((mark) => mark !== undefined);
  }

  /**
   * The sign-ins of an earlier version that it was giving up when its window ended: their main token is to be revoked,
   * and their record is still there. Throws what SecretStorage throws.
   */
  async earlierMarks(records: readonly SessionRecord[]): Promise<readonly SignOutMark[]> {
    const all = [...(await this.dependencies.records.readAll()).values()];
    const tokens = new Set(all.filter(({ session }) => session === undefined).map(({ token }) => token));
    return records
      .filter((record) => record.signIn === undefined)
      .filter((record) => isLive(record) && tokens.has(mainToken(record.pair)))
      .map((record) => ({ session: record.id, signIn: signInOf(record), kind: 'signedOut' }));
  }

  /** The sign-in that is given up with the revocation under a SecretStorage key, where there is one. */
  async markAt(key: string): Promise<SignOutMark | undefined> {
    const name = this.dependencies.records.nameOf(key);
    const pending = name === undefined ? undefined : await this.dependencies.records.read(name);
    return pending && markOf(pending);
  }

  /** Whether Box has confirmed every revocation that belongs to a sign-in. Throws what SecretStorage throws. */
  async isSettled({ session, signIn }: SignOutMark): Promise<boolean> {
    return !(await this.marks()).some((mark) => mark.session === session && mark.signIn === signIn);
  }

  /** One by its name, where Box has not confirmed it. Throws what SecretStorage throws. */
  async read(name: string): Promise<PendingRevocation | undefined> {
    return this.dependencies.records.read(name);
  }

  /** Forgets one: Box has confirmed it, or its token has ended. Throws what SecretStorage throws. */
  async forget(name: string): Promise<void> {
    await this.dependencies.records.remove(name);
  }

  /** Those that Box has not confirmed, and that can be read now. Throws what SecretStorage throws. */
  async pending(): Promise<ReadonlyMap<string, PendingRevocation>> {
    return this.dependencies.records.readAll();
  }

  /** The client IDs of the apps whose secrets they need: of all. Throws what SecretStorage throws. */
  async clientIds(): Promise<ReadonlySet<string>> {
    const all = await this.dependencies.records.readAll(true);
    return new Set([...all.values()].map(({ clientId }) => clientId));
  }
}
