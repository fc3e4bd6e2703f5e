import * as vscode from 'vscode';
import type { BoxApp } from '../../apps/app';
import type { Settings } from '../../apps/settings';
import type { BoxBaseUrls } from '../../box/endpoints';
import { OAuthError } from '../../box/errors';
import type { AppRemover } from '../../sessions/lifecycle/appRemover';
import type { SessionStore } from '../../sessions/store/sessionStore';
import type { UserSignIn, SignInRequest } from '../../sessions/lifecycle/userSignIn';
import { isServerApp, type ServerSignIn } from '../../sessions/lifecycle/serverSignIn';
import { isRenewable, type LiveSession, type SessionRecord } from '../../sessions/store/sessionRecord';
import { isOfApp, ofAccount, type AccountReference } from '../../sessions/store/sessionSelection';
import { usableMethods, type SignInEnvironment } from '../../signIn/methodChooser';
import { SignInError } from '../../signIn/errors';
import type { RememberedMethods } from '../../signIn/rememberedMethods';
import type { SignInMethod, SignInMethodName } from '../../signIn/signInMethod';
import { mayWorkOtherwise, nextMethod, type SignInFallback } from './signInFallback';
import { withCancellation } from '../cancellable';
import type { AppConfiguration } from '../apps/configureApp';
import { actsAs } from '../apps/serverAppPrompts';
import type { DeveloperTokenPrompt } from '../tokens/developerTokenPrompt';
import type { Notifications } from '../messages/notifications';
import type { RedirectUriPicker } from '../apps/redirectUriPicker';
import type { SignInHere } from './signInEnvironment';
import type { SignInProgress } from './signInProgress';
import { plainText } from '../messages/userMessage';

/** Dependencies of {@link SignIn}. */
export interface SignInDependencies {
  readonly settings: Settings;
  readonly apps: AppConfiguration;
  readonly store: SessionStore;
  readonly userSignIn: UserSignIn;
  readonly serverSignIn: ServerSignIn;
  readonly remover: Pick<AppRemover, 'forgetRefused'>;
  readonly developerTokens: DeveloperTokenPrompt;
  readonly methods: Readonly<Record<SignInMethodName, SignInMethod>>;
  /** What decides among the methods. @throws SettingError */
  readonly environment: () => Promise<SignInHere>;
  readonly redirectUris: RedirectUriPicker;
  readonly memory: RememberedMethods;
  readonly progress: SignInProgress;
  readonly fallback: SignInFallback;
  readonly notifications: Notifications;
}

/** Where the editor is. */
export type SignInPlace = Pick<
  SignInEnvironment,
  'isDesktop' | 'isHostLocal' | 'uriScheme' | 'callbackHost'
> & {
  /** By which the place is remembered. */
  readonly name: string;
};

type RequestWithoutMethod = Omit<SignInRequest, 'method'>;

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
      if (known !== undefined && !isRenewable(known)) return await this.dependencies.developerTokens.add();
      const chosen = await this.chooseApp(known);
      if (chosen === 'developerToken') return await this.dependencies.developerTokens.add();
      app = chosen;
      return await this.signInWith(app, scopes, known?.user.login);
    } catch (error) {
      if (app !== undefined) await this.forgetRefusedSecret(error, app);
      const again = (): unknown =>
        this.dependencies.notifications.run('Signing in once more', () => this.run(scopes, account));
      this.tell(error, app, again);
      throw error;
    }
  }

  /**
   * The command: where a sign-in waits already, the person goes on with that one or begins it anew.
   * @param begin begins one where none waits.
   * @returns undefined where one waits.
   */
  async runOnDemand(begin: () => Promise<LiveSession>): Promise<LiveSession | undefined> {
    const waiting = this.dependencies.progress.newest();
    if (waiting !== undefined) {
      const startOver = vscode.l10n.t('Start Over');
      const answer = await vscode.window.showInformationMessage(
        vscode.l10n.t('A Box sign-in is already open in your browser.'),
        vscode.l10n.t('Keep Waiting'),
        startOver,
      );
      if (answer === startOver) waiting.startOver();
      return undefined;
    }
    return begin();
  }

  private async signInWith(
    app: BoxApp,
    scopes: readonly string[] | undefined,
    login: string | undefined,
  ): Promise<LiveSession> {
    const { settings, apps } = this.dependencies;
    const origins = settings.origins();
    if (isServerApp(app)) return this.signInAsServer(app, origins, scopes ?? app.scopes);
    const environment = await this.dependencies.environment();
    const clientSecret = await apps.clientSecretOf(app);
    if (clientSecret === undefined) throw new SignInError('cancelled');
    const request = { app, clientSecret, origins, scopes: scopes ?? app.scopes, login };
    return this.tryMethods(request, environment);
  }

  /** No browser: the app asks for its token by itself. */
  private async signInAsServer(
    app: BoxApp,
    origins: BoxBaseUrls,
    scopes: readonly string[],
  ): Promise<LiveSession> {
    const { apps, serverSignIn } = this.dependencies;
    const isReady =
      app.authMethod === 'jwt' ? await apps.hasKey(app) : (await apps.clientSecretOf(app)) !== undefined;
    if (!isReady) throw new SignInError('cancelled');
    const title = vscode.l10n.t('Signing in to Box as {0}', plainText(app.name));
    return withCancellation(title, (signal) => serverSignIn.run(app, origins, scopes, signal));
  }

  /** Tries one method after the other until one works or the person gives up. */
  private async tryMethods(request: RequestWithoutMethod, environment: SignInHere): Promise<LiveSession> {
    const { methods, userSignIn, memory, progress, fallback, redirectUris, notifications } =
      this.dependencies;
    const appName = request.app.name;
    const failed: SignInMethodName[] = [];
    let chosen: SignInMethodName | undefined;
    let sent: string | undefined;
    for (;;) {
      const usable = usableMethods(environment, failed);
      const method: SignInMethodName = chosen ?? usable[0] ?? 'pasteCode';
      const otherMethods = usable.filter((other) => other !== method);
      try {
        const session = await progress.run({ appName, method, otherMethods }, (window) =>
          userSignIn.run({ ...request, method: methods[method] }, window).finally(() => {
            sent = window.redirectUri;
          }),
        );
        if (environment.setting === 'auto') void memory.note(environment.name, method);
        return session;
      } catch (error) {
        const next = nextMethod(error, usable, method);
        const showRedirectUris = (again: string): Promise<boolean> => redirectUris.show(again, sent);
        chosen = await methodAfter(error, () => {
          notifications.report(error, { what: `Signing in with the method ${method}`, app: appName });
          return fallback.offer(error, appName, method, next, showRedirectUris);
        });
        if (chosen !== method) failed.push(method);
      }
    }
  }

  private async knownSession(account: AccountReference | undefined) {
    return account === undefined ? undefined : ofAccount(await this.dependencies.store.all(), account)[0];
  }

  /** The only app, or the one of the account, or the one that the person chooses or configures. */
  private async chooseApp(session: SessionRecord | undefined): Promise<BoxApp | 'developerToken'> {
    const { settings, apps, notifications } = this.dependencies;
    settings.origins();
    const configured = settings.apps();
    const errors = settings.appErrors();
    const [first] = errors;
    if (configured.length === 0 && first !== undefined) throw first;
    for (const error of errors) notifications.showError(error);
    const known = session && configured.find((app) => isOfApp(session, app));
    const [only, ...more] = configured;
    const app =
      only === undefined
        ? await apps.addFirst(vscode.l10n.t('Sign in to Box'))
        : (known ?? (more.length === 0 ? only : await pickApp(configured)));
    if (app === undefined) throw new SignInError('cancelled');
    return app;
  }

  /** A client secret with which nobody could ever sign in is not kept. */
  private async forgetRefusedSecret(error: unknown, { clientId }: BoxApp): Promise<void> {
    if (!(error instanceof OAuthError) || error.error !== 'invalid_client') return;
    const origins = this.dependencies.settings.originsIfValid();
    if (origins === undefined) return;
    await this.dependencies.remover.forgetRefused(clientId, origins).catch(() => undefined);
  }

  private tell(error: unknown, app: BoxApp | undefined, again: () => unknown): void {
    const { apps, notifications } = this.dependencies;
    if (app === undefined) {
      notifications.showProblem(error, undefined, { signIn: again });
      return;
    }
    const enterSecret = async (): Promise<void> => {
      if ((await apps.enterClientSecret(app)) !== undefined) again();
    };
    const copyAdminMessage = async (): Promise<void> => {
      const { messageToAdministrator } = await import('./signInHelp');
      await vscode.env.clipboard.writeText(messageToAdministrator(app.name, app.clientId));
    };
    const forSecret = { enterClientSecret: enterSecret, chooseConfigFile: enterSecret };
    const handlers = { signIn: again, copyAdminMessage, ...forSecret };
    notifications.showProblem(error, app.name, handlers);
  }
}

/** @throws the error itself where no other method would help, a cancellation where the person gives up */
async function methodAfter(
  error: unknown,
  ask: () => Promise<SignInMethodName | undefined>,
): Promise<SignInMethodName> {
  if (error instanceof SignInError && error.method !== undefined) return error.method;
  if (!mayWorkOtherwise(error)) throw error;
  const chosen = await ask();
  if (chosen === undefined) throw new SignInError('cancelled');
  return chosen;
}

async function pickApp(apps: readonly BoxApp[]): Promise<BoxApp | undefined> {
  const items = apps.map((app) => ({
    label: app.name,
    description: app.clientId,
    ...(isServerApp(app) && { detail: actsAs(app) }),
    app,
  }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Sign in to Box'),
    placeHolder: vscode.l10n.t('Choose the app to sign in with'),
    ignoreFocusOut: true,
  });
  return chosen?.app;
}
