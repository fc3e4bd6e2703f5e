import type { SignInMethodName } from './signInMethod';

/** Why a sign-in ended without an authorization code. */
export type SignInErrorCode =
  | 'cancelled'
  | 'timed_out'
  | 'no_port'
  /** The person chose another way while this one waited. */
  | 'other_way'
  /** A pasted code turned out to be another person's. */
  | 'other_account';

/** A sign-in that ended on this side. What Box itself refuses is an OAuthError. */
export class SignInError extends Error {
  override readonly name = 'SignInError';

  /** @param way what the person chose, for `other_way`. */
  constructor(
    readonly code: SignInErrorCode,
    readonly way?: SignInMethodName,
  ) {
    super(`The sign-in ended: ${code}`);
  }
}
