import * as v from 'valibot';
import type { BoxUser } from '../../box/user';
import { NewerRecordError } from '../../storage/errors';
import type { Lock } from '../../storage/lock/lock';
import type { RecordKind, RecordStore } from '../../storage/recordStore';
import { ACCOUNTS_LOCK } from './lockNames';
import type { AccountReference } from './sessionSelection';

const text = v.pipe(v.string(), v.nonEmpty());

const accountSchema = v.looseObject({
  userId: text,
  clientId: text,
  /** Id of the account in VS Code. */
  id: text,
  /** Labels that it has been given, the present one first. */
  labels: v.pipe(v.array(text), v.nonEmpty()),
});

type AccountRecord = v.InferOutput<typeof accountSchema>;

/** How account records are stored. They outlive a sign-out. */
export const ACCOUNT_KIND: RecordKind<AccountRecord> = {
  prefix: 'account',
  schema: accountSchema,
};

/** The app that a user signed in with. */
export interface AppReference {
  readonly clientId: string;
  readonly name: string;
}

/** What a label is made of: the login, with the app's name where it must be told from another, or both at once. */
export type AccountKind = 'user' | 'serviceAccount' | 'developerToken';

/**
 * Gives each (user, app) its account id and label in VS Code. VS Code keys the consent to use an account by its
 * label, so a label once given is never given to another.
 */
export class AccountDirectory {
  constructor(
    private readonly records: RecordStore<AccountRecord>,
    private readonly lock: Lock,
  ) {}

  /** Reads the records, so that the next sign-in need not. Throws what SecretStorage throws. */
  async load(): Promise<void> {
    await this.records.readAll();
  }

  /**
   * The account of a user with an app.
   * @param keepLabel whether sessions of it exist, which fix its label.
   */
  async accountFor(
    user: BoxUser,
    app: AppReference,
    keepLabel: boolean,
    kind: AccountKind = 'user',
  ): Promise<AccountReference> {
    return this.lock.withLock(ACCOUNTS_LOCK, async (lease) => {
      const name = `${user.id}/${app.clientId}`;
      // A label that cannot be read now must not be given again.
      const records = await this.records.readAll(true);
      const own = records.get(name);
      records.delete(name);
      const others = [...records.values()];
      const id = own?.id ?? newId(user, app, others, kind);
      const present = own?.labels[0];
      if (keepLabel && present !== undefined) return { id, label: present };
      const label = freeLabel(user, app, others, kind);
      const labels = [label, ...(own?.labels ?? []).filter((former) => former !== label)];
      if (label !== present) {
        const record = { ...own, userId: user.id, clientId: app.clientId, id, labels };
        await this.records.write(name, record, lease).catch(unlessNewer);
      }
      return { id, label };
    });
  }
}

/** A record of a later version stays as it is: the label is then only kept with the session. */
function unlessNewer(error: unknown): void {
  if (!(error instanceof NewerRecordError)) throw error;
}

/** A developer token leaves the user's plain id to a sign-in that lasts. */
function newId(
  user: BoxUser,
  app: AppReference,
  others: readonly AccountRecord[],
  kind: AccountKind,
): string {
  const isTaken = kind === 'developerToken' || others.some(({ id }) => id === user.id);
  return isTaken ? `${user.id}:${app.clientId}` : user.id;
}

function freeLabel(
  user: BoxUser,
  app: AppReference,
  others: readonly AccountRecord[],
  kind: AccountKind,
): string {
  const taken = new Set(others.flatMap(({ labels }) => labels));
  const who = kind === 'serviceAccount' ? 'Service account' : user.login;
  const candidates = [
    ...(kind === 'user' ? [who] : []),
    `${who} (${app.name})`,
    `${who} (${app.name}, ${app.clientId})`,
    `${who} (${app.name}, ${app.clientId}, ${user.id})`,
  ];
  return candidates.find((label) => !taken.has(label)) ?? `${who} (${user.id}:${app.clientId})`;
}
