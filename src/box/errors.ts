import { withoutTokens } from '../common/errorText';

/** What went wrong between us and Box. `code` is stable and is what the messages for people are keyed by. */
export type BoxErrorCode = 'oauth_error' | 'unreachable' | 'unexpected_response' | 'api_refused';

/** Any failure of a request to Box. No message, field or cause of it ever holds a token, code or secret. */
export abstract class BoxError extends Error {
  abstract readonly code: BoxErrorCode;
  /** Name of the app that asked, noted by whoever knows it, for the messages to people. */
  appName: string | undefined;
  /** Label of the account that it was about, noted likewise. */
  account: string | undefined;

  /**
   * @param requestId Box's `BOX-REQUEST-ID`, which Box's support asks for.
   * @param status HTTP status, where the message does not say it.
   */
  constructor(
    message: string,
    readonly requestId: string | undefined,
    status?: number,
  ) {
    super(message + details(status, requestId));
  }
}

/** What Box's support asks for, in brackets. */
function details(status: number | undefined, requestId: string | undefined): string {
  const known = [
    ...(status === undefined ? [] : [`HTTP status ${status}`]),
    ...(requestId === undefined ? [] : [`request ID ${requestId}`]),
  ];
  return known.length === 0 ? '' : ` (${known.join(', ')})`;
}

/** An error code as it is; what has not the form of one is treated as text. */
function errorCode(code: string): string {
  return /^[a-z_]{1,64}$/.test(code) ? code : withoutTokens(code);
}

/** Box answered with an OAuth error body (RFC 6749 §5.2), or sent one to the redirect URI (§4.1.2.1). */
export class OAuthError extends BoxError {
  override readonly name = 'OAuthError';
  readonly code = 'oauth_error';
  /** Box's `error` code, the only part to branch on. */
  readonly error: string;
  /** Box's `error_description`, which may change and may be absent. */
  readonly description: string | undefined;
  /** How the app asked, where it asked as itself and nobody was at a page of Box; noted by whoever knows it. */
  serverCredential: 'clientCredentials' | 'jwt' | undefined;
  /** Whom it asked to act as, likewise: what was sent as `box_subject_type` or `box_sub_type`. */
  subjectType: 'enterprise' | 'user' | undefined;

  /**
   * @param status HTTP status, absent when the error came through the redirect URI.
   * @param serverDate when Box answered, by its own clock, in ms since the epoch.
   */
  constructor(
    error: string,
    description?: string,
    readonly status?: number,
    requestId?: string,
    readonly serverDate?: number,
  ) {
    const code = errorCode(error);
    const text = description === undefined ? undefined : withoutTokens(description);
    super(`Box answered ${code}${text === undefined ? '' : `: ${text}`}`, requestId, status);
    this.error = code;
    this.description = text;
  }
}

/** No answer arrived: refused, dropped, timed out, or no trusted TLS connection. The server may have acted. */
export class UnreachableError extends BoxError {
  override readonly name = 'UnreachableError';
  readonly code = 'unreachable';

  /**
   * @param systemCode Node's error code (`ECONNREFUSED`, `ENOTFOUND`, a TLS code), `TIMEOUT`, or `PROXY_UNREACHABLE`.
   * @param host the host that was asked.
   */
  constructor(
    readonly systemCode: string,
    readonly host: string,
  ) {
    super(`No answer from ${host} (${systemCode})`, undefined);
  }
}

/** An answer that is no OAuth answer: 3xx, 409, 429, 5xx, HTML, truncated JSON, a missing field. */
export class UnexpectedResponseError extends BoxError {
  override readonly name = 'UnexpectedResponseError';
  readonly code = 'unexpected_response';

  /**
   * @param status HTTP status.
   * @param problem what is wrong with it, in English, for the log.
   * @param retryAfterMs what the `retry-after` header asks for, in ms.
   */
  constructor(
    readonly status: number,
    readonly problem: string,
    requestId?: string,
    readonly retryAfterMs?: number,
  ) {
    super(`Box answered with HTTP status ${status}: ${problem}`, requestId);
  }
}

/** Box's API refused the access token or the call (RFC 6750 §3.1). */
export class ApiRefusedError extends BoxError {
  override readonly name = 'ApiRefusedError';
  readonly code = 'api_refused';
  /** `error` of the `WWW-Authenticate` challenge or `code` of Box's `ClientError`, if any. */
  readonly error: string | undefined;

  /** @param status HTTP status, 400 to 499. */
  constructor(
    readonly status: number,
    error: string | undefined,
    requestId?: string,
  ) {
    const code = error === undefined ? undefined : errorCode(error);
    super(
      `Box refused the call with HTTP status ${status}${code === undefined ? '' : ` (${code})`}`,
      requestId,
    );
    this.error = code;
  }
}

/** How long Box asks to wait with the next request, in ms; 0 when it does not. */
export function retryAfterOf(error: unknown): number {
  return error instanceof UnexpectedResponseError ? (error.retryAfterMs ?? 0) : 0;
}

const TRANSIENT_OAUTH_ERRORS = new Set(['temporarily_unavailable', 'server_error']);

/**
 * Whether the same request may succeed later without anybody changing anything: the network, 409, 429, 5xx,
 * and answers that arrived damaged. Such a failure never ends a session.
 */
export function isTransient(error: unknown): boolean {
  if (error instanceof UnreachableError || error instanceof UnexpectedResponseError) return true;
  return error instanceof OAuthError && TRANSIENT_OAUTH_ERRORS.has(error.error);
}

/** Why a private key cannot sign assertions. */
export type JwtKeyErrorCode =
  /** It looks whole, but does not open with the passphrase: that is wrong or, less likely, the key is damaged inside. */
  | 'wrong_passphrase'
  /** It is no PEM, was cut off, or is not what a key of its kind is. */
  | 'damaged_key'
  /** No private RSA key of at least 2048 bits (RFC 7518 §3.3). */
  | 'unsupported_key'
  /** Encrypted in a way that this Node.js, or the library that takes OpenSSL's place in VS Code, does not know. */
  | 'unknown_encryption';

/** Why a key is not supported: its kind, its length, or an encryption that this Node.js does not know. */
export type UnsupportedKeyReason = 'not_rsa' | 'short_key' | 'unknown_encryption';

/** A private key that cannot be used. Neither its message nor a cause holds anything of the key or its passphrase. */
export class JwtKeyError extends Error {
  override readonly name = 'JwtKeyError';

  /** @param reason given where the code is `unsupported_key`. */
  constructor(
    readonly code: JwtKeyErrorCode,
    readonly reason?: UnsupportedKeyReason,
  ) {
    super(`The private key cannot be used: ${code}`);
  }
}
