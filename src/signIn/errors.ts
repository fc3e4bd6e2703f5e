/** Why a sign-in ended without an authorization code. */
export type SignInErrorCode =
  'cancelled' | 'timed_out' | 'browser_not_opened' | 'method_unavailable' | 'no_port';

/** A sign-in that ended on this side. What Box itself refuses is an OAuthError. */
export class SignInError extends Error {
  override readonly name = 'SignInError';

  constructor(readonly code: SignInErrorCode) {
    super(`The sign-in ended: ${code}`);
  }
}
