import * as vscode from 'vscode';
import { isSameApp, subjectOf, type BoxApp } from '../../apps/app';
import type { AppList } from '../../apps/appList';
import type { AppSecrets } from '../../apps/appSecrets';
import type { Settings } from '../../apps/settings';
import { askClientId, askClientSecret, askName } from './appPrompts';
import type { Notifications } from '../messages/notifications';
import type { RedirectUriPicker } from './redirectUriPicker';
import { askSubject, type Subject } from './serverAppPrompts';

/** Dependencies of {@link AppAdder}. */
export interface AppAdderDependencies {
  readonly settings: Settings;
  readonly appList: AppList;
  readonly appSecrets: AppSecrets;
  readonly redirectUris: RedirectUriPicker;
  readonly notifications: Notifications;
}

type Kind = BoxApp['authMethod'];

/** Items that lead to a new app of each kind. */
export function kindItems(): (vscode.QuickPickItem & { readonly kindOfApp: Kind })[] {
  return [
    {
      kindOfApp: 'oauth2',
      label: vscode.l10n.t('$(add) Add a Box App…'),
      detail: vscode.l10n.t('User Authentication (OAuth 2.0): you sign in to Box and grant access'),
    },
    {
      kindOfApp: 'clientCredentials',
      label: vscode.l10n.t('$(add) Add a Server App with Client Credentials…'),
      detail: vscode.l10n.t('Server Authentication (Client Credentials Grant): the app acts as itself'),
    },
    {
      kindOfApp: 'jwt',
      label: vscode.l10n.t('$(add) Add a Server App with a Key Pair…'),
      detail: vscode.l10n.t('Server Authentication (JWT): choose the config.json from Box'),
    },
  ];
}

/** Lets the person add Box apps. Nothing is kept of a dialog that was given up. */
export class AppAdder {
  constructor(private readonly dependencies: AppAdderDependencies) {}

  /**
   * Adds an app of the kind that was chosen.
   * @param next what going on from there means, in words.
   * @returns the app when the person went on, undefined when they gave up or only closed the last step.
   * @throws SettingError
   */
  add(kind: Kind, next: string): Promise<BoxApp | undefined> {
    if (kind === 'jwt') return this.addJwt();
    return kind === 'oauth2' ? this.addOAuth(next) : this.addClientCredentials();
  }

  /**
   * Lets the person choose a `config.json` and keeps its secrets.
   * @param expected the app whose key is to be replaced; another app's file is then refused.
   * @throws AppsNotSavedError, or what SecretStorage throws: nothing of a new app is then kept
   */
  async addJwt(expected?: BoxApp): Promise<BoxApp | undefined> {
    const { settings, appList, appSecrets, notifications } = this.dependencies;
    const origins = settings.origins();
    const { askJwtConfig, offerToBin } = await import('./jwtConfigPrompt');
    const chosen = await askJwtConfig(notifications, expected);
    if (chosen === undefined) return undefined;
    const { clientId, clientSecret, enterpriseId, userId, jwtKey } = chosen.config;
    const { publicKeyId } = jwtKey;
    const subject = { enterpriseId, ...(userId !== undefined && { userId }) };
    const inFile: BoxApp = { name: clientId, authMethod: 'jwt', clientId, ...subject, scopes: [] };
    const present = expected ?? settings.apps().find((app) => isSameApp(app, inFile));
    const name = present?.name ?? (await askName());
    if (name === undefined) return undefined;
    let app: BoxApp = { ...(present ?? inFile), name, publicKeyId };
    if (subjectOf(app) === undefined) {
      await appList.putSubject(app, subject);
      app = { ...app, ...subject };
    }
    await this.keep(app, present === undefined, () =>
      appSecrets.setJwtKey(clientId, origins, clientSecret, jwtKey),
    );
    void offerToBin(notifications, chosen.file, app);
    return app;
  }

  private async addOAuth(next: string): Promise<BoxApp | undefined> {
    const { redirectUris, settings, appSecrets } = this.dependencies;
    const origins = settings.origins();
    const taken = settings.apps().map(({ clientId }) => clientId);
    const named = await askNameAndId(3, taken);
    const clientSecret = named && (await askClientSecret(named.name, '3/3'));
    if (named === undefined || clientSecret === undefined) return undefined;
    const app: BoxApp = { ...named, authMethod: 'oauth2', scopes: [] };
    await this.keep(app, true, () => appSecrets.setClientSecret(app.clientId, origins, clientSecret));
    return (await redirectUris.show(next)) ? app : undefined;
  }

  private async addClientCredentials(): Promise<BoxApp | undefined> {
    const { settings, appSecrets } = this.dependencies;
    const origins = settings.origins();
    const configured = settings.apps();
    const ofPersons = configured.filter(({ authMethod }) => authMethod === 'oauth2');
    const named = await askNameAndId(
      5,
      ofPersons.map(({ clientId }) => clientId),
    );
    if (named === undefined) return undefined;
    const { name, clientId } = named;
    const made: BoxApp = { name, authMethod: 'clientCredentials', clientId, scopes: [] };
    const isKnown = configured.some((app) => app.clientId === clientId);
    const known = isKnown ? await appSecrets.clientSecret(clientId, origins) : undefined;
    const clientSecret = known ?? (await askClientSecret(name, '3/5'));
    if (clientSecret === undefined) return undefined;
    const isTaken = (subject: Subject): boolean =>
      configured.some((app) => isSameApp(app, { ...made, ...subject }));
    const subject = await askSubject({ appName: name, steps: ['4/5', '5/5'], isTaken });
    if (subject === undefined) return undefined;
    const app = { ...made, ...subject };
    await this.keep(app, true, () => appSecrets.setClientSecret(clientId, origins, clientSecret));
    return app;
  }

  /**
   * Stores the entry first, which fails more often, and then the secrets.
   * @param isNew whether the entry goes again where the secrets cannot be stored.
   */
  private async keep(app: BoxApp, isNew: boolean, storeSecrets: () => Promise<void>): Promise<void> {
    const { appList } = this.dependencies;
    await appList.put(app);
    try {
      await storeSecrets();
    } catch (error) {
      if (isNew) await appList.remove(app).catch(() => undefined);
      throw error;
    }
  }
}

/** @param steps how many there are, of which these are the first two. */
async function askNameAndId(
  steps: number,
  taken: readonly string[],
): Promise<Pick<BoxApp, 'name' | 'clientId'> | undefined> {
  const name = await askName(`1/${steps}`);
  if (name === undefined) return undefined;
  const clientId = await askClientId(`2/${steps}`, taken);
  return clientId === undefined ? undefined : { name, clientId };
}
