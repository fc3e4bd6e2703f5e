import { AppList } from '../../apps/appList';
import type { AppSecrets } from '../../apps/appSecrets';
import type { Settings } from '../../apps/settings';
import type { Clock } from '../../common/clock';
import type { Log } from '../../common/log';
import type { Lifecycle } from '../../sessions/lifecycle/module';
import type { SessionStore } from '../../sessions/store/sessionStore';
import type { CallbackRouter } from '../../signIn/callback/callbackRouter';
import { RememberedMethods } from '../../signIn/rememberedMethods';
import { createMethods, type SignInMethods } from '../../signIn/methods/module';
import type { Memory } from '../../storage/memory';
import { usableMethods } from '../../signIn/methodChooser';
import { RedirectUriPicker } from '../apps/redirectUriPicker';
import { signInEnvironment, type SignInHere } from './signInEnvironment';
import { SignInFallback } from './signInFallback';
import { answerPageWords } from './answerPages';
import { AppConfiguration } from '../apps/configureApp';
import { DeveloperTokenPrompt } from '../tokens/developerTokenPrompt';
import { appListSetting, bareCallbackUri, emulatorClientSecret, returnUri } from '../vscodeSignIn';
import type { Notifications } from '../messages/notifications';
import { Questions } from './questions';
import { SignIn, type SignInPlace } from './signIn';
import { SignInProgress } from './signInProgress';

/** Dependencies of {@link createSignIn}. */
export interface SignInDependencies {
  readonly settings: Settings;
  readonly appSecrets: AppSecrets;
  readonly store: SessionStore;
  readonly lifecycle: Lifecycle;
  readonly router: CallbackRouter;
  /** Gives the address that leads from the browser to this window's URI handler, with a query. */
  readonly callbackUri: (query: string) => Promise<string>;
  readonly place: () => Promise<SignInPlace>;
  readonly extensionId: string;
  readonly memory: Memory;
  readonly notifications: Notifications;
  readonly clock: Clock;
  readonly log: Log;
}

/** What it takes to sign in: loaded when somebody first does, or configures an app. */
export interface SignInParts {
  readonly methods: SignInMethods;
  readonly apps: AppConfiguration;
  readonly redirectUris: RedirectUriPicker;
  /** What decides among the sign-in methods of this window. @throws SettingError */
  readonly environment: () => Promise<SignInHere>;
  readonly progress: SignInProgress;
  readonly signIn: SignIn;
}

/** Builds the parts of a sign-in with the person at the window. */
export function createSignIn(dependencies: SignInDependencies): SignInParts {
  const { settings, appSecrets, store, lifecycle, router, callbackUri, extensionId, clock, log } =
    dependencies;
  const { place, notifications } = dependencies;
  const { userSignIn, serverSignIn, remover } = lifecycle;
  const developerTokens = new DeveloperTokenPrompt(lifecycle.developerTokens, settings, notifications);
  const methods = createMethods({
    settings,
    router,
    callbackUri,
    bareCallbackUri: () => bareCallbackUri(extensionId),
    pages: answerPageWords,
    editorUri: () => returnUri(extensionId),
    clock,
    log,
  });
  const memory = new RememberedMethods(dependencies.memory);
  const environment = (): Promise<SignInHere> => signInEnvironment({ settings, place, memory });
  const redirectUris = new RedirectUriPicker({
    methods,
    usable: async () => usableMethods(await environment()),
    notifications,
  });
  const apps = new AppConfiguration({
    settings,
    appList: new AppList(appListSetting),
    appSecrets,
    emulatorClientSecret,
    redirectUris,
    remover,
    notifications,
  });
  const ofSessions = { store, userSignIn, serverSignIn, remover, developerTokens };
  const parts = { ...ofSessions, settings, apps, methods, environment };
  const progress = new SignInProgress(clock, notifications);
  const fallback = new SignInFallback(new Questions(clock));
  const signIn = new SignIn({ ...parts, redirectUris, memory, progress, fallback, notifications });
  return { methods, apps, redirectUris, environment, progress, signIn };
}
