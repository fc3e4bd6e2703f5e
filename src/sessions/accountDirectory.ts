import * as v from 'valibot';
import type { BoxUser } from '../box/user';
import type { RecordKind, RecordStore } from '../storage/recordStore';
import { ACCOUNTS_LOCK, type Lock } from './lock';
import type { AccountReference } from './sessionSelection';

const text = v.pipe(v.string(), v.nonEmpty());

const accountSchema = v.object({
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
  version: 1,
  schema: accountSchema,
};

/** The app that a user signed in with. */
export interface AppReference {
  readonly clientId: string;
  readonly name: string;
}

/**
 * Gives each (user, app) its account id and label in VS Code. VS Code keys the consent to use an account by its
 * label, so a label once given is never given to another.
 */
export class AccountDirectory {
  constructor(
    private readonly store: RecordStore<AccountRecord>,
    private readonly lock: Lock,
  ) {}

  /**
   * The account of a user with an app.
   * @param keepLabel whether sessions of it exist, which fix its label.
   */
  async accountFor(user: BoxUser, app: AppReference, keepLabel: boolean): Promise<AccountReference> {
    return this.lock.withLock(ACCOUNTS_LOCK, async () => {
      const name = `${user.id}/${app.clientId}`;
      const records = await this.store.readAll();
      const own = records.get(name);
      records.delete(name);
      const others = [...records.values()];
      const id = own?.id ?? newId(user, app, others);
      const present = own?.labels[0];
      if (keepLabel && present !== undefined) return { id, label: present };
      const label = freeLabel(user, app, others);
      const labels = [label, ...(own?.labels ?? []).filter((former) => former !== label)];
      if (label !== present) {
        await this.store.write(name, { userId: user.id, clientId: app.clientId, id, labels });
      }
      return { id, label };
    });
  }
}

function newId(user: BoxUser, app: AppReference, others: readonly AccountRecord[]): string {
  return others.some(({ id }) => id === user.id) ? `${user.id}:${app.clientId}` : user.id;
}

function freeLabel(user: BoxUser, app: AppReference, others: readonly AccountRecord[]): string {
  const taken = new Set(others.flatMap(({ labels }) => labels));
  const candidates = [
    user.login,
    `${user.login} (${app.name})`,
    `${user.login} (${app.name}, ${app.clientId})`,
    `${user.login} (${app.name}, ${app.clientId}, ${user.id})`,
  ];
  return candidates.find((label) => !taken.has(label)) ?? `${user.login} (${user.id}:${app.clientId})`;
}
