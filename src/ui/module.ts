import * as vscode from 'vscode';
import type { AuthenticationApiDependencies } from '../api/authenticationApi';
import type { AppSecrets } from '../apps/appSecrets';
import type { Settings } from '../apps/settings';
import type { BoxClient } from '../box/client';
import type { Clock } from '../common/clock';
import type { Disposable } from '../common/emitter';
import type { Attempt } from '../common/failureLog';
import { loadOnce } from '../common/loadOnce';
import type { BoxAuthenticationProvider } from '../provider/authenticationProvider';
import type { Sessions } from '../sessions/module';
import type { SignedOut } from '../sessions/lifecycle/signOut';
import type { LiveSession } from '../sessions/store/sessionRecord';
import type { AccountReference } from '../sessions/store/sessionSelection';
import type { Callbacks } from '../signIn/module';
import type { Storage } from '../storage/module';
import type { Terminal, TerminalWords } from '../terminal/module';
import { REPORT_SCHEME } from './links';
import { followContextKeys } from './accounts/contextKeys';
import { AccountStatusBarItem } from './accounts/statusBar';
import { registerCommands } from './commands/commands';
import type { Actions } from './commands/module';
import { Notifications } from './messages/notifications';
import { tellDamagedSessions, watchWindow } from './messages/windowMessages';
import { followMilestones } from './signIn/milestones';
import type { SignInParts } from './signIn/module';
import { SharedSignIn } from './signIn/sharedSignIn';
import { RETURN_PATH } from './vscodeEnvironment';

/** Dependencies of {@link createUi}. */
export interface UiDependencies {
  readonly context: Pick<vscode.ExtensionContext, 'extension' | 'globalState'>;
  readonly storage: Storage;
  readonly box: BoxClient;
  readonly settings: Settings;
  readonly appSecrets: AppSecrets;
  readonly sessions: Sessions;
  readonly terminal: Terminal;
  /** Loads what takes callbacks. */
  readonly loadCallbacks: () => Promise<Callbacks>;
  readonly clock: Clock;
  readonly log: vscode.LogOutputChannel;
}

/** What people see of the extension, and what the other parts need of it. */
export interface Ui extends Disposable {
  /** Signs in with the person at the window. Requests at the same time share one sign-in. */
  readonly signIn: (scopes: readonly string[], account: AccountReference | undefined) => Promise<LiveSession>;
  /** Tells of a sign-out that the Accounts menu began, where a token lives on at Box. */
  readonly tellSignedOut: (signedOut: SignedOut) => void;
  /** Turns an error into one whose message a person understands, and a cancellation into VS Code's own. */
  readonly describeError: (error: unknown, attempt: Attempt) => Promise<Error>;
  /** Writes a failure to the log of which nobody else is told. */
  readonly reportFailure: (error: unknown, attempt: Attempt) => void;
  /** Puts an advice on a refusal of Box into words. */
  readonly describeAdvice: AuthenticationApiDependencies['message'];
  /** Shows what is stored, once it was read; the person is told where it cannot be. */
  readonly begin: () => Promise<void>;
  /** Tells the person, once, where another extension owns the provider's id. */
  readonly checkProvider: (provider: BoxAuthenticationProvider, providerId: string) => Promise<void>;
}

/** Builds and registers what people see. What a quiet window does without is loaded with the first command. */
export function createUi(dependencies: UiDependencies): Ui {
  const { context, storage, settings, sessions, terminal, clock, log } = dependencies;
  const { extension, globalState: memory } = context;
  const { store, marks, preferred, damaged } = sessions;
  const notifications = new Notifications({ prepareReload: () => storage.prepareReload(), clock, log });
  const loadCallbacks = loadOnce(() => followCallbacks(dependencies.loadCallbacks, notifications));
  const loadSignIn = loadOnce(async () =>
    loadSignInParts(dependencies, notifications, await loadCallbacks()),
  );
  const signIns = new SharedSignIn(async (scopes, account) => {
    const { signIn } = await loadSignIn();
    return signIn.run(scopes.length > 0 ? scopes : undefined, account);
  });
  let actions: Actions | undefined;
  const loadActions = loadOnce(async () => {
    const { createActions } = await import('./commands/module');
    const lifecycle = await sessions.loadLifecycle();
    return (actions = createActions({
      sessions,
      lifecycle,
      settings,
      terminal,
      loadSignIn,
      signIns,
      notifications,
      clock,
    }));
  });
  const reportChange = new vscode.EventEmitter<vscode.Uri>();
  const loadCheck = loadOnce(async () => {
    const { createCheckCommand } = await import('./check/module');
    return createCheckCommand(
      { ...dependencies, extension, reportChange, notifications },
      await loadSignIn(),
    );
  });
  const statusBar = new AccountStatusBarItem({ store, preferred, settings, terminal, clock });
  const disposables = [
    statusBar,
    registerCommands({ loadActions, loadSignIn, loadCheck, notifications, log }),
    // A report that the editor restores after a reload is asked for before any check.
    vscode.workspace.registerTextDocumentContentProvider(REPORT_SCHEME, {
      onDidChange: reportChange.event,
      provideTextDocumentContent: async (uri) => (await import('./check/reportDocuments')).reportText(uri),
    }),
    registerUriHandler(loadCallbacks),
    registerTerminalProfile(loadActions, notifications),
    followContextKeys(store),
    followMilestones({ settings, marks }),
    watchWindow({
      storage,
      sessions,
      settings,
      notifications,
      offerSignIn: async ({ account }, reason) => {
        const { accounts } = await loadActions();
        await accounts.offerSignIn(
          account,
          (await notifications.describe(reason, { what: 'Keeping a session' })).message,
        );
      },
    }),
  ];
  return {
    signIn: (scopes, account) => signIns.run(scopes, account),
    tellSignedOut: (signedOut) => {
      void import('./messages/signOutMessages').then(({ tellWhatLivesOn }) => {
        tellWhatLivesOn(notifications, [signedOut]);
      });
    },
    describeError: (error, attempt) => notifications.describe(error, attempt),
    reportFailure: (error, attempt) => {
      notifications.report(error, attempt);
    },
    describeAdvice: async (...advice) => {
      const { adviceMessage } = await import('./messages/adviceMessages');
      return adviceMessage(...advice);
    },
    begin: async () => {
      terminal.begin(terminalWords(notifications));
      try {
        await sessions.begin();
        void tellDamagedSessions(damaged, notifications);
      } catch (error) {
        await notifications.describe(error, { what: 'Reading what is stored' });
      } finally {
        statusBar.update();
      }
    },
    checkProvider: async (provider, providerId) => {
      const { tellProviderConflict } = await import('./signIn/providerConflict');
      await tellProviderConflict({ provider, providerId, extension, memory, log });
    },
    dispose: () => {
      actions?.dispose();
      for (const each of disposables) each.dispose();
    },
  };
}

async function loadSignInParts(
  { context, settings, appSecrets, sessions, clock, log }: UiDependencies,
  notifications: Notifications,
  { claims, router }: Callbacks,
): Promise<SignInParts> {
  const { extension, globalState: memory } = context;
  const { externalCallbackUri, signInPlace } = await import('./vscodeSignIn');
  const callbackUri = (query: string): Promise<string> =>
    externalCallbackUri(extension.id, query, (name) => claims.claim(name));
  const { createSignIn } = await import('./signIn/module');
  const lifecycle = await sessions.loadLifecycle();
  return createSignIn({
    settings,
    appSecrets,
    store: sessions.store,
    lifecycle,
    router,
    callbackUri,
    place: () => signInPlace(extension, () => callbackUri('')),
    extensionId: extension.id,
    memory,
    notifications,
    clock,
    log,
  });
}

/** Loads what takes callbacks, and tells of those that belong to another window. */
async function followCallbacks(
  load: () => Promise<Callbacks>,
  notifications: Notifications,
): Promise<Callbacks> {
  const callbacks = await load();
  callbacks.router.onDidHandOver((event) => {
    void notifications.run('Copying the code of a sign-in in another window', async () => {
      const { tellHandedOver } = await import('./signIn/handedOver');
      await tellHandedOver(event);
    });
  });
  return callbacks;
}

function registerUriHandler(loadCallbacks: () => Promise<Callbacks>): vscode.Disposable {
  return vscode.window.registerUriHandler({
    handleUri: async ({ path, query }) => {
      if (path !== RETURN_PATH) (await loadCallbacks()).router.handle(path, query);
    },
  });
}

/** The terminal profile of the manifest. */
function registerTerminalProfile(
  loadActions: () => Promise<Actions>,
  notifications: Notifications,
): vscode.Disposable {
  return vscode.window.registerTerminalProfileProvider('box-authentication.terminal', {
    provideTerminalProfile: async () => {
      try {
        return await (await loadActions()).terminals.profile();
      } catch (error) {
        // VS Code shows it.
        throw await notifications.describe(error, { what: 'Opening a terminal with the profile Box' });
      }
    },
  });
}

function terminalWords(notifications: Notifications): TerminalWords {
  return {
    askConsent: async (question) => {
      const { askConsent } = await import('./terminal/consentModal');
      return askConsent(question);
    },
    describeError: (error) => notifications.describe(error, { what: 'A request of box-token' }),
    description: vscode.l10n.t('Lets `box-token` ask this window for Box access tokens'),
  };
}
