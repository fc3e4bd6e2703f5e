import * as v from 'valibot';
import { sameOrigins, type BoxOrigins } from '../box/endpoints';
import { type Log } from '../log';
import { RecordStore, type RecordKind, type SecretStorage } from '../storage/recordStore';

const originsSchema = v.object({ account: v.string(), api: v.string() });

const appSecretsSchema = v.object({
  /** Whether the app is configured no more, and its secret only needed for what is still to be revoked. */
  removed: v.optional(v.boolean(), false),
  /** One for each Box that the app is used with. */
  secrets: v.array(v.object({ origins: originsSchema, clientSecret: v.pipe(v.string(), v.nonEmpty()) })),
});

const KIND: RecordKind<v.InferOutput<typeof appSecretsSchema>> = {
  prefix: 'app',
  version: 1,
  schema: appSecretsSchema,
};

/** Client secrets, kept under the client ID and bound to the Box that they were entered for. */
export class AppSecrets {
  private readonly records: RecordStore<v.InferOutput<typeof appSecretsSchema>>;

  constructor(secrets: SecretStorage, log: Log) {
    this.records = new RecordStore(secrets, KIND, log);
  }

  /** The client secret of an app at one Box, or undefined when none was entered for it. */
  async clientSecret(clientId: string, origins: BoxOrigins): Promise<string | undefined> {
    const record = await this.records.read(clientId);
    return record?.secrets.find((secret) => sameOrigins(secret.origins, origins))?.clientSecret;
  }

  /** Keeps a client secret; those for other Boxes stay as they are. */
  async setClientSecret(clientId: string, origins: BoxOrigins, clientSecret: string): Promise<void> {
    const record = await this.records.read(clientId);
    const others = record?.secrets.filter((secret) => !sameOrigins(secret.origins, origins)) ?? [];
    await this.records.write(clientId, { removed: false, secrets: [...others, { origins, clientSecret }] });
  }

  /** Notes that an app is configured no more. */
  async markRemoved(clientId: string): Promise<void> {
    const record = await this.records.read(clientId);
    if (record !== undefined) await this.records.write(clientId, { ...record, removed: true });
  }

  /** Client IDs of apps that are configured no more and whose secrets are still kept. */
  async removed(): Promise<readonly string[]> {
    const records = await this.records.readAll();
    return [...records].filter(([, { removed }]) => removed).map(([clientId]) => clientId);
  }

  /** Notes that an app is in use, so that its secret is not forgotten with its last pending revocation. */
  async markUsed(clientId: string): Promise<void> {
    const record = await this.records.read(clientId);
    if (record?.removed === true) await this.records.write(clientId, { ...record, removed: false });
  }

  /** Forgets an app's secrets. */
  async forget(clientId: string): Promise<void> {
    await this.records.remove(clientId);
  }
}
