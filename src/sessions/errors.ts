import type { BoxError } from '../box/errors';
import type { BoxResource } from '../box/resources';
import type { SessionRecord } from './store/sessionRecord';

/** Why a session could not be used or made. */
export type SessionErrorCode =
  /** It was signed out meanwhile. */
  | 'signed_out'
  /** Box ended it: it needs a new sign-in. */
  | 'ended'
  /** The app's client secret is not stored here. */
  | 'client_secret_missing'
  /** The app's private key is not stored here. */
  | 'private_key_missing'
  /** The settings say neither an enterprise nor a user that a server-side app should act as. */
  | 'subject_missing'
  /** The enterprise ID is 0: the Box account has no enterprise, and so the app no service account. */
  | 'no_enterprise'
  /** A developer token: no other can be had for it, and its app, which could revoke it, is not known. */
  | 'not_renewable'
  | 'not_revocable'
  /** Box sent no refresh token, so the session could not be kept. */
  | 'no_refresh_token';

/** A session that cannot be used or made, for a reason that asking Box again would not change. */
export class SessionError extends Error {
  override readonly name = 'SessionError';

  constructor(
    readonly code: SessionErrorCode,
    readonly appName: string,
    readonly session?: SessionRecord,
  ) {
    super(`The session cannot be used: ${code}`);
  }
}

/** There is no new token yet: Box, or another window that asks it, takes too long. The refresh goes on. */
export class NoTokenInTimeError extends Error {
  override readonly name = 'NoTokenInTimeError';
  readonly code = 'no_token_in_time';

  constructor(readonly session: SessionRecord) {
    super('There is no new access token yet');
  }
}

/** Whether a failure means that its session is over: it has ended, or was signed out. */
export function isOver(error: unknown): boolean {
  return error instanceof SessionError && (error.code === 'ended' || error.code === 'signed_out');
}

/** Box makes no downscoped token of a session. */
export abstract class DownscopingRefusedError extends Error {
  abstract readonly code: 'scopes_refused' | 'exchange_refused';
  readonly appName: string;
  /** Label of the account. */
  readonly account: string;
  readonly requestId: string | undefined;

  /**
   * @param what was refused.
   * @param refusal what Box answered.
   */
  constructor(what: string, parent: SessionRecord, refusal: BoxError) {
    super(`Box refuses ${what}: ${refusal.message}`);
    this.appName = parent.appName;
    this.account = parent.account.label;
    this.requestId = refusal.requestId;
  }
}

/** Box gives no token with these scopes: the app, or the session that it would come from, lacks them. */
export class ScopesRefusedError extends DownscopingRefusedError {
  override readonly name = 'ScopesRefusedError';
  readonly code = 'scopes_refused';
  /** Whether the app asks for its tokens as itself, so that nobody signs in. */
  readonly isOfServerApp: boolean;

  /**
   * @param scopes that were refused, as far as could be found out.
   * @param refusal what Box answered.
   */
  constructor(
    readonly scopes: readonly string[],
    parent: SessionRecord,
    refusal: BoxError,
  ) {
    super(`the scopes ${scopes.join(' ')}`, parent, refusal);
    this.isOfServerApp = parent.subject !== undefined;
  }
}

/** Box makes no downscoped token of a session, for a reason other than its scopes. */
export class ExchangeRefusedError extends DownscopingRefusedError {
  override readonly name = 'ExchangeRefusedError';
  readonly code = 'exchange_refused';
  /** Login of the account: whom to share the resource with. */
  readonly login: string;

  /**
   * @param reason `resource` where the account cannot reach it, `app_type` where the app may exchange no token, else
   * `request`.
   * @param resource what the token was to be for, if for one thing alone.
   * @param refusal what Box answered.
   */
  constructor(
    readonly reason: 'resource' | 'request' | 'app_type',
    readonly resource: BoxResource | undefined,
    parent: SessionRecord,
    refusal: BoxError,
  ) {
    super(`a downscoped token for ${resourceName(resource)}`, parent, refusal);
    this.login = parent.user.login;
  }
}

/** A resource without the address of a shared link, which opens for whoever has it. */
export function resourceName(resource: BoxResource | undefined): string {
  if (resource === undefined) return 'everything';
  return resource.kind === 'sharedLink' ? 'a shared link' : `${resource.kind} ${resource.id}`;
}
