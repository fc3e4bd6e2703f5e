import { randomInt } from 'node:crypto';
import { Clock } from './clock';
import { FaultQueue } from './faults';
import { Recorder } from './recorder';
import { newServiceAccount, seedApps, seedUsers } from './seed';
import { defaultSwitches, type Switches } from './switches';
import { Tokens, type AccessToken, type Downscoped, type Grantee, type TokenPair } from './tokens';
import type { AuthorizationCode } from './authorize/code';
import type { BrowserSession, Ticket } from './authorize/ticket';
import type { EmulatorApp, EmulatorUser } from './types';

/** Everything the emulator remembers. */
export class Model {
  readonly clock = new Clock();
  switches: Switches = defaultSwitches();
  recorder = new Recorder();
  faults = new FaultQueue();
  tokens = new Tokens(this.clock);
  readonly users = new Map<string, EmulatorUser>();
  readonly apps = new Map<string, EmulatorApp>();
  readonly codes = new Map<string, AuthorizationCode>();
  readonly tickets = new Map<string, Ticket>();
  readonly browserSessions = new Map<string, BrowserSession>();
  /** The `jti` of every assertion that was accepted. */
  readonly assertionIds = new Set<string>();

  constructor(readonly origin: string) {
    this.reset();
  }

  /** Goes back to the seeded users and apps, the default switches and the machine's time; forgets the rest. */
  reset(): void {
    this.clock.real();
    this.switches = defaultSwitches();
    this.recorder = new Recorder();
    this.faults = new FaultQueue();
    this.tokens = new Tokens(this.clock);
    const collections = [this.users, this.apps, this.codes, this.tickets, this.browserSessions];
    for (const collection of [...collections, this.assertionIds]) collection.clear();
    for (const user of seedUsers()) this.users.set(user.id, user);
    for (const app of seedApps(this.origin)) this.apps.set(app.clientId, app);
    for (const app of this.apps.values()) this.recorder.keepSecret(app.clientSecret);
  }

  /** The user with a login, compared without regard to case. */
  userByLogin(login: string): EmulatorUser | undefined {
    const wanted = login.trim().toLowerCase();
    return [...this.users.values()].find((user) => user.login.toLowerCase() === wanted);
  }

  /** Issues the pair of a sign-in and remembers its tokens as secrets. */
  issuePair(grantee: Omit<Grantee, 'accessTtl'>, predecessor?: TokenPair): TokenPair {
    const { refreshTtl } = this.switches;
    const pair = this.tokens.issuePair(
      { ...grantee, accessTtl: this.nextAccessTtl() },
      refreshTtl,
      predecessor,
    );
    this.recorder.keepSecret(pair.access.value);
    this.recorder.keepSecret(pair.refresh.value);
    return pair;
  }

  /** Issues an access token without a refresh token and remembers it as a secret. */
  issueToken(grantee: Omit<Grantee, 'accessTtl'>, downscoped?: Downscoped): AccessToken {
    const token = this.tokens.issueLong({ ...grantee, accessTtl: this.nextAccessTtl() }, downscoped);
    this.recorder.keepSecret(token.value);
    return token;
  }

  /** The service account of an app, made when it is first asked for. */
  serviceAccountOf(app: EmulatorApp): EmulatorUser {
    const known = [...this.users.values()].find((user) => user.serviceAccountOf === app.clientId);
    if (known !== undefined) return known;
    const account = newServiceAccount(app);
    this.users.set(account.id, account);
    return account;
  }

  /** The life of the next access token in seconds: the switch, with its jitter. */
  nextAccessTtl(): number {
    const { accessTtl, expiresInJitter } = this.switches;
    return accessTtl + randomInt(0, Math.floor(expiresInJitter) + 1);
  }
}
