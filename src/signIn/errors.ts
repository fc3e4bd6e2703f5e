import type { SignInMethodName } from './signInMethod';

/** Why a sign-in ended without an authorization code. */
export type SignInErrorCode =
  | 'cancelled'
  | 'timed_out'
  | 'no_port'
  /** The person chose another method while this one waited. */
  | 'other_method'
  /** A pasted code turned out to be another person's. */
  | 'other_account';

/** A sign-in that ended on this side. What Box itself refuses is an OAuthError. */
export class SignInError extends Error {
  override readonly name = 'SignInError';

  /** @param method what the person chose, for `other_method`. */
  constructor(
    readonly code: SignInErrorCode,
    readonly method?: SignInMethodName,
  ) {
    super(`The sign-in ended: ${code}`);
  }
}
