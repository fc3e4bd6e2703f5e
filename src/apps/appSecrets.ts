import * as v from 'valibot';
import { sameBaseUrls, type BoxBaseUrls } from '../box/endpoints';
import { originsSchema } from '../box/originsSchema';
import type { Lock } from '../storage/lock/lock';
import type { RecordKind, RecordStore } from '../storage/recordStore';
import { storedJwtKeySchema, type StoredJwtKey } from './storedJwtKey';

/** Fields that a newer version has added are kept, so that a window with this version does not lose them. */
const appSecretSchema = v.looseObject({
  origins: originsSchema,
  clientSecret: v.pipe(v.string(), v.nonEmpty()),
  /** Of a JWT app. */
  jwtKey: v.optional(storedJwtKeySchema),
});

const appSecretsSchema = v.looseObject({
  /** Whether the app is configured no more, and its secret only needed for what is still to be revoked. */
  removed: v.optional(v.boolean(), false),
  /** One for each Box that the app is used with. */
  secrets: v.array(appSecretSchema),
});

type AppSecret = v.InferOutput<typeof appSecretSchema>;
type AppSecretsRecord = v.InferOutput<typeof appSecretsSchema>;

/** How the secrets of an app are stored. */
export const APP_SECRETS_KIND: RecordKind<AppSecretsRecord> = {
  prefix: 'app',
  schema: appSecretsSchema,
};

const LOCK = 'apps';

/** Client secrets and private keys, kept under the client ID and bound to the Box that they were entered for. */
export class AppSecrets {
  /** Client secrets that Box refused and that were forgotten for it, by app and Box, until another is entered. */
  private readonly refused = new Set<string>();

  /** @param lock one that all windows share: changes are one at a time. */
  constructor(
    private readonly records: RecordStore<AppSecretsRecord>,
    private readonly lock: Lock,
  ) {}

  /** The client secret of an app at one Box, or undefined when none was entered for it. */
  async clientSecret(clientId: string, origins: BoxBaseUrls): Promise<string | undefined> {
    return (await this.secret(clientId, origins))?.clientSecret;
  }

  /** The private key of a JWT app at one Box, or undefined when none was entered for it. */
  async jwtKey(clientId: string, origins: BoxBaseUrls): Promise<StoredJwtKey | undefined> {
    return (await this.secret(clientId, origins))?.jwtKey;
  }

  /** Keeps a client secret. The app's private key stays as it is, and so does what is kept for other Boxes. */
  async setClientSecret(clientId: string, origins: BoxBaseUrls, clientSecret: string): Promise<void> {
    await this.put(clientId, origins, { clientSecret });
  }

  /**
   * Keeps the private key of a JWT app in place of the one before, with the client secret that came with it. What is
   * kept for other Boxes stays as it is.
   */
  async setJwtKey(
    clientId: string,
    origins: BoxBaseUrls,
    clientSecret: string,
    jwtKey: StoredJwtKey,
  ): Promise<void> {
    await this.put(clientId, origins, { clientSecret, jwtKey });
  }

  /** Notes that an app is configured no more. */
  async markRemoved(clientId: string): Promise<void> {
    await this.change(clientId, (record) => record && { ...record, removed: true });
  }

  /** Client IDs of apps that are configured no more and whose secrets are still kept. */
  async removed(): Promise<readonly string[]> {
    const records = await this.records.readAll();
    return [...records].filter(([, { removed }]) => removed).map(([clientId]) => clientId);
  }

  /** Notes that an app is in use, so that its secret is not forgotten with its last pending revocation. */
  async markUsed(clientId: string): Promise<void> {
    await this.change(clientId, (record) =>
      record?.removed === true ? { ...record, removed: false } : undefined,
    );
  }

  /** Forgets an app's secrets, its private key included, unless the app has come into use again. */
  async forgetRemoved(clientId: string): Promise<void> {
    await this.lock.withLock(LOCK, async (lease) => {
      const record = await this.records.read(clientId);
      if (record?.removed === true) await this.records.remove(clientId, lease);
    });
  }

  /** Forgets an app's client secret at one Box that refused it, unless a private key came with it. */
  async forgetRefused(clientId: string, origins: BoxBaseUrls): Promise<void> {
    this.refused.add(clientId + origins.api);
    await this.change(clientId, (record) => {
      if (record === undefined) return undefined;
      const secrets = record.secrets.filter(
        (secret) => secret.jwtKey !== undefined || !sameBaseUrls(secret.origins, origins),
      );
      return { ...record, secrets, removed: record.removed || secrets.length === 0 };
    });
    await this.forgetRemoved(clientId);
  }

  /** Whether the newest client secret that was entered in this window was forgotten because Box refused it. */
  wasRefused(clientId: string, origins: BoxBaseUrls): boolean {
    return this.refused.has(clientId + origins.api);
  }

  private async secret(clientId: string, origins: BoxBaseUrls): Promise<AppSecret | undefined> {
    const record = await this.records.read(clientId);
    return record?.secrets.find((secret) => sameBaseUrls(secret.origins, origins));
  }

  private async put(
    clientId: string,
    origins: BoxBaseUrls,
    changed: Pick<AppSecret, 'clientSecret' | 'jwtKey'>,
  ): Promise<void> {
    await this.change(clientId, (record) => {
      const secrets = record?.secrets ?? [];
      const before = secrets.find((secret) => sameBaseUrls(secret.origins, origins));
      const others = secrets.filter((secret) => secret !== before);
      return { ...record, removed: false, secrets: [...others, { ...before, origins, ...changed }] };
    });
    this.refused.delete(clientId + origins.api);
  }

  /**
   * Reads, changes and stores a record while nobody else does.
   * @param change gives undefined where nothing is to be stored.
   */
  private async change(
    clientId: string,
    change: (record: AppSecretsRecord | undefined) => AppSecretsRecord | undefined,
  ): Promise<void> {
    await this.lock.withLock(LOCK, async (lease) => {
      const changed = change(await this.records.read(clientId));
      if (changed !== undefined) await this.records.write(clientId, changed, lease);
    });
  }
}
