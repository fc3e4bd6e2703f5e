import type { BoxApp } from './app';

/** Where the setting `apps` is kept, as it was typed: entries that are no apps, and keys that we do not know, stay. */
export interface AppListSetting {
  /** The user's own value. */
  read(): readonly unknown[];
  write(entries: readonly unknown[]): PromiseLike<void>;
}

/** Adds, changes and removes entries of the setting `apps`. */
export class AppList {
  constructor(private readonly setting: AppListSetting) {}

  /** Adds an app at the end, or changes the one with its client ID: only what is given is touched. */
  async put(app: Pick<BoxApp, 'name' | 'clientId'> & Partial<BoxApp>): Promise<void> {
    const entries = this.setting.read();
    const present = entries.some((entry) => hasClientId(entry, app.clientId));
    const changed = entries.map((entry) =>
      hasClientId(entry, app.clientId) ? { ...(entry as object), ...app } : entry,
    );
    await this.setting.write(present ? changed : [...changed, { authMethod: 'oauth2', ...app }]);
  }

  /** Notes whom a server-side app acts as: an enterprise's service account, or a user. */
  async putSubject(
    { clientId }: Pick<BoxApp, 'clientId'>,
    { enterpriseId, userId }: Pick<BoxApp, 'enterpriseId' | 'userId'>,
  ): Promise<void> {
    const changed = this.setting.read().map((entry) => {
      if (!hasClientId(entry, clientId)) return entry;
      const rest = { ...(entry as Partial<BoxApp>) };
      delete rest.enterpriseId;
      delete rest.userId;
      return {
        ...rest,
        ...(enterpriseId !== undefined && { enterpriseId }),
        ...(userId !== undefined && { userId }),
      };
    });
    await this.setting.write(changed);
  }

  /** Removes the app with this client ID. */
  async remove(clientId: string): Promise<void> {
    await this.setting.write(this.setting.read().filter((entry) => !hasClientId(entry, clientId)));
  }
}

function hasClientId(entry: unknown, clientId: string): boolean {
  if (typeof entry !== 'object' || entry === null || !('clientId' in entry)) return false;
  return typeof entry.clientId === 'string' && entry.clientId.trim() === clientId;
}
