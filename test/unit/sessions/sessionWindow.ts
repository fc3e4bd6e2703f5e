import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { appSchema } from '../../../src/apps/app';
import { AppSecrets } from '../../../src/apps/appSecrets';
import { systemClock } from '../../../src/box/clock';
import type { BoxOrigins } from '../../../src/box/endpoints';
import { AccountDirectory, ACCOUNT_KIND } from '../../../src/sessions/accountDirectory';
import { AppRemover } from '../../../src/sessions/appRemover';
import { BoxAuthenticationProvider } from '../../../src/sessions/authenticationProvider';
import { CHILDREN_KIND } from '../../../src/sessions/childRecord';
import { ChildTokens } from '../../../src/sessions/childTokens';
import { ParentExchange } from '../../../src/sessions/parentExchange';
import { PendingRevocations, REVOCATION_KIND } from '../../../src/sessions/pendingRevocations';
import { ProactiveRefresher } from '../../../src/sessions/proactiveRefresher';
import { RefreshBackoff } from '../../../src/sessions/refreshBackoff';
import { SessionBook } from '../../../src/sessions/sessionBook';
import type { SessionChanges } from '../../../src/sessions/sessionChanges';
import { SessionCreator, type SignInRequest } from '../../../src/sessions/sessionCreator';
import { SessionEnder, type SignedOut } from '../../../src/sessions/sessionEnder';
import { SessionRegistrar } from '../../../src/sessions/sessionRegistrar';
import { ServerSignIn } from '../../../src/sessions/serverSignIn';
import { TokenSource } from '../../../src/sessions/tokenSource';
import { DeveloperTokens } from '../../../src/sessions/developerTokens';
import { DownscopedTokens } from '../../../src/sessions/downscopedTokens';
import { SESSION_KIND, type LiveSession, type SessionRecord } from '../../../src/sessions/sessionRecord';
import { SharedSignIn } from '../../../src/sessions/sharedSignIn';
import { TokenLife } from '../../../src/sessions/tokenLife';
import { TokenRefresher } from '../../../src/sessions/tokenRefresher';
import type { AuthorizationWindow } from '../../../src/signIn/authorization';
import { CallbackRouter } from '../../../src/signIn/callbackRouter';
import { RedirectPageMethod } from '../../../src/signIn/redirectPage';
import { CrossWindowLock } from '../../../src/storage/crossWindowLock';
import { FileLock } from '../../../src/storage/fileLock';
import { Ledger } from '../../../src/storage/ledger';
import { RecordStore } from '../../../src/storage/recordStore';
import { SharedSecrets } from '../../../src/storage/sharedSecrets';
import { SEED, Visitor } from '../../emulator';
import type { EmulatedBox } from '../support/emulatedBox';
import { FakeClock } from '../support/fakeClock';
import { MemorySecrets } from '../support/memorySecrets';
import { RecordingLog } from '../support/recordingLog';

/** The callback URI of a desktop window. */
const CALLBACK = 'vscode://vscode-box.box-authentication/callback';

/** What the windows of one machine share. */
export class SharedMachine {
  /** VS Code's global storage folder of the extension. */
  readonly folder = mkdtempSync(join(tmpdir(), 'box-authentication-unit-'));
  readonly secrets = new MemorySecrets();
  readonly clock = new FakeClock(Date.now());

  /** Removes the folder. */
  remove(): void {
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
  origins: BoxOrigins;
  isInUse = true;
  /** Whether this window may store, as the shared secrets judge it unless told otherwise. */
  ensureCurrent = (): Promise<void> => this.shared.ensureCurrent();

  readonly secrets: MemorySecrets;
  readonly clock: FakeClock;
  readonly shared: SharedSecrets;
  readonly appSecrets: AppSecrets;
  readonly book: SessionBook;
  readonly revocations: PendingRevocations;
  readonly backoff: RefreshBackoff;
  readonly life: TokenLife;
  readonly refresher: TokenRefresher;
  readonly proactive: ProactiveRefresher;
  readonly children: ChildTokens;
  readonly ender: SessionEnder;
  readonly remover: AppRemover;
  readonly creator: SessionCreator;
  readonly serverSignIn: ServerSignIn;
  readonly developerTokens: DeveloperTokens;
  readonly downscoped: DownscopedTokens;
  readonly exchange: ParentExchange;
  readonly provider: BoxAuthenticationProvider;
  private readonly router = new CallbackRouter(this.log);

  /** @param machine windows of one machine share what is stored, with live events, as on a desktop. */
  constructor(
    private readonly box: EmulatedBox,
    machine: SharedMachine,
  ) {
    const { log } = this;
    const { secrets, clock, folder } = machine;
    this.secrets = secrets;
    this.clock = clock;
    const client = box.client(clock);
    this.origins = box.origins;
    // Files take real time, which a fake clock does not give them.
    const files = new FileLock({ folder: join(folder, 'locks'), clock: systemClock, log });
    const ledger = new Ledger(join(folder, 'ledger'));
    this.shared = new SharedSecrets({ secrets, ledger, lock: files, clock: systemClock, startedAt: 0, log });
    const lock = new CrossWindowLock(files);
    const { shared } = this;
    this.appSecrets = new AppSecrets(shared, log, lock);
    const store = new RecordStore(shared, SESSION_KIND, log);
    const { appSecrets } = this;
    const pending = new RecordStore(shared, REVOCATION_KIND, log);
    this.revocations = new PendingRevocations({ store: pending, box: client, appSecrets, clock, log });
    const { revocations } = this;
    const signedOut = (): Promise<ReadonlySet<string>> => revocations.tokens();
    this.book = new SessionBook({ store, origins: () => this.origins, signedOut, log });
    const { book } = this;
    this.backoff = new RefreshBackoff({ folder: join(folder, 'pauses'), clock, random: () => 0.5, log });
    this.life = new TokenLife(clock);
    const { backoff, life } = this;
    const source = new TokenSource({ box: client, appSecrets, clock });
    const parts = { book, box: client, source, revocations, lock, log };
    const ensureCurrent = (): Promise<void> => this.ensureCurrent();
    this.refresher = new TokenRefresher({ ...parts, ensureCurrent, backoff, life, clock });
    const { refresher } = this;
    const childStore = new RecordStore(shared, CHILDREN_KIND, log);
    this.children = new ChildTokens({ ...parts, store: childStore });
    const { children } = this;
    this.ender = new SessionEnder({ ...parts, children });
    this.remover = new AppRemover({ book, ender: this.ender, revocations, children, appSecrets });
    const directory = new AccountDirectory(new RecordStore(shared, ACCOUNT_KIND, log), lock);
    const registrar = new SessionRegistrar({ book, directory, lock, clock, log });
    this.creator = new SessionCreator({ ...parts, registrar, ensureCurrent, clock });
    this.serverSignIn = new ServerSignIn({ ...parts, registrar, ensureCurrent });
    this.developerTokens = new DeveloperTokens({ ...parts, registrar, ensureCurrent, clock });
    this.exchange = new ParentExchange({ ...parts, refresher, children });
    this.downscoped = new DownscopedTokens({ ...parts, exchange: this.exchange, life, clock });
    const isInUse = (): boolean => this.isInUse;
    this.proactive = new ProactiveRefresher({
      book,
      refresher,
      life,
      clock,
      random: () => 0.5,
      isInUse,
      log,
    });
    this.provider = new BoxAuthenticationProvider({
      book,
      refresher,
      ender: this.ender,
      onDidUse: (session) => {
        this.proactive.used(session);
      },
      onDidSignOut: (signedOut) => this.signedOut.push(signedOut),
      downscoped: this.downscoped,
      origins: () => this.origins,
      signIns: new SharedSignIn((scopes) => this.signIn({ scopes })),
      explain: (error) => error as Error,
    });
    shared.onDidChange(({ key }) => {
      if (key.startsWith('app/')) backoff.reset();
      void book.secretChanged(key);
    });
    shared.onDidFail((error) => this.storageFailures.push(error));
    book.onDidChange((changes) => this.changes.push(changes));
    refresher.onDidEnd(({ session }) => {
      if (session !== undefined) this.ended.push(session);
    });
  }

  /** Keeps the seeded app's client secret. */
  async configureApp(clientSecret: string = SEED.clientSecret): Promise<void> {
    await this.appSecrets.setClientSecret(SEED.clientId, this.origins, clientSecret);
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
    return this.creator.create(this.request(changes), this.person(login, signal));
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
      this.changes.flatMap((change) => change[kind].map(({ id }) => id));
    return { added: ids('added'), removed: ids('removed'), changed: ids('changed') };
  }
}
