import type { SessionRecord } from './sessionRecord';

/** Why a session could not be used or made. */
export type SessionErrorCode =
  /** It was signed out meanwhile. */
  | 'signed_out'
  /** Box ended it: it needs a new sign-in. */
  | 'ended'
  /** The app's client secret is not stored here. */
  | 'client_secret_missing'
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
