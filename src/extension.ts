import { join } from 'node:path';
import * as vscode from 'vscode';
import type { BoxAuthenticationApi, BoxTokenChange } from './api/boxAuthenticationApi';
import { AppList } from './apps/appList';
import { AppSecrets } from './apps/appSecrets';
import { Settings } from './apps/settings';
import { BoxClient } from './box/client';
import { systemClock } from './box/clock';
import { AccountDirectory, ACCOUNT_KIND } from './sessions/accountDirectory';
import { AnnotatorTokens } from './sessions/annotatorTokens';
import { AppRemover } from './sessions/appRemover';
import { BoxAuthenticationProvider, PROVIDER_ID } from './sessions/authenticationProvider';
import { CHILDREN_KIND } from './sessions/childRecord';
import { ChildTokens } from './sessions/childTokens';
import { DeveloperTokens } from './sessions/developerTokens';
import { DownscopedTokens } from './sessions/downscopedTokens';
import { ExpiryWatcher } from './sessions/expiryWatcher';
import { IdleSessionKeeper } from './sessions/idleSessionKeeper';
import { ParentExchange } from './sessions/parentExchange';
import { PendingRevocations, REVOCATION_KIND } from './sessions/pendingRevocations';
import { PreferredAccount } from './sessions/preferredAccount';
import { ProactiveRefresher } from './sessions/proactiveRefresher';
import { RefreshBackoff } from './sessions/refreshBackoff';
import { RejectedTokens } from './sessions/rejectedTokens';
import { RevocationRetrier } from './sessions/revocationRetrier';
import { ServerSignIn } from './sessions/serverSignIn';
import { SessionBook } from './sessions/sessionBook';
import { SessionCreator } from './sessions/sessionCreator';
import { SessionEnder } from './sessions/sessionEnder';
import { SESSION_KIND, type LiveSession } from './sessions/sessionRecord';
import { SessionRegistrar } from './sessions/sessionRegistrar';
import { SharedSignIn } from './sessions/sharedSignIn';
import { TokenChanges } from './sessions/tokenChanges';
import { TokenLife } from './sessions/tokenLife';
import { TokenRefresher } from './sessions/tokenRefresher';
import { TokenSource } from './sessions/tokenSource';
import { CallbackHandover } from './signIn/callbackHandover';
import { CallbackRouter } from './signIn/callbackRouter';
import { LocalServerMethod } from './signIn/localServer';
import { PasteCodeMethod } from './signIn/pasteCode';
import { RedirectPageMethod } from './signIn/redirectPage';
import { SignInMemory } from './signIn/signInMemory';
import { UriSchemeMethod } from './signIn/uriScheme';
import { WaitingSignIns } from './signIn/waitingSignIns';
import { CrossWindowLock } from './storage/crossWindowLock';
import { FileLock } from './storage/fileLock';
import { HostChannel } from './storage/hostChannel';
import { Ledger } from './storage/ledger';
import { RecordStore } from './storage/recordStore';
import { SharedSecrets } from './storage/sharedSecrets';
import { AccountActions } from './ui/accountActions';
import { AccountChooser } from './ui/accountChooser';
import { AnotherWay } from './ui/anotherWay';
import { answerPageWords } from './ui/answerPages';
import { authenticationApi } from './ui/authenticationApi';
import { registerCommands } from './ui/commands';
import { AppConfiguration } from './ui/configureApp';
import { DeveloperTokenPrompt } from './ui/developerTokenPrompt';
import {
  appListSetting,
  bareCallbackUri,
  emulatorClientSecret,
  externalCallbackUri,
  readSetting,
  RETURN_PATH,
  returnUri,
  sharesSecretsLive,
  signInPlace,
  userAgent,
} from './ui/editor';
import { GetStarted } from './ui/getStarted';
import { tellHandedOver } from './ui/handedOver';
import { offerMcpServers } from './ui/mcpServerProvider';
import { Notifications } from './ui/notifications';
import { tellProviderConflict } from './ui/providerConflict';
import { Questions } from './ui/questions';
import { SignIn } from './ui/signIn';
import { SignInProgress } from './ui/signInProgress';
import { tellWhatLivesOn } from './ui/signOutMessages';
import { AccountStatusBarItem } from './ui/statusBar';
import { TokenActions } from './ui/tokenActions';
import { TokenClipboard } from './ui/tokenClipboard';
import { watchWindow } from './ui/windowWatch';

/** Builds the parts, registers them, and returns. No request is sent before somebody wants something. */
export function activate(context: vscode.ExtensionContext): BoxAuthenticationApi {
  const { extension, globalState } = context;
  const clock = systemClock;
  const random = Math.random;
  const log = vscode.window.createOutputChannel('Box Authentication', { log: true });
  const settings = new Settings(readSetting);

  // What the windows of one machine share
  const folder = context.globalStorageUri.fsPath;
  const files = new FileLock({ folder: join(folder, 'locks'), clock, log });
  const channel = sharesSecretsLive()
    ? undefined
    : new HostChannel(join(folder, 'h'), (key) => context.secrets.get(key), log);
  const secrets = new SharedSecrets({
    secrets: context.secrets,
    ledger: new Ledger(join(folder, 'ledger')),
    lock: files,
    channel,
    clock,
    startedAt: performance.timeOrigin,
    log,
  });
  const lock = new CrossWindowLock(files);

  // Box
  const loadFetch = async () => (await import('./box/nodeFetch')).nodeFetch;
  const box = new BoxClient({ loadFetch, clock, random, userAgent: userAgent(extension) });

  // What is kept, and how it stays fresh
  const appSecrets = new AppSecrets(secrets, log, lock);
  const origins = () => settings.originsIfValid();
  const pending = new RecordStore(secrets, REVOCATION_KIND, log);
  const revocations = new PendingRevocations({ store: pending, box, appSecrets, clock, log });
  const signedOut = () => revocations.tokens();
  const book = new SessionBook({
    store: new RecordStore(secrets, SESSION_KIND, log),
    origins,
    signedOut,
    log,
  });
  const backoff = new RefreshBackoff({ folder: join(folder, 'pauses'), clock, random, log });
  const life = new TokenLife(clock);
  const ensureCurrent = () => secrets.ensureCurrent();
  const source = new TokenSource({ box, appSecrets, clock });
  const base = { book, clock, log };
  const forRefresh = { source, revocations, lock, ensureCurrent, backoff, life };
  const refresher = new TokenRefresher({ ...base, ...forRefresh });
  const childStore = new RecordStore(secrets, CHILDREN_KIND, log);
  const children = new ChildTokens({ store: childStore, book, box, source, lock, log });
  const ender = new SessionEnder({ book, box, source, revocations, children, lock, log });
  const remover = new AppRemover({ book, ender, revocations, children, appSecrets });
  const directory = new AccountDirectory(new RecordStore(secrets, ACCOUNT_KIND, log), lock);
  const registrar = new SessionRegistrar({ book, directory, lock, clock, log });
  const creator = new SessionCreator({ box, registrar, revocations, ensureCurrent, clock, log });
  const serverSignIn = new ServerSignIn({ source, box, registrar, revocations, ensureCurrent });
  const developerTokens = new DeveloperTokens({ book, box, registrar, ensureCurrent, clock });
  const exchange = new ParentExchange({ book, refresher, box, children });
  const downscoped = new DownscopedTokens({ book, exchange, box, life, clock, log });
  const isInUse = () => vscode.window.state.active;
  const proactive = new ProactiveRefresher({ book, refresher, life, clock, random, isInUse, log });
  const onDidUse = (session: LiveSession) => {
    proactive.used(session);
  };
  const isWanted = () => settings.keepSignedIn();
  const idle = new IdleSessionKeeper({ book, refresher, clock, random, isWanted, log });
  const expiry = new ExpiryWatcher({ book, refresher, life, clock, log });
  const retrier = new RevocationRetrier({ revocations, children, remover, clock, random, log });
  const signIns = new SharedSignIn((scopes, account) =>
    signIn.run(scopes.length > 0 ? scopes : undefined, account),
  );
  const provider = new BoxAuthenticationProvider({
    book,
    refresher,
    ender,
    onDidUse,
    onDidSignOut: (signedOut) => {
      tellWhatLivesOn(notifications, [signedOut]);
    },
    downscoped,
    origins: () => settings.origins(),
    signIns,
    explain: (error) => notifications.explain(error),
  });
  const registration = vscode.authentication.registerAuthenticationProvider(PROVIDER_ID, 'Box', provider, {
    supportsMultipleAccounts: true,
  });

  // How an authorization code comes back
  const waiting = new WaitingSignIns(join(folder, 'waiting'), log);
  const router = new CallbackRouter(log, new CallbackHandover({ waiting, secrets, clock, log }));
  const uriHandler = vscode.window.registerUriHandler({
    handleUri: ({ path, query }) => {
      if (path !== RETURN_PATH) router.handle(path, query);
    },
  });
  const callbackUri = (query: string) =>
    externalCallbackUri(extension.id, query, (name) => waiting.claim(name));
  const redirectPage = () => settings.redirectPage();
  const ports = () => settings.localServerPorts();
  const editorUri = () => returnUri(extension.id);
  const methods = {
    redirectPage: new RedirectPageMethod({ router, redirectPage, externalCallbackUri: callbackUri }),
    localServer: new LocalServerMethod({ ports, pages: answerPageWords, editorUri, clock, log }),
    uriScheme: new UriSchemeMethod({ router, callbackUri: () => bareCallbackUri(extension.id) }),
    pasteCode: new PasteCodeMethod({ ports }),
  };

  // What people see
  const notifications = new Notifications();
  const progress = new SignInProgress(clock);
  const anotherWay = new AnotherWay(new Questions(clock));
  const apps = new AppConfiguration({
    settings,
    appList: new AppList(appListSetting),
    appSecrets,
    emulatorClientSecret,
    methods: Object.values(methods),
    signOutApp: ({ clientId }) => remover.remove(clientId),
    notifications,
  });
  const place = () => signInPlace(extension, () => callbackUri(''));
  const memory = new SignInMemory(globalState);
  const developerTokenPrompt = new DeveloperTokenPrompt(developerTokens, settings);
  const signIn = new SignIn({
    settings,
    apps,
    book,
    creator,
    serverSignIn,
    developerTokens: developerTokenPrompt,
    methods,
    place,
    memory,
    progress,
    anotherWay,
    notifications,
  });
  const clipboard = new TokenClipboard(settings, clock);
  const preferred = new PreferredAccount(globalState);
  const annotators = new AnnotatorTokens({ exchange, source, box, clock });
  const accounts = new AccountChooser(book, preferred);
  const loadNarrow = async () => {
    const { NarrowTokens } = await import('./ui/narrowTokens');
    return new NarrowTokens({ downscoped, annotators, clipboard });
  };
  const tokens = new TokenActions({
    book,
    refresher,
    accounts,
    clipboard,
    developerTokens: developerTokenPrompt,
    loadNarrow,
    clock,
  });
  const actions = new AccountActions({
    book,
    ender,
    revocations,
    signIn,
    signIns,
    preferred,
    accounts,
    tokens,
    notifications,
    clock,
  });
  const statusBar = new AccountStatusBarItem({ book, preferred, settings, clock });
  const handedOver = router.onDidHandOver(tellHandedOver);
  const { onDidSignOut } = ender;
  const getStarted = new GetStarted({ settings, methods, onDidSignOut });
  const commands = registerCommands({ actions, tokens, apps, getStarted, progress, notifications, log });
  const mcp = offerMcpServers({
    editor: vscode,
    settings,
    servers: async () => {
      const { McpServers } = await import('./sessions/mcpServer');
      return new McpServers({
        book,
        refresher,
        box,
        life,
        clock,
        onDidUse,
      });
    },
    explain: (error) => notifications.explain(error),
    log,
  });
  const watch = watchWindow({
    secrets,
    book,
    refresher,
    backoff,
    proactive,
    retrier,
    settings,
    statusBar,
    actions,
    notifications,
    log,
  });

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
  );
  context.subscriptions.push(proactive, idle, expiry, downscoped, children, retrier, secrets);
  void tellProviderConflict({ provider, providerId: PROVIDER_ID, extension, memory: globalState });
  underWay = () => Promise.all([creator.idle(), refresher.idle(), children.stored(), lock.idle()]);

  // What other extensions are told
  const downscopedToken = (id: string) => downscoped.known(id)?.token;
  const changes = new TokenChanges(book);
  const tokenChanged = new vscode.EventEmitter<BoxTokenChange>();
  context.subscriptions.push(tokenChanged);
  const parts = { book, downscopedToken, life, clock, log };
  return authenticationApi({ ...parts, rejected: new RejectedTokens(parts), changes, tokenChanged });
}

let underWay = (): Promise<unknown> => Promise.resolve();

/** Waits for what is under way: a new pair that is not stored would be lost with this host. */
export async function deactivate(): Promise<void> {
  await underWay();
}
