import { appSchema } from '../../../src/apps/app';
import { AppSecrets } from '../../../src/apps/appSecrets';
import { type BoxOrigins } from '../../../src/box/endpoints';
import { AccountDirectory, ACCOUNT_KIND } from '../../../src/sessions/accountDirectory';
import { AppRemover } from '../../../src/sessions/appRemover';
import { BoxAuthenticationProvider } from '../../../src/sessions/authenticationProvider';
import { WindowLock } from '../../../src/sessions/lock';
import { PendingRevocations, REVOCATION_KIND } from '../../../src/sessions/pendingRevocations';
import { SessionBook } from '../../../src/sessions/sessionBook';
import { type SessionChanges } from '../../../src/sessions/sessionChanges';
import { SessionCreator, type SignInRequest } from '../../../src/sessions/sessionCreator';
import { SessionEnder } from '../../../src/sessions/sessionEnder';
import { SESSION_KIND, type LiveSession, type SessionRecord } from '../../../src/sessions/sessionRecord';
import { TokenRefresher } from '../../../src/sessions/tokenRefresher';
import { type AuthorizationWindow } from '../../../src/signIn/authorization';
import { CallbackRouter } from '../../../src/signIn/callbackRouter';
import { RedirectPageMethod } from '../../../src/signIn/redirectPage';
import { RecordStore } from '../../../src/storage/recordStore';
import { SEED, Visitor } from '../../emulator';
import { type EmulatedBox } from '../support/emulatedBox';
import { FakeClock } from '../support/fakeClock';
import { MemorySecrets } from '../support/memorySecrets';
import { RecordingLog } from '../support/recordingLog';
import * as v from 'valibot';

/** The callback URI of a desktop window. */
const CALLBACK = 'vscode://vscode-box.box-authentication/callback';

/** A window of VS Code as far as sessions go: the real parts, over shared secrets, a fake clock and the emulator. */
export class SessionWindow {
  readonly log = new RecordingLog();
  readonly changes: SessionChanges[] = [];
  readonly ended: SessionRecord[] = [];
  origins: BoxOrigins;

  readonly appSecrets: AppSecrets;
  readonly book: SessionBook;
  readonly revocations: PendingRevocations;
  readonly refresher: TokenRefresher;
  readonly ender: SessionEnder;
  readonly remover: AppRemover;
  readonly creator: SessionCreator;
  readonly provider: BoxAuthenticationProvider;
  private readonly router = new CallbackRouter(this.log);

  /** @param secrets those of another window share what is stored, with live events, as on a desktop. */
  constructor(
    private readonly box: EmulatedBox,
    readonly secrets = new MemorySecrets(),
    readonly clock = new FakeClock(Date.now()),
  ) {
    const { log } = this;
    const lock = new WindowLock();
    const client = box.client(clock);
    this.origins = box.origins;
    this.appSecrets = new AppSecrets(secrets, log);
    const store = new RecordStore(secrets, SESSION_KIND, log);
    this.book = new SessionBook({ store, origins: () => this.origins, log });
    const { appSecrets, book } = this;
    const pending = new RecordStore(secrets, REVOCATION_KIND, log);
    this.revocations = new PendingRevocations({ store: pending, box: client, appSecrets, clock, log });
    const { revocations } = this;
    this.refresher = new TokenRefresher({ book, box: client, appSecrets, revocations, lock, clock, log });
    this.ender = new SessionEnder({ book, box: client, appSecrets, revocations, lock, log });
    this.remover = new AppRemover({ book, ender: this.ender, revocations, appSecrets });
    const directory = new AccountDirectory(new RecordStore(secrets, ACCOUNT_KIND, log), lock);
    this.creator = new SessionCreator({ book, box: client, directory, revocations, lock, clock, log });
    this.provider = new BoxAuthenticationProvider({
      book,
      refresher: this.refresher,
      ender: this.ender,
      checkSettings: () => undefined,
      signIn: (scopes) => this.signIn({ scopes }),
      explain: (error) => error as Error,
    });
    secrets.onDidChange(({ key }) => void book.secretChanged(key));
    book.onDidChange((changes) => this.changes.push(changes));
    this.refresher.onDidEnd((session) => this.ended.push(session));
  }

  /** Keeps the seeded app's client secret. */
  async configureApp(clientSecret: string = SEED.clientSecret): Promise<void> {
    await this.appSecrets.setClientSecret(SEED.clientId, this.origins, clientSecret);
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
      answered: () => undefined,
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
