import * as vscode from 'vscode';
import { isSameApp, subjectOf, type BoxApp } from '../../apps/app';
import type { AppList } from '../../apps/appList';
import type { AppSecrets } from '../../apps/appSecrets';
import type { Settings } from '../../apps/settings';
import type { BoxBaseUrls } from '../../box/endpoints';
import type { AppRemover } from '../../sessions/lifecycle/appRemover';
import { AppAdder, kindItems } from './addApp';
import { askClientSecret, askName } from './appPrompts';
import { appTypeName } from './appTypes';
import type { Notifications } from '../messages/notifications';
import type { RedirectUriPicker } from './redirectUriPicker';
import { actsAs, askSubject, type Subject } from './serverAppPrompts';
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
  readonly remover: Pick<AppRemover, 'signOut' | 'forget'>;
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
    const { settings, notifications } = this.dependencies;
    const apps = settings.apps();
    for (const error of settings.appErrors()) notifications.showError(error);
    const chosen = await chooseApp(apps);
    if (typeof chosen === 'string') await this.addAnother(chosen);
    else if (chosen !== undefined) await this.change(chosen);
  }

  private async addAnother(kind: BoxApp['authMethod']): Promise<void> {
    const app = await this.adder.add(kind, vscode.l10n.t('Done'));
    if (app !== undefined) await offerSignIn(app);
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
      case 'subject':
        await this.changeSubject(app);
        return;
      case 'redirectUris':
        await this.dependencies.redirectUris.show(vscode.l10n.t('Done'));
        return;
      case 'rename': {
        const name = await askName(undefined, app.name);
        if (name !== undefined) await this.dependencies.appList.rename(app, name);
        return;
      }
      case 'remove':
        await this.remove(app);
        return;
      case undefined:
        return;
    }
  }

  /** Another acting user is another account: the one before is kept beside it unless the person wants it replaced. */
  private async changeSubject(app: BoxApp): Promise<void> {
    const { settings, appList, remover, notifications } = this.dependencies;
    const others = settings.apps().filter((other) => !isSameApp(other, app));
    const isTaken = (subject: Subject): boolean =>
      others.some((other) => isSameApp(other, withSubject(app, subject)));
    const subject = await askSubject({ appName: app.name, known: app, isTaken });
    if (subject === undefined || isSameApp(app, withSubject(app, subject))) return;
    const changed = withSubject(app, subject);
    const choice = subjectOf(app) === undefined ? 'replace' : await chooseBothOrReplace(app, changed);
    if (choice === undefined) return;
    if (choice === 'both') await appList.put(changed);
    else {
      if (subjectOf(app) !== undefined) tellWhatLivesOn(notifications, await remover.signOut(app, false));
      await appList.putSubject(app, subject);
    }
    await offerSignIn(changed);
  }

  private async remove(app: BoxApp): Promise<void> {
    const { remover, appList, notifications } = this.dependencies;
    const isLast = !appList.hasOthers(app);
    const remove = vscode.l10n.t('Remove');
    const detail = isLast
      ? vscode.l10n.t(
          'Its accounts will be signed out here and at Box, and its client secret will be deleted. The app stays registered at Box.',
        )
      : vscode.l10n.t(
          'Only this entry ({0}) will be removed and its account signed out here and at Box. Other entries with this client ID stay signed in and keep the client secret.',
          actsAs(app),
        );
    const question = vscode.l10n.t('Remove the app {0}?', app.name);
    const answer = await vscode.window.showWarningMessage(question, { modal: true, detail }, remove);
    if (answer !== remove) return;
    tellWhatLivesOn(notifications, await remover.signOut(app, isLast));
    await appList.remove(app);
    if (isLast) await remover.forget(app.clientId);
  }
}

function withSubject(app: BoxApp, subject: Subject): BoxApp {
  const rest = { ...app };
  delete rest.enterpriseId;
  delete rest.userId;
  return { ...rest, ...subject };
}

async function chooseBothOrReplace(app: BoxApp, changed: BoxApp): Promise<'both' | 'replace' | undefined> {
  const both = {
    choice: 'both' as const,
    label: vscode.l10n.t('$(add) Keep Both'),
    detail: vscode.l10n.t('Adds a second entry of this app; the account it acts as now stays signed in'),
  };
  const replace = {
    choice: 'replace' as const,
    label: vscode.l10n.t('$(replace) Replace'),
    detail: vscode.l10n.t('Signs out the account it acts as now'),
  };
  const chosen = await vscode.window.showQuickPick([both, replace], {
    title: actsAs(changed),
    placeHolder: vscode.l10n.t('{0} now: {1}. Keep both?', app.name, actsAs(app)),
    ignoreFocusOut: true,
  });
  return chosen?.choice;
}

async function offerSignIn({ name }: BoxApp): Promise<void> {
  const signIn = vscode.l10n.t('Sign In');
  const message = vscode.l10n.t('{0} is configured. You can sign in with it now.', plainText(name));
  const answer = await vscode.window.showInformationMessage(message, signIn);
  if (answer === signIn) await vscode.commands.executeCommand('box-authentication.signIn');
}

async function chooseApp(apps: readonly BoxApp[]): Promise<BoxApp | BoxApp['authMethod'] | undefined> {
  const items = [
    ...apps.map((app) => ({ label: app.name, description: app.clientId, detail: detailOf(app), app })),
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
    label: vscode.l10n.t('$(clock) Paste a Developer Token…'),
    detail: vscode.l10n.t('For trying things out: expires within the hour'),
  };
  const chosen = await vscode.window.showQuickPick([...kindItems(), token], {
    title,
    placeHolder: vscode.l10n.t('No Box app is configured yet. Choose how to begin'),
    ignoreFocusOut: true,
  });
  return chosen?.kindOfApp;
}

function detailOf(app: BoxApp): string {
  const type = appTypeName(app.authMethod);
  return app.authMethod === 'oauth2' ? type : `${type} · ${actsAs(app)}`;
}

async function chooseAction(app: BoxApp): Promise<AppAction | undefined> {
  const chosen = await vscode.window.showQuickPick(actionItems(app), { title: app.name });
  return chosen?.action;
}

function actionItems({ authMethod }: BoxApp): (vscode.QuickPickItem & { readonly action: AppAction })[] {
  const secret =
    authMethod === 'jwt'
      ? vscode.l10n.t('$(key) Choose Another config.json…')
      : vscode.l10n.t('$(key) Enter Client Secret…');
  const ofKind: ReturnType<typeof actionItems> =
    authMethod === 'oauth2'
      ? [{ action: 'redirectUris', label: vscode.l10n.t('$(link) Show Redirect URIs to Register…') }]
      : [{ action: 'subject', label: vscode.l10n.t('$(person) Change Acting User…') }];
  return [
    { action: 'secret', label: secret },
    ...ofKind,
    { action: 'rename', label: vscode.l10n.t('$(edit) Rename…') },
    { action: 'remove', label: vscode.l10n.t('$(trash) Remove…') },
  ];
}
