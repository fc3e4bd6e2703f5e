import * as vscode from 'vscode';
import type { BoxApp } from '../../apps/app';
import type { AppList } from '../../apps/appList';
import type { AppSecrets } from '../../apps/appSecrets';
import type { Settings } from '../../apps/settings';
import { askClientId, askClientSecret, askName } from './appPrompts';
import type { RedirectUriPicker } from './redirectUriPicker';
import { askSubject } from './serverAppPrompts';

/** Dependencies of {@link AppAdder}. */
export interface AppAdderDependencies {
  readonly settings: Settings;
  readonly appList: AppList;
  readonly appSecrets: AppSecrets;
  readonly redirectUris: RedirectUriPicker;
}

type Kind = BoxApp['authMethod'];

/** Items that lead to a new app of each kind. */
export function kindItems(): (vscode.QuickPickItem & { readonly kindOfApp: Kind })[] {
  return [
    {
      kindOfApp: 'oauth2',
      label: vscode.l10n.t('$(add) Add a Box app…'),
      detail: vscode.l10n.t('User Authentication (OAuth 2.0): you sign in at Box and grant access'),
    },
    {
      kindOfApp: 'clientCredentials',
      label: vscode.l10n.t('$(add) Add a server app with client credentials…'),
      detail: vscode.l10n.t('Server Authentication (Client Credentials Grant): the app acts as itself'),
    },
    {
      kindOfApp: 'jwt',
      label: vscode.l10n.t('$(add) Add a server app with a key pair…'),
      detail: vscode.l10n.t('Server Authentication (JWT): choose the config.json that Box gave you'),
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
   */
  async addJwt(expected?: BoxApp): Promise<BoxApp | undefined> {
    const { settings, appList, appSecrets } = this.dependencies;
    const origins = settings.origins();
    const { askJwtConfig, offerToBin } = await import('./jwtConfigPrompt');
    const chosen = await askJwtConfig(expected);
    if (chosen === undefined) return undefined;
    const { clientId, clientSecret, enterpriseId, userId, jwtKey } = chosen.config;
    const present = settings.apps().find((app) => app.clientId === clientId);
    const name = present?.name ?? (await askName());
    if (name === undefined) return undefined;
    await appSecrets.setJwtKey(clientId, origins, clientSecret, jwtKey);
    const { publicKeyId } = jwtKey;
    const subject = { enterpriseId, ...(userId !== undefined && { userId }) };
    const app = { name, authMethod: 'jwt', clientId, ...subject, publicKeyId } as const;
    await appList.put(app);
    void offerToBin(chosen.file);
    return { ...app, scopes: present?.scopes ?? [] };
  }

  private async addOAuth(next: string): Promise<BoxApp | undefined> {
    const app = await this.askAppWithSecret(3);
    if (app === undefined) return undefined;
    await this.keep({ ...app, authMethod: 'oauth2' });
    const goesOn = await this.dependencies.redirectUris.show(next);
    return goesOn ? { name: app.name, authMethod: 'oauth2', clientId: app.clientId, scopes: [] } : undefined;
  }

  private async addClientCredentials(): Promise<BoxApp | undefined> {
    const app = await this.askAppWithSecret(5);
    const subject = app && (await askSubject(app.name, {}, ['4/5', '5/5']));
    if (app === undefined || subject === undefined) return undefined;
    await this.keep({ ...app, authMethod: 'clientCredentials', ...subject });
    const { name, clientId } = app;
    return { name, authMethod: 'clientCredentials', clientId, ...subject, scopes: [] };
  }

  private async askAppWithSecret(steps: number) {
    const taken = this.dependencies.settings.apps().map(({ clientId }) => clientId);
    const name = await askName(`1/${steps}`);
    if (name === undefined) return undefined;
    const clientId = await askClientId(`2/${steps}`, taken);
    if (clientId === undefined) return undefined;
    const clientSecret = await askClientSecret(name, `3/${steps}`);
    return clientSecret === undefined ? undefined : { name, clientId, clientSecret };
  }

  private async keep({
    clientSecret,
    ...app
  }: Omit<BoxApp, 'scopes'> & { readonly clientSecret: string }): Promise<void> {
    const { settings, appList, appSecrets } = this.dependencies;
    await appSecrets.setClientSecret(app.clientId, settings.origins(), clientSecret);
    await appList.put(app);
  }
}
