import * as vscode from 'vscode';
import { type BoxApp } from '../apps/app';
import { type Settings } from '../apps/settings';
import { type SessionBook } from '../sessions/sessionBook';
import { type SessionCreator } from '../sessions/sessionCreator';
import { type LiveSession } from '../sessions/sessionRecord';
import { ofAccount, type AccountReference } from '../sessions/sessionSelection';
import { SignInError } from '../signIn/errors';
import { type SignInMethod } from '../signIn/signInMethod';
import { type AppConfiguration } from './configureApp';
import { type Notifications } from './notifications';
import { type SignInProgress } from './signInProgress';

/** What signing in needs from outside. */
export interface SignInDependencies {
  readonly settings: Settings;
  readonly apps: AppConfiguration;
  readonly book: SessionBook;
  readonly creator: SessionCreator;
  /** The method to use here and now. @throws SettingError or SignInError */
  readonly method: () => SignInMethod;
  readonly progress: SignInProgress;
  readonly notifications: Notifications;
}

/** A sign-in with the person at this window: choose the app, ask for what is missing, and go to Box. */
export class SignIn {
  constructor(private readonly dependencies: SignInDependencies) {}

  /**
   * Signs in.
   * @param scopes application scopes to ask for; left out, those that the app names in the settings, or all.
   * @param account to sign in again: its app and login are used.
   * @throws SettingError, SignInError, BoxError, SessionError. The person has been told of every one of them.
   */
  async run(scopes?: readonly string[], account?: AccountReference): Promise<LiveSession> {
    let app: BoxApp | undefined;
    try {
      const known = await this.knownSession(account);
      app = await this.chooseApp(known?.clientId);
      return await this.signInWith(app, scopes, known?.user.login);
    } catch (error) {
      const again = (): unknown => this.run(scopes, account).catch(() => undefined);
      this.tell(error, app, again);
      throw error;
    }
  }

  private async signInWith(
    app: BoxApp,
    scopes: readonly string[] | undefined,
    login: string | undefined,
  ): Promise<LiveSession> {
    const { settings, apps, creator, method, progress } = this.dependencies;
    const origins = settings.origins();
    const signInMethod = method();
    const clientSecret = await apps.clientSecretOf(app);
    if (clientSecret === undefined) throw new SignInError('cancelled');
    const request = {
      app,
      clientSecret,
      origins,
      method: signInMethod,
      scopes: scopes ?? app.scopes,
      login,
    };
    return progress.run(app.name, (window) => creator.create(request, window));
  }

  private async knownSession(account: AccountReference | undefined) {
    return account === undefined ? undefined : ofAccount(await this.dependencies.book.all(), account)[0];
  }

  /** The only app, or the one of the account, or the one that the person chooses or configures. */
  private async chooseApp(clientId: string | undefined): Promise<BoxApp> {
    const { settings, apps } = this.dependencies;
    settings.origins();
    const configured = settings.apps().filter(({ authMethod }) => authMethod === 'oauth2');
    const known = configured.find((app) => app.clientId === clientId);
    const [only, ...more] = configured;
    const app =
      only === undefined
        ? await apps.add(vscode.l10n.t('Sign in to Box'))
        : (known ?? (more.length === 0 ? only : await pickApp(configured)));
    if (app === undefined) throw new SignInError('cancelled');
    return app;
  }

  private tell(error: unknown, app: BoxApp | undefined, again: () => unknown): void {
    const { apps, notifications } = this.dependencies;
    if (app === undefined) {
      notifications.tell(error, undefined, { signIn: again });
      return;
    }
    const enterClientSecret = async (): Promise<void> => {
      if ((await apps.enterClientSecret(app)) !== undefined) again();
    };
    notifications.tell(error, app.name, { signIn: again, enterClientSecret });
  }
}

async function pickApp(apps: readonly BoxApp[]): Promise<BoxApp | undefined> {
  const items = apps.map((app) => ({ label: app.name, description: app.clientId, app }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Sign in to Box'),
    placeHolder: vscode.l10n.t('Choose the app to sign in with'),
    ignoreFocusOut: true,
  });
  return chosen?.app;
}
