import * as vscode from 'vscode';
import type { BoxApp } from '../apps/app';
import type { AppList } from '../apps/appList';
import type { AppSecrets } from '../apps/appSecrets';
import type { Settings } from '../apps/settings';
import type { BoxOrigins } from '../box/endpoints';
import type { SignInMethod } from '../signIn/signInMethod';
import { askClientId, askClientSecret, askName } from './appPrompts';
import { showRedirectUris } from './redirectUriPicker';

/** What configuring apps needs from outside. */
export interface AppConfigurationDependencies {
  readonly settings: Settings;
  readonly appList: AppList;
  readonly appSecrets: AppSecrets;
  /** The ways to sign in, whose redirect URIs an app must have registered. */
  readonly methods: readonly SignInMethod[];
  /** The client secret of the emulator's app, where this Box is an emulator that said it. */
  readonly emulatorClientSecret: (origins: BoxOrigins) => string | undefined;
  /** Signs an app's sessions out, and forgets its secret when nothing needs it any more. */
  readonly signOutApp: (app: BoxApp) => Promise<void>;
}

type AppAction = 'secret' | 'redirectUris' | 'rename' | 'remove';

/** Lets the person add, change and remove Box apps. Nothing is kept of a dialog that was given up. */
export class AppConfiguration {
  constructor(private readonly dependencies: AppConfigurationDependencies) {}

  /** The command: choose an app or a new one, and what to do with it. @throws SettingError */
  async run(): Promise<void> {
    const apps = this.dependencies.settings.apps();
    const chosen = apps.length === 0 ? 'new' : await chooseApp(apps);
    if (chosen === 'new') await this.add(vscode.l10n.t('Done'));
    else if (chosen !== undefined) await this.change(chosen);
  }

  /**
   * Adds an app: name, client ID, client secret, then what to register at Box.
   * @param next what going on from there means, in words.
   * @returns the app when the person went on, undefined when he gave up or only closed the last step.
   * @throws SettingError
   */
  async add(next: string): Promise<BoxApp | undefined> {
    const { settings, appList, appSecrets, methods } = this.dependencies;
    const origins = settings.origins();
    const taken = settings.apps().map(({ clientId }) => clientId);
    const name = await askName('1/3');
    if (name === undefined) return undefined;
    const clientId = await askClientId('2/3', taken);
    if (clientId === undefined) return undefined;
    const clientSecret = await askClientSecret(name, '3/3');
    if (clientSecret === undefined) return undefined;
    await appSecrets.setClientSecret(clientId, origins, clientSecret);
    await appList.put({ name, authMethod: 'oauth2', clientId });
    const goesOn = await showRedirectUris(methods, next);
    return goesOn ? { name, authMethod: 'oauth2', clientId, scopes: [] } : undefined;
  }

  /** The client secret of an app, asked for when it is not stored. Undefined when the person gives up. */
  async clientSecretOf(app: BoxApp): Promise<string | undefined> {
    const { settings, appSecrets, emulatorClientSecret } = this.dependencies;
    const origins = settings.origins();
    const stored = await appSecrets.clientSecret(app.clientId, origins);
    await appSecrets.markUsed(app.clientId);
    if (stored !== undefined) return stored;
    const ofEmulator = emulatorClientSecret(origins);
    if (ofEmulator === undefined) return this.enterClientSecret(app);
    await appSecrets.setClientSecret(app.clientId, origins, ofEmulator);
    return ofEmulator;
  }

  /** Asks for an app's client secret and keeps it. Undefined when the person gives up. */
  async enterClientSecret(app: Pick<BoxApp, 'name' | 'clientId'>): Promise<string | undefined> {
    const origins = this.dependencies.settings.origins();
    const clientSecret = await askClientSecret(app.name);
    if (clientSecret === undefined) return undefined;
    await this.dependencies.appSecrets.setClientSecret(app.clientId, origins, clientSecret);
    return clientSecret;
  }

  private async change(app: BoxApp): Promise<void> {
    switch (await chooseAction(app)) {
      case 'secret':
        await this.enterClientSecret(app);
        return;
      case 'redirectUris':
        await showRedirectUris(this.dependencies.methods, vscode.l10n.t('Done'));
        return;
      case 'rename': {
        const name = await askName('1/1', app.name);
        if (name !== undefined) await this.dependencies.appList.put({ clientId: app.clientId, name });
        return;
      }
      case 'remove':
        await this.remove(app);
        return;
      case undefined:
        return;
    }
  }

  private async remove(app: BoxApp): Promise<void> {
    const remove = vscode.l10n.t('Remove');
    const answer = await vscode.window.showWarningMessage(
      vscode.l10n.t('Remove the app {0}?', app.name),
      {
        modal: true,
        detail: vscode.l10n.t(
          'Its accounts are signed out here and at Box, and its client secret is forgotten. At Box the app stays registered.',
        ),
      },
      remove,
    );
    if (answer !== remove) return;
    await this.dependencies.signOutApp(app);
    await this.dependencies.appList.remove(app.clientId);
  }
}

async function chooseApp(apps: readonly BoxApp[]): Promise<BoxApp | 'new' | undefined> {
  const items = [
    ...apps.map((app) => ({ label: app.name, description: app.clientId, app })),
    { label: vscode.l10n.t('$(add) Add a Box app…'), app: 'new' as const },
  ];
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Configure a Box app'),
    placeHolder: vscode.l10n.t('Choose an app to change, or add one'),
  });
  return chosen?.app;
}

async function chooseAction(app: BoxApp): Promise<AppAction | undefined> {
  const items: (vscode.QuickPickItem & { action: AppAction })[] = [
    { action: 'secret', label: vscode.l10n.t('$(key) Enter client secret…') },
    { action: 'redirectUris', label: vscode.l10n.t('$(link) Show redirect URIs to register…') },
    { action: 'rename', label: vscode.l10n.t('$(edit) Rename…') },
    { action: 'remove', label: vscode.l10n.t('$(trash) Remove…') },
  ];
  const chosen = await vscode.window.showQuickPick(items, { title: app.name });
  return chosen?.action;
}
