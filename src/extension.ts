import { join } from 'node:path';
import * as vscode from 'vscode';
import { AppList } from './apps/appList';
import { AppSecrets } from './apps/appSecrets';
import { Settings } from './apps/settings';
import { BoxClient } from './box/client';
import { systemClock } from './box/clock';
import { AccountDirectory, ACCOUNT_KIND } from './sessions/accountDirectory';
import { AppRemover } from './sessions/appRemover';
import { BoxAuthenticationProvider, PROVIDER_ID } from './sessions/authenticationProvider';
import { IdleSessionKeeper } from './sessions/idleSessionKeeper';
import { CrossWindowLock } from './sessions/lock';
import { PendingRevocations, REVOCATION_KIND } from './sessions/pendingRevocations';
import { ProactiveRefresher } from './sessions/proactiveRefresher';
import { RefreshCircuit } from './sessions/refreshCircuit';
import { RevocationRetrier } from './sessions/revocationRetrier';
import { SessionBook } from './sessions/sessionBook';
import { SessionCreator } from './sessions/sessionCreator';
import { SessionEnder } from './sessions/sessionEnder';
import { SESSION_KIND } from './sessions/sessionRecord';
import { TokenLife } from './sessions/tokenLife';
import { TokenRefresher } from './sessions/tokenRefresher';
import { CallbackHandover } from './signIn/callbackHandover';
import { CallbackRouter } from './signIn/callbackRouter';
import { LocalServerMethod } from './signIn/localServer';
import { PasteCodeMethod } from './signIn/pasteCode';
import { RedirectPageMethod } from './signIn/redirectPage';
import { SignInMemory } from './signIn/signInMemory';
import { UriSchemeMethod } from './signIn/uriScheme';
import { WaitingSignIns } from './signIn/waitingSignIns';
import { FileLock } from './storage/fileLock';
import { HostChannel } from './storage/hostChannel';
import { Ledger } from './storage/ledger';
import { RecordStore } from './storage/recordStore';
import { SharedSecrets } from './storage/sharedSecrets';
import { AccountActions } from './ui/accountActions';
import { answerPageWords } from './ui/answerPages';
import { registerCommands } from './ui/commands';
import { AppConfiguration } from './ui/configureApp';
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
import { tellHandedOver } from './ui/handedOver';
import { Notifications } from './ui/notifications';
import { tellProviderConflict } from './ui/providerConflict';
import { SignIn } from './ui/signIn';
import { SignInProgress } from './ui/signInProgress';
import { AccountStatusBarItem } from './ui/statusBar';
import { TokenClipboard } from './ui/tokenClipboard';
import { watchWindow } from './ui/watch';

/** Builds the parts, registers them, and returns. No request is sent before somebody wants something. */
export function activate(context: vscode.ExtensionContext): void {
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
  const signedOut = () => revocations.refreshTokens();
  const book = new SessionBook({
    store: new RecordStore(secrets, SESSION_KIND, log),
    origins,
    signedOut,
    log,
  });
  const circuit = new RefreshCircuit(clock, random);
  const life = new TokenLife(clock);
  const ensureCurrent = () => secrets.ensureCurrent();
  const refresher = new TokenRefresher({
    book,
    box,
    appSecrets,
    revocations,
    lock,
    ensureCurrent,
    circuit,
    life,
    clock,
    log,
  });
  const ender = new SessionEnder({ book, box, appSecrets, revocations, lock, log });
  const remover = new AppRemover({ book, ender, revocations, appSecrets });
  const directory = new AccountDirectory(new RecordStore(secrets, ACCOUNT_KIND, log), lock);
  const creator = new SessionCreator({ book, box, directory, revocations, lock, ensureCurrent, clock, log });
  const isInUse = () => vscode.window.state.active;
  const proactive = new ProactiveRefresher({ book, refresher, life, clock, random, isInUse, log });
  const isWanted = () => settings.keepSignedIn();
  const idle = new IdleSessionKeeper({ book, refresher, clock, random, isWanted, log });
  const retrier = new RevocationRetrier({ revocations, remover, clock, random, log });
  const provider = new BoxAuthenticationProvider({
    book,
    refresher,
    ender,
    onDidUse: (session) => {
      proactive.used(session);
    },
    checkSettings: () => settings.origins(),
    signIn: (scopes, account) => signIn.run(scopes.length > 0 ? scopes : undefined, account),
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
  const apps = new AppConfiguration({
    settings,
    appList: new AppList(appListSetting),
    appSecrets,
    emulatorClientSecret,
    methods: Object.values(methods),
    signOutApp: ({ clientId }) => remover.remove(clientId),
  });
  const place = () => signInPlace(extension, () => callbackUri(''));
  const memory = new SignInMemory(globalState);
  const signIn = new SignIn({
    settings,
    apps,
    book,
    creator,
    methods,
    place,
    memory,
    progress,
    notifications,
  });
  const clipboard = new TokenClipboard(settings, clock);
  const actions = new AccountActions({ book, refresher, ender, revocations, signIn, clipboard, clock });
  const statusBar = new AccountStatusBarItem({ book, settings, clock });
  const handedOver = router.onDidHandOver(tellHandedOver);
  const commands = registerCommands({ actions, apps, progress, notifications, log });
  const watch = watchWindow({
    secrets,
    book,
    refresher,
    circuit,
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
    commands,
    clipboard,
    statusBar,
    watch,
  );
  context.subscriptions.push(proactive, idle, retrier, secrets);
  void tellProviderConflict({ provider, providerId: PROVIDER_ID, extension, memory: globalState });
  underWay = () => Promise.all([refresher.idle(), lock.idle()]);
}

let underWay = (): Promise<unknown> => Promise.resolve();

/** Waits for what is under way: a new pair that is not stored would be lost with this host. */
export async function deactivate(): Promise<void> {
  await underWay();
}
