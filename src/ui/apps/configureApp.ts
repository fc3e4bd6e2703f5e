import * as vscode from 'vscode';
import type { BoxApp } from '../../apps/app';
import type { AppList } from '../../apps/appList';
import type { AppSecrets } from '../../apps/appSecrets';
import type { Settings } from '../../apps/settings';
import type { BoxBaseUrls } from '../../box/endpoints';
import type { SignedOut } from '../../sessions/lifecycle/signOut';
import { AppAdder, kindItems } from './addApp';
import { askClientSecret, askName } from './appPrompts';
import { appTypeName } from './appTypes';
import type { Notifications } from '../messages/notifications';
import type { RedirectUriPicker } from './redirectUriPicker';
import { askSubject } from './serverAppPrompts';
import { tellWhatLivesOn } from '../messages/signOutMessages';
import { plainText } from '../messages/userMessage';

/** Dependencies of {@link AppConfiguration}. */
export interface AppConfigurationDependencies {
  readonly settings: Settings;
  readonly appList: AppList;
  readonly appSecrets: AppSecrets;
  readonly redirectUris: RedirectUriPicker;
  /** The client secret of the emulator's app, where this Box is an emulator that said it. */
  readonly emulatorClientSecret: (origins: BoxBaseUrls) => string | undefined;
  /** Signs an app's sessions out, and forgets its secret when nothing needs it any more. */
  readonly signOutApp: (app: BoxApp) => Promise<readonly SignedOut[]>;
  readonly notifications: Notifications;
}

type AppAction = 'secret' | 'subject' | 'redirectUris' | 'rename' | 'remove';

/** Lets the person add, change and remove Box apps. Nothing is kept of a dialog that was given up. */
export class AppConfiguration {
  private readonly adder: AppAdder;

  constructor(private readonly dependencies: AppConfigurationDependencies) {
    this.adder = new AppAdder(dependencies);
  }

  /** The command: choose an app or a new one, and what to do with it. @throws SettingError */
  async run(): Promise<void> {
    const chosen = await chooseApp(this.dependencies.settings.apps());
    if (typeof chosen === 'string') await this.addAnother(chosen);
    else if (chosen !== undefined) await this.change(chosen);
  }

  private async addAnother(kind: BoxApp['authMethod']): Promise<void> {
    const app = await this.adder.add(kind, vscode.l10n.t('Done'));
    if (app === undefined) return;
    const signIn = vscode.l10n.t('Sign In');
    const message = vscode.l10n.t('{0} is configured. Sign in with it when you like.', plainText(app.name));
    const answer = await vscode.window.showInformationMessage(message, signIn);
    if (answer === signIn) await vscode.commands.executeCommand('box-authentication.signIn');
  }

  /**
   * Adds the first app, of the kind that the person chooses.
   * @param next what going on from there means, in words.
   * @returns the app when the person went on, `developerToken` when they would rather paste one, undefined when they
   * gave up or only closed the last step.
   * @throws SettingError
   */
  async addFirst(next: string): Promise<BoxApp | 'developerToken' | undefined> {
    const kind = await chooseKind(next);
    return kind === undefined || kind === 'developerToken' ? kind : this.adder.add(kind, next);
  }

  /** The client secret of an app, asked for when it is not stored. Undefined when the person gives up. */
  async clientSecretOf(app: BoxApp): Promise<string | undefined> {
    const { settings, appSecrets, emulatorClientSecret } = this.dependencies;
    const origins = settings.origins();
    await appSecrets.markUsed(app.clientId);
    const stored = await appSecrets.clientSecret(app.clientId, origins);
    if (stored !== undefined) return stored;
    const ofEmulator = emulatorClientSecret(origins);
    if (ofEmulator === undefined) return this.enterClientSecret(app);
    await appSecrets.setClientSecret(app.clientId, origins, ofEmulator);
    return ofEmulator;
  }

  /** Whether the private key of a JWT app is stored, after asking for it where it is not. */
  async hasKey(app: BoxApp): Promise<boolean> {
    const { settings, appSecrets } = this.dependencies;
    await appSecrets.markUsed(app.clientId);
    if ((await appSecrets.jwtKey(app.clientId, settings.origins())) !== undefined) return true;
    return (await this.adder.addJwt(app)) !== undefined;
  }

  /** Asks for an app's secret and keeps it: a JWT app has a whole file of them. Undefined when the person gives up. */
  async enterClientSecret(app: BoxApp): Promise<string | undefined> {
    const origins = this.dependencies.settings.origins();
    if (app.authMethod === 'jwt') {
      if ((await this.adder.addJwt(app)) === undefined) return undefined;
      return this.dependencies.appSecrets.clientSecret(app.clientId, origins);
    }
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
      case 'subject': {
        const subject = await askSubject(app.name, app);
        if (subject !== undefined) await this.dependencies.appList.putSubject(app, subject);
        return;
      }
      case 'redirectUris':
        await this.dependencies.redirectUris.show(vscode.l10n.t('Done'));
        return;
      case 'rename': {
        const name = await askName(undefined, app.name);
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
    const { signOutApp, appList, notifications } = this.dependencies;
    tellWhatLivesOn(notifications, await signOutApp(app));
    await appList.remove(app.clientId);
  }
}

async function chooseApp(apps: readonly BoxApp[]): Promise<BoxApp | BoxApp['authMethod'] | undefined> {
  const items = [
    ...apps.map((app) => ({
      label: app.name,
      description: app.clientId,
      detail: appTypeName(app.authMethod),
      app,
    })),
    ...kindItems(),
  ];
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Configure a Box app'),
    placeHolder: vscode.l10n.t('Choose an app to change, or add one'),
  });
  return chosen && ('app' in chosen ? chosen.app : chosen.kindOfApp);
}

async function chooseKind(title: string): Promise<BoxApp['authMethod'] | 'developerToken' | undefined> {
  const token = {
    kindOfApp: 'developerToken' as const,
    label: vscode.l10n.t('$(clock) Paste a developer token…'),
    detail: vscode.l10n.t('For trying things out: it ends within the hour'),
  };
  const chosen = await vscode.window.showQuickPick([...kindItems(), token], {
    title,
    placeHolder: vscode.l10n.t('No Box app is configured yet. Choose how to begin'),
    ignoreFocusOut: true,
  });
  return chosen?.kindOfApp;
}

async function chooseAction(app: BoxApp): Promise<AppAction | undefined> {
  const chosen = await vscode.window.showQuickPick(actionItems(app), { title: app.name });
  return chosen?.action;
}

function actionItems({ authMethod }: BoxApp): (vscode.QuickPickItem & { readonly action: AppAction })[] {
  const secret =
    authMethod === 'jwt'
      ? vscode.l10n.t('$(key) Choose another config.json…')
      : vscode.l10n.t('$(key) Enter client secret…');
  const ofKind: ReturnType<typeof actionItems> =
    authMethod === 'oauth2'
      ? [{ action: 'redirectUris', label: vscode.l10n.t('$(link) Show redirect URIs to register…') }]
      : [{ action: 'subject', label: vscode.l10n.t('$(person) Choose whom it acts as…') }];
  return [
    { action: 'secret', label: secret },
    ...ofKind,
    { action: 'rename', label: vscode.l10n.t('$(edit) Rename…') },
    { action: 'remove', label: vscode.l10n.t('$(trash) Remove…') },
  ];
}
