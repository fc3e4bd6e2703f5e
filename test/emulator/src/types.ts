/** What can be the matter with an account; `accountStates.ts` says how Box answers to each. */
export type AccountState =
  | 'ok'
  | 'terms-required'
  | 'password-reset'
  | 'device-denied'
  | 'app-disabled'
  | 'inactive'
  | 'location-blocked'
  | 'ip-blocked'
  | 'trial-ended'
  | 'service-blocked'
  | 'grace-period-expired'
  | 'access-denied'
  | 'rate-limited';

/** A Box enterprise as `users/me` shows it. */
export interface Enterprise {
  readonly type: 'enterprise';
  readonly id: string;
  readonly name: string;
}

/** A Box user as the emulator keeps it; `enterprise` is null for a personal account. */
export interface EmulatorUser {
  id: string;
  name: string;
  login: string;
  status: 'active' | 'inactive' | 'cannot_delete_edit' | 'cannot_delete_edit_upload';
  role: 'admin' | 'coadmin' | 'user';
  enterprise: Enterprise | null;
  accountState: AccountState;
  hasAvatar: boolean;
  isPlatformAccessOnly: boolean;
  /** The client ID of the app whose service account this is. */
  serviceAccountOf: string | null;
}

/** The grants of Box's token endpoint, by the value of `grant_type` (RFC 6749, 7523, 8693). */
export type GrantType =
  | 'authorization_code'
  | 'refresh_token'
  | 'client_credentials'
  | 'urn:ietf:params:oauth:grant-type:jwt-bearer'
  | 'urn:ietf:params:oauth:grant-type:token-exchange';

/** A Platform App as its page in the Developer Console describes it. */
export interface EmulatorApp {
  clientId: string;
  clientSecret: string;
  name: string;
  redirectUris: string[];
  grantTypes: GrantType[];
  scopes: string[];
  publicKeys: { kid: string; pem: string }[];
  enterpriseId: string;
  /** Whether the enterprise's administrator allows the app. */
  enabledByAdmin: boolean;
  /** Whose content the app may reach: that of its own users only, or of the whole enterprise too. */
  accessLevel: 'app' | 'app+enterprise';
  /** Whether "Generate User Access Tokens" is on (JWT and CCG for users). */
  userAccessTokens: boolean;
  /** Whether "Perform actions as users" is on (the `As-User` header). */
  actAsUsers: boolean;
}

/** The endpoints that a fault can be set on. */
export type FaultEndpoint = 'authorize' | 'token' | 'revoke' | 'usersMe' | 'redirect';

/** Every name under which a request is recorded. */
export type Endpoint =
  | FaultEndpoint
  | 'login'
  | 'consent'
  | 'users'
  | 'avatar'
  | 'items'
  | 'metadata'
  | 'mcp'
  | 'legacy'
  | 'home'
  | 'api'
  | 'unknown';

/** What goes wrong. `truncate`, `delay`, `dropAfter` and a `json` without a body strike after the server did its work. */
export type FaultKind =
  'dropBefore' | 'dropAfter' | 'hang' | 'status' | 'html' | 'truncate' | 'delay' | 'json';

/** One queued fault: the next `times` requests to `endpoint` (of `grantType`, when given) meet it. */
export interface Fault {
  readonly endpoint: FaultEndpoint;
  readonly grantType?: string;
  /** How many requests meet it; 1 when absent, for ever when -1 or `Infinity`. */
  readonly times?: number;
  readonly kind: FaultKind;
  /** HTTP status of a `status` (500 when absent), `html` (503) or `json` (200) fault. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** The body sent instead of Box's: text for `status` and `html`, any value for `json`. */
  readonly body?: unknown;
  /** Milliseconds of real time that a `delay` waits. */
  readonly delayMs?: number;
  /** Fields that a `json` fault takes from the real answer. */
  readonly omitFields?: readonly string[];
  /** Fields that a `json` fault puts into the real answer. */
  readonly extraFields?: Readonly<Record<string, unknown>>;
  /** Whether the server acts before the fault strikes; when absent, the kind decides. */
  readonly committed?: boolean;
  /** Makes `truncate` break the connection instead of ending the short body cleanly. */
  readonly abrupt?: boolean;
}

/** One request as the emulator saw it: names of parameters, never their values (but for `authorize`). */
export interface RecordedRequest {
  readonly seq: number;
  /** Milliseconds since the epoch, by the emulator's clock. */
  readonly time: number;
  readonly endpoint: Endpoint;
  readonly method: string;
  readonly path: string;
  readonly grantType: string | null;
  readonly clientId: string | null;
  readonly clientAuth: 'post' | 'basic' | 'none';
  status: number | 'pending' | 'dropped' | 'hung';
  readonly userAgent: string | null;
  readonly parameters: readonly string[];
  readonly cookies: readonly string[];
  /** The parameters of an authorization request; null elsewhere. */
  readonly query: Readonly<Record<string, string>> | null;
}

/** What the emulator counted since the last reset. */
export interface Counters {
  /** Refreshes that minted a new pair. */
  refreshes: number;
  /** Refresh requests, whatever came of them. */
  refreshRequests: number;
  /** Refreshes with the token of a pair whose successor waits to be confirmed, answered with that successor. */
  refreshRepeats: number;
  /** Refreshes with a refresh token that was spent and is dead. */
  refreshReuse: number;
  codesExchanged: number;
  revocations: number;
  usersMe: number;
}

/** What the emulator knows of a token; asking does not use it. Times are milliseconds since the epoch. */
export interface TokenInfo {
  readonly kind: 'access' | 'refresh' | 'unknown';
  readonly live: boolean;
  readonly userId?: string;
  readonly clientId?: string;
  readonly expiresAt?: number;
  readonly pairId?: string;
  /** The same for all tokens that come from one sign-in. */
  readonly signIn?: string;
  readonly scopes?: readonly string[];
}

/** A pair minted without a sign-in; `expiresIn` is in seconds. */
export interface IssuedPair {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresIn: number;
}

/** The `config.json` of a JWT app as the Developer Console hands it out. */
export interface BoxConfigFile {
  readonly boxAppSettings: {
    readonly clientID: string;
    readonly clientSecret: string;
    readonly appAuth: {
      readonly publicKeyID: string;
      readonly privateKey: string;
      readonly passphrase: string;
    };
  };
  readonly enterpriseID: string;
}
