import { join } from 'node:path';
import * as vscode from 'vscode';
import type { BoxAuthenticationApi, BoxTokenChange } from './api/boxAuthenticationApi';
import { AppSecrets } from './apps/appSecrets';
import { Settings } from './apps/settings';
import { BoxClient } from './box/client';
import { systemClock } from './common/clock';
import { BoxAuthenticationProvider, PROVIDER_ID } from './provider/authenticationProvider';
import { PreferredAccount } from './sessions/store/preferredAccount';
import { RejectedTokens } from './sessions/tokens/rejectedTokens';
import { createSessions } from './sessions/module';
import { survivesEnd, type LiveSession } from './sessions/store/sessionRecord';
import { createStorage } from './storage/module';
import { SharedSignIn } from './sessions/lifecycle/sharedSignIn';
import { TokenChanges } from './sessions/tokens/tokenChanges';
import { CallbackHandover } from './signIn/callback/callbackHandover';
import { CallbackRouter } from './signIn/callback/callbackRouter';
import { CallbackClaims } from './signIn/callback/callbackClaims';
import { AccountActions } from './ui/accounts/accountActions';
import { AccountChooser } from './ui/accounts/accountChooser';
import { authenticationApi } from './api/authenticationApi';
import { registerCommands } from './ui/commands/commands';
import { DeveloperTokenPrompt } from './ui/tokens/developerTokenPrompt';
import {
  externalCallbackUri,
  readSetting,
  RETURN_PATH,
  sharesSecretsLive,
  signInPlace,
  userAgent,
} from './ui/vscodeEnvironment';
import { GetStarted } from './ui/signIn/getStarted';
import { tellHandedOver } from './ui/signIn/handedOver';
import { offerMcpServers } from './mcp/mcpServerProvider';
import { Notifications } from './ui/messages/notifications';
import { tellWhatLivesOn } from './ui/messages/signOutMessages';
import { AccountStatusBarItem } from './ui/accounts/statusBar';
import { TokenActions } from './ui/tokens/tokenActions';
import { TokenClipboard } from './ui/tokens/tokenClipboard';
import { watchWindow } from './ui/windowWatch';

/** Builds the parts, registers them, and returns. No request is sent before somebody wants something. */
export function activate(context: vscode.ExtensionContext): BoxAuthenticationApi {
  const { extension, globalState } = context;
  const clock = systemClock;
  const random = Math.random;
  const log = vscode.window.createOutputChannel('Box Authentication', { log: true });
  const settings = new Settings(readSetting);

  const storage = createStorage({
    secrets: context.secrets,
    folder: context.globalStorageUri.fsPath,
    pages: sharesSecretsLive() ? undefined : globalState,
    survives: survivesEnd,
    clock,
    log,
  });
  const loadFetch = async () => (await import('./box/nodeFetch')).nodeFetch;
  const box = new BoxClient({ loadFetch, clock, random, userAgent: userAgent(extension) });
  const appSecrets = new AppSecrets(storage.secrets, log, storage.lock);
  const sessions = createSessions({
    storage,
    box,
    appSecrets,
    origins: () => settings.originsIfValid(),
    keepSignedIn: () => settings.keepSignedIn(),
    isInUse: () => vscode.window.state.active,
    clock,
    random,
    log,
  });
  const { store, refresher, revocations, signOut } = sessions;
  const { expiry, downscoped, exchanger, tokenRequests } = sessions;
  const developerTokens = sessions.developerTokens;
  const onDidUse = (session: LiveSession) => {
    sessions.proactive.used(session);
  };
  const signIns = new SharedSignIn(async (scopes, account) => {
    const { signIn } = await loadSignIn();
    return signIn.run(scopes.length > 0 ? scopes : undefined, account);
  });
  const provider = new BoxAuthenticationProvider({
    store,
    refresher,
    signOut,
    onDidUse,
    onDidSignOut: (signedOut) => {
      tellWhatLivesOn(notifications, [signedOut]);
    },
    downscoped,
    origins: () => settings.origins(),
    signIns,
    explain: (error) => notifications.report(error),
  });
  const registration = vscode.authentication.registerAuthenticationProvider(PROVIDER_ID, 'Box', provider, {
    supportsMultipleAccounts: true,
  });

  // How an authorization code comes back
  const claims = new CallbackClaims(join(storage.folder, 'waiting'), log);
  const router = new CallbackRouter(
    log,
    new CallbackHandover({ claims, secrets: storage.secrets, clock, log }),
  );
  const uriHandler = vscode.window.registerUriHandler({
    handleUri: ({ path, query }) => {
      if (path !== RETURN_PATH) router.handle(path, query);
    },
  });
  const callbackUri = (query: string) =>
    externalCallbackUri(extension.id, query, (name) => claims.claim(name));

  // What people see
  const notifications = new Notifications(() => storage.prepareReload());
  const developerTokenPrompt = new DeveloperTokenPrompt(developerTokens, settings);
  const loadSignIn = once(async () => {
    const { createSignIn } = await import('./ui/signIn/signInModule');
    return createSignIn({
      settings,
      appSecrets,
      sessions,
      developerTokens: developerTokenPrompt,
      router,
      callbackUri,
      place: () => signInPlace(extension, () => callbackUri('')),
      extensionId: extension.id,
      memory: globalState,
      notifications,
      clock,
      log,
    });
  });
  const clipboard = new TokenClipboard(settings, clock);
  const preferred = new PreferredAccount(globalState);
  const accounts = new AccountChooser(store, preferred);
  const loadNarrow = async () => {
    const { DownscopedTokenCommands } = await import('./ui/tokens/downscopedTokenCommands');
    const { AnnotatorTokens } = await import('./sessions/downscoped/annotatorTokens');
    const annotators = new AnnotatorTokens({ exchanger, tokenRequests, box, clock });
    return new DownscopedTokenCommands({ downscoped, annotators, clipboard });
  };
  const tokens = new TokenActions({
    store,
    refresher,
    accounts,
    clipboard,
    developerTokens: developerTokenPrompt,
    loadNarrow,
    clock,
  });
  const actions = new AccountActions({
    store,
    signOut,
    revocations,
    loadSignIn,
    signIns,
    preferred,
    accounts,
    tokens,
    notifications,
    clock,
  });
  const statusBar = new AccountStatusBarItem({ store, preferred, settings, clock });
  const handedOver = router.onDidHandOver(tellHandedOver);
  const { onDidSignOut } = signOut;
  const loadMethods = async () => (await loadSignIn()).methods;
  const getStarted = new GetStarted({ settings, loadMethods, onDidSignOut });
  const commands = registerCommands({ actions, tokens, loadSignIn, getStarted, notifications, log });
  const mcp = offerMcpServers({
    editor: vscode,
    settings,
    servers: async () => {
      const { McpServers } = await import('./mcp/mcpServer');
      return new McpServers({
        store,
        refresher,
        box,
        expiry,
        clock,
        onDidUse,
      });
    },
    explain: (error) => notifications.report(error),
    log,
  });
  const watch = watchWindow({ storage, sessions, settings, statusBar, actions, notifications, log });

  context.subscriptions.push(
    log,
    registration,
    uriHandler,
    handedOver,
    getStarted,
    commands,
    clipboard,
    statusBar,
    mcp,
    watch,
    sessions,
    storage,
  );
  const conflict = { provider, providerId: PROVIDER_ID, extension, memory: globalState };
  void import('./ui/signIn/providerConflict').then(({ tellProviderConflict }) =>
    tellProviderConflict(conflict),
  );
  underWay = () => sessions.idle();

  // What other extensions are told
  const downscopedToken = (id: string) => downscoped.known(id)?.token;
  const changes = new TokenChanges(store);
  const tokenChanged = new vscode.EventEmitter<BoxTokenChange>();
  context.subscriptions.push(tokenChanged);
  const parts = { store, downscopedToken, expiry, clock, log };
  return authenticationApi({ ...parts, rejected: new RejectedTokens(parts), changes, tokenChanged });
}

/** Loads something once; what failed is tried again. */
function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  return () => {
    loading ??= load().catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    return loading;
  };
}

let underWay = (): Promise<unknown> => Promise.resolve();

/** Waits for what is under way: a new pair that is not stored would be lost with this host. */
export async function deactivate(): Promise<void> {
  await underWay();
}
