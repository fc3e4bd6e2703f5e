import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { appSchema } from '../../../src/apps/app';
import type { AppSecrets } from '../../../src/apps/appSecrets';
import { createApps } from '../../../src/apps/module';
import type { SettingName, SettingsChange } from '../../../src/apps/settings';
import { FailureLog } from '../../../src/common/failureLog';
import { Emitter } from '../../../src/common/emitter';
import { systemClock, type Clock } from '../../../src/common/clock';
import type { BoxBaseUrls } from '../../../src/box/endpoints';
import type { Fetch } from '../../../src/box/http';
import { nodeFetch } from '../../../src/box/nodeFetch';
import type { BoxAuthenticationProvider } from '../../../src/provider/authenticationProvider';
import { createProvider } from '../../../src/provider/module';
import { createSessions, type Sessions } from '../../../src/sessions/module';
import type { SessionChanges } from '../../../src/sessions/store/sessionChanges';
import type { SignInRequest } from '../../../src/sessions/lifecycle/userSignIn';
import type { SignedOut } from '../../../src/sessions/lifecycle/signOut';
import { survivesEnd, type LiveSession, type SessionRecord } from '../../../src/sessions/store/sessionRecord';
import { SharedSignIn } from '../../../src/ui/signIn/sharedSignIn';
import type { AuthorizationWindow } from '../../../src/signIn/authorization';
import { loadedPart } from './loadedPart';
import { CallbackRouter } from '../../../src/signIn/callback/callbackRouter';
import { RedirectPageMethod } from '../../../src/signIn/methods/redirectPage';
import { StaleWindowError } from '../../../src/storage/errors';
import type { Watch } from '../../../src/storage/folderWatcher';
import type { Memory } from '../../../src/storage/memory';
import { createStorage, type Storage } from '../../../src/storage/module';
import { SEED, Visitor } from '../../emulator/src';
import type { EmulatedBox } from './emulatedBox';
import { FakeClock } from './fakeClock';
import { MemorySecrets } from './memorySecrets';
import { PlainMemory } from './plainMemory';
import { RecordingLog } from './recordingLog';

/** The callback URI of a desktop window. */
const CALLBACK = 'vscode://vscode-box.box-authentication/callback';

/** What the windows of one machine share. */
export class SharedMachine {
  /** VS Code's global storage folder of the extension. */
  readonly folder = mkdtempSync(join(tmpdir(), 'box-authentication-unit-'));
  readonly clock: FakeClock = new FakeClock(Date.now());
  /** In a served VS Code: what the pages of one browser share. */
  readonly pages: Memory | undefined = undefined;
  /** The clock by which callers wait for what goes on by itself. */
  patience: Clock = systemClock;
  /** The clock of storage. Files take real time, which a fake clock does not give them. */
  readonly storageClock: Clock = systemClock;
  /** The windows that were opened. */
  readonly windows: SessionWindow[] = [];
  /** How folders are watched, where a test decides it. */
  readonly watch: Watch | undefined = undefined;

  /** @param secrets what another machine shares with this one, if any. */
  constructor(readonly secrets: MemorySecrets = new MemorySecrets()) {}

  /** Removes the folder. */
  remove(): void {
    for (const window of this.windows.splice(0)) window.dispose();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Makes a machine for each test of the `describe` that this is called in. */
export function useMachine(): () => SharedMachine {
  let machine: SharedMachine;
  beforeEach(() => {
    machine = new SharedMachine();
  });
  afterEach(() => {
    machine.remove();
  });
  return () => machine;
}

/** A window of VS Code as far as sessions go: the real parts, over shared secrets, a fake clock and the emulator. */
export class SessionWindow {
  readonly log = new RecordingLog();
  readonly changes: SessionChanges[] = [];
  readonly ended: SessionRecord[] = [];
  /** The sign-outs that came from VS Code. */
  readonly signedOut: SignedOut[] = [];
  readonly storageFailures: unknown[] = [];
  origins: BoxBaseUrls;
  isInUse = true;
  /** Somebody comes back to the window. */
  readonly focus = new Emitter<undefined>();
  readonly settingsChange = new Emitter<SettingsChange>();
  /** Whether this window may store, as the shared secrets judge it unless told otherwise. */
  ensureCurrent = (): Promise<void> =>
    this.storage.isStale() ? Promise.reject(new StaleWindowError()) : Promise.resolve();

  readonly secrets: MemorySecrets;
  readonly clock: FakeClock;
  readonly storage: Storage;
  readonly appSecrets: AppSecrets;
  readonly sessions: Sessions;
  readonly provider: BoxAuthenticationProvider;
  /** What is loaded with its first use. */
  readonly signOut = loadedPart(async () => (await this.sessions.loadLifecycle()).signOut);
  readonly sender = loadedPart(async () => (await this.sessions.loadLifecycle()).sender);
  readonly remover = loadedPart(async () => (await this.sessions.loadLifecycle()).remover);
  readonly userSignIn = loadedPart(async () => (await this.sessions.loadLifecycle()).userSignIn);
  readonly serverSignIn = loadedPart(async () => (await this.sessions.loadLifecycle()).serverSignIn);
  readonly developerTokens = loadedPart(async () => (await this.sessions.loadLifecycle()).developerTokens);
  readonly downscoped = loadedPart(async () => (await this.sessions.loadLifecycle()).downscoped);
  readonly exchanger = loadedPart(async () => (await this.sessions.loadLifecycle()).exchanger);
  readonly children = loadedPart(async () => (await this.sessions.loadLifecycle()).children);
  readonly annotators = loadedPart(async () => (await this.sessions.loadLifecycle()).annotators);
  private readonly router = new CallbackRouter(this.log);
  private isClosed = false;

  /** @param machine windows of one machine share what is stored, with live events, as on a desktop. */
  constructor(
    private readonly box: EmulatedBox,
    machine: SharedMachine,
  ) {
    const { log } = this;
    const { secrets, clock, folder, pages } = machine;
    machine.windows.push(this);
    this.secrets = secrets;
    this.clock = clock;
    this.origins = box.origins;
    const { watch, storageClock } = machine;
    const forStorage = { secrets, folder, pages, survives: survivesEnd, clock: storageClock, log };
    this.storage = createStorage({ ...forStorage, ...(watch && { watch }) });
    this.storage.secrets.ensureCurrent = () => this.ensureCurrent();
    const { settings, appSecrets } = createApps({
      readSetting: (name) => this.setting(name),
      onDidChangeSettings: this.settingsChange.event,
      storage: this.storage,
      log,
    });
    this.appSecrets = appSecrets;
    this.sessions = createSessions({
      storage: this.storage,
      box: box.client(clock, undefined, log, (...request) => this.fetch(...request)),
      appSecrets: this.appSecrets,
      settings,
      isInUse: () => this.isInUse,
      onDidFocus: this.focus.event,
      memory: new PlainMemory(),
      clock,
      // What is waited for takes real time here: requests and files.
      patience: machine.patience,
      random: () => 0.5,
      log,
    });
    const failures = new FailureLog(log, clock);
    const signIns = new SharedSignIn((scopes) => this.signIn({ scopes }));
    this.provider = createProvider({
      sessions: this.sessions,
      settings,
      signIn: (scopes, account) => signIns.run(scopes, account),
      onDidSignOut: (signedOut) => this.signedOut.push(signedOut),
      describeError: (error, attempt) => {
        failures.report(error, attempt);
        return Promise.resolve(error as Error);
      },
      reportFailure: (error, attempt) => {
        failures.report(error, attempt);
      },
      clock,
    });
    const { store, refresher } = this.sessions;
    this.storage.onDidFail((error) => this.storageFailures.push(error));
    store.onDidChange((changes) => this.changes.push(changes));
    refresher.onDidEnd(({ session }) => {
      if (session !== undefined) this.ended.push(session);
    });
  }

  /** What still waited for a lock when the window was closed must not reach the emulator of the next test. */
  private readonly fetch: Fetch = (...request) =>
    this.isClosed ? new Promise(() => undefined) : nodeFetch(...request);

  private setting(name: SettingName): unknown {
    if (name === 'accountBaseUrl') return this.origins.account;
    if (name === 'apiBaseUrl') return this.origins.api;
    return name === 'keepSignedIn' ? true : undefined;
  }

  get store(): Sessions['store'] {
    return this.sessions.store;
  }

  get revocations(): Sessions['revocations'] {
    return this.sessions.revocations;
  }

  get backoff(): Sessions['backoff'] {
    return this.sessions.backoff;
  }

  get expiry(): Sessions['expiry'] {
    return this.sessions.expiry;
  }

  get refresher(): Sessions['refresher'] {
    return this.sessions.refresher;
  }

  get proactive(): Sessions['proactive'] {
    return this.sessions.proactive;
  }

  /** Ends what the window follows and waits for, as when it is closed. It sends nothing any more. */
  dispose(): void {
    this.isClosed = true;
    this.sessions.dispose();
    this.storage.dispose();
  }

  /** Keeps the seeded app's client secret. */
  async configureApp(clientSecret: string = SEED.clientSecret): Promise<void> {
    await this.appSecrets.setClientSecret(SEED.clientId, this.origins, clientSecret);
  }

  /** Removes an app, the last of its client ID. */
  async removeApp(clientId: string): Promise<readonly SignedOut[]> {
    const signedOut = await this.remover.signOut(v.parse(appSchema, { clientId }), true);
    await this.remover.forget(clientId);
    return signedOut;
  }

  /** Forgets an app's secrets, as when it is removed. */
  async forgetSecrets(clientId: string): Promise<void> {
    await this.appSecrets.markRemoved(clientId);
    await this.appSecrets.forgetRemoved(clientId);
  }

  /** A sign-in request with the seeded app. */
  request(changes: Partial<SignInRequest> = {}): SignInRequest {
    return {
      app: v.parse(appSchema, { name: SEED.appName, clientId: SEED.clientId }),
      clientSecret: SEED.clientSecret,
      origins: this.origins,
      method: new RedirectPageMethod({
        router: this.router,
        redirectPage: () => `${this.box.origin}/redirect`,
        externalCallbackUri: (query) => Promise.resolve(`${CALLBACK}?${query}`),
      }),
      scopes: [],
      ...changes,
    };
  }

  /** Signs in as a person would, over the emulator's pages and its redirect page. */
  async signIn(
    changes: Partial<SignInRequest> = {},
    login: string = SEED.userLogin,
    signal = new AbortController().signal,
  ): Promise<LiveSession> {
    return this.userSignIn.run(this.request(changes), this.person(login, signal));
  }

  /** A person who logs in and grants access. */
  person(login: string, signal: AbortSignal = new AbortController().signal): AuthorizationWindow {
    return {
      signal,
      openBrowser: async (url) => {
        const callback = await new Visitor().authorize(url, login);
        const query = new URL(callback).searchParams;
        const target = new URL(decodeURIComponent(query.get('state') ?? ''));
        target.searchParams.set('code', query.get('code') ?? '');
        this.router.handle(target.pathname, target.search.slice(1));
        return true;
      },
      paste: () => new Promise(() => undefined),
      answered: () => undefined,
      confirmAccount: () => Promise.resolve(true),
    };
  }

  /** Makes the access token's whole life pass here, and at Box. */
  async letTokensExpire(): Promise<void> {
    this.clock.jump(2 * 3_600_000);
    await this.box.control.expireAccessTokens();
  }

  /** Forgets what has been counted of changes so far. */
  forgetChanges(): void {
    this.changes.length = 0;
  }

  /** The ids that changes have named, by kind, since they were last forgotten. */
  changedIds(): { added: string[]; removed: string[]; changed: string[] } {
    const ids = (kind: keyof SessionChanges): string[] =>
      this.changes.flatMap((change) => (change[kind] ?? []).map(({ id }) => id));
    return { added: ids('added'), removed: ids('removed'), changed: ids('changed') };
  }
}
