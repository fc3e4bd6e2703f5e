import { alphanumeric, digits, longToken } from './random';
import type { Clock } from './clock';
import type { RestrictedObject } from './token/downscope';

/** An access token; `pair` when it came with a refresh token. Times are in ms. */
export interface AccessToken {
  readonly value: string;
  readonly clientId: string;
  readonly userId: string;
  readonly scopes: readonly string[];
  expiresAt: number;
  /** From when on it is dead, whatever its expiry: `Infinity` while it is not revoked. */
  deadFrom: number;
  readonly downscoped?: Downscoped;
  pair?: TokenPair;
}

/** Where a downscoped token comes from and what it is confined to; `object` is undefined for everything. */
export interface Downscoped {
  readonly parent: AccessToken;
  readonly object: RestrictedObject | undefined;
}

/** A refresh token; `spent` once it has minted a pair. */
export interface RefreshToken {
  readonly value: string;
  expiresAt: number;
  deadFrom: number;
  spent: boolean;
}

/** The two tokens of one answer. `predecessor` is the pair that the first use of this one will end. */
export interface TokenPair {
  readonly id: string;
  /** The same for all pairs that come from one sign-in. */
  readonly signIn: string;
  readonly access: AccessToken;
  readonly refresh: RefreshToken;
  predecessor: TokenPair | undefined;
  successor: TokenPair | undefined;
}

/** Who a token is for, what it allows, and how long it lives in seconds. */
export interface Grantee {
  readonly clientId: string;
  readonly userId: string;
  readonly scopes: readonly string[];
  readonly accessTtl: number;
}

/** Ends a token from `when` (ms since the epoch) on; at once, clock changes notwithstanding, when not given. */
export function kill(token: AccessToken | RefreshToken, when = -Infinity): void {
  token.deadFrom = Math.min(token.deadFrom, when);
}

/** Ends both tokens of a pair. */
export function killPair(pair: TokenPair, when = -Infinity): void {
  kill(pair.access, when);
  kill(pair.refresh, when);
}

/** Every token ever issued, found by its value. Lifetimes are in seconds, times in milliseconds. */
export class Tokens {
  readonly #clock: Clock;
  readonly #access = new Map<string, AccessToken>();
  readonly #pairs = new Map<string, TokenPair>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Issues a pair of a sign-in: an access token of 32 and a refresh token of 64 characters. */
  issuePair(grantee: Grantee, refreshTtl: number, predecessor?: TokenPair): TokenPair {
    const access = this.#keep(grantee, alphanumeric(32));
    const expiresAt = this.#clock.now() + refreshTtl * 1000;
    const refresh = { value: alphanumeric(64), expiresAt, deadFrom: Infinity, spent: false };
    const signIn = predecessor?.signIn ?? digits(12);
    const pair: TokenPair = { id: digits(12), signIn, access, refresh, predecessor, successor: undefined };
    access.pair = pair;
    this.#pairs.set(refresh.value, pair);
    return pair;
  }

  /** Issues an access token without a refresh token, in the long shape. */
  issueLong(grantee: Grantee, downscoped?: Downscoped): AccessToken {
    return this.#keep(grantee, longToken(), downscoped);
  }

  #keep(grantee: Grantee, value: string, downscoped?: Downscoped): AccessToken {
    const { clientId, userId, scopes, accessTtl } = grantee;
    const expiresAt = this.#clock.now() + accessTtl * 1000;
    const token: AccessToken = {
      ...{ value, clientId, userId, scopes, expiresAt },
      deadFrom: Infinity,
      ...(downscoped === undefined ? {} : { downscoped }),
    };
    this.#access.set(value, token);
    return token;
  }

  findAccess(value: string): AccessToken | undefined {
    return this.#access.get(value);
  }

  findPair(refreshToken: string): TokenPair | undefined {
    return this.#pairs.get(refreshToken);
  }

  /** Whether a token is neither expired nor dead. */
  isLive(token: AccessToken | RefreshToken): boolean {
    return token.expiresAt > this.#clock.now() && !this.isDead(token);
  }

  /** Whether a token was ended before its time. */
  isDead(token: AccessToken | RefreshToken): boolean {
    return token.deadFrom <= this.#clock.now();
  }

  /** Whole seconds that an access token has left. */
  secondsLeft(token: AccessToken): number {
    return Math.max(0, Math.floor((token.expiresAt - this.#clock.now()) / 1000));
  }

  get allAccess(): Iterable<AccessToken> {
    return this.#access.values();
  }

  get allPairs(): Iterable<TokenPair> {
    return this.#pairs.values();
  }
}
