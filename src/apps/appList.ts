import * as v from 'valibot';
import { appSchema, isSameApp, type BoxApp } from './app';

/** Where the setting `apps` is kept, as it was typed: entries that are no apps, and keys that we do not know, stay. */
export interface AppListSetting {
  /** The user's own value. */
  read(): readonly unknown[];
  write(entries: readonly unknown[]): PromiseLike<void>;
}

/** VS Code could not write the setting `apps`: settings.json has an error, is not saved or is read-only. */
export class AppsNotSavedError extends Error {
  override readonly name = 'AppsNotSavedError';
  readonly code = 'apps_not_saved';

  constructor(cause: unknown) {
    super('The setting apps could not be written', { cause });
  }
}

/** Adds, changes and removes entries of the setting `apps`. Each is told by its client ID and its subject. */
export class AppList {
  constructor(private readonly setting: AppListSetting) {}

  /**
   * Adds an app at the end, or changes the entry that it is. The ID of a key goes to all entries of its client ID,
   * which share the key.
   * @throws AppsNotSavedError; nothing is then changed, here and below
   */
  async put(app: BoxApp): Promise<void> {
    const { publicKeyId, scopes, ...rest } = app;
    const given = {
      ...rest,
      ...(publicKeyId !== undefined && { publicKeyId }),
      ...(scopes.length > 0 && { scopes }),
    };
    const entries = this.setting.read();
    const changed = entries.map((entry) => {
      const known = readApp(entry);
      if (known?.clientId !== app.clientId) return entry;
      if (isSameApp(known, app)) return { ...(entry as object), ...given };
      const sharesKey = publicKeyId !== undefined && known.authMethod === 'jwt';
      return sharesKey ? { ...(entry as object), publicKeyId } : entry;
    });
    const isNew = !entries.some((entry) => is(entry, app));
    await this.write(isNew ? [...changed, given] : changed);
  }

  /** Gives an app another name. @throws AppsNotSavedError */
  async rename(app: BoxApp, name: string): Promise<void> {
    await this.change(app, (entry) => ({ ...entry, name }));
  }

  /** Notes whom a server-side app acts as: an enterprise's service account, or a user. @throws AppsNotSavedError */
  async putSubject(
    app: BoxApp,
    { enterpriseId, userId }: Pick<BoxApp, 'enterpriseId' | 'userId'>,
  ): Promise<void> {
    await this.change(app, (entry) => {
      const rest: Partial<BoxApp> = { ...entry };
      delete rest.enterpriseId;
      delete rest.userId;
      return {
        ...rest,
        ...(enterpriseId !== undefined && { enterpriseId }),
        ...(userId !== undefined && { userId }),
      };
    });
  }

  /** Removes an app. @throws AppsNotSavedError */
  async remove(app: BoxApp): Promise<void> {
    await this.write(this.setting.read().filter((entry) => !is(entry, app)));
  }

  /** Whether other entries have the client ID of an app too, damaged ones included: they need its secrets. */
  hasOthers(app: BoxApp): boolean {
    return this.setting.read().some((entry) => hasClientId(entry, app.clientId) && !is(entry, app));
  }

  private async change(app: BoxApp, change: (entry: object) => object): Promise<void> {
    await this.write(this.setting.read().map((entry) => (is(entry, app) ? change(entry as object) : entry)));
  }

  private async write(entries: readonly unknown[]): Promise<void> {
    try {
      await this.setting.write(entries);
    } catch (error) {
      throw new AppsNotSavedError(error);
    }
  }
}

function is(entry: unknown, app: BoxApp): boolean {
  const known = readApp(entry);
  return known !== undefined && isSameApp(known, app);
}

function readApp(entry: unknown): BoxApp | undefined {
  const result = v.safeParse(appSchema, entry);
  return result.success ? result.output : undefined;
}

function hasClientId(entry: unknown, clientId: string): boolean {
  if (typeof entry !== 'object' || entry === null || !('clientId' in entry)) return false;
  return typeof entry.clientId === 'string' && entry.clientId.trim() === clientId;
}
