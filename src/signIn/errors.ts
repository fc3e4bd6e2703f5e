import type { SignInMethodName } from './signInMethod';

/** Why a sign-in ended without an authorization code. */
export type SignInErrorCode =
  | 'cancelled'
  | 'timed_out'
  /** None of the ports of the setting `localServerPorts` can be used. */
  | 'no_port'
  /** The person chose another method while this one waited. */
  | 'other_method'
  /** A pasted code turned out to be another person's. */
  | 'other_account';

/** A sign-in that ended on this side. What Box itself refuses is an OAuthError. */
export class SignInError extends Error {
  override readonly name = 'SignInError';

  /** What the person chose, for `other_method`. */
  readonly method: SignInMethodName | undefined;
  /** What was tried, for `no_port`. */
  readonly ports: readonly number[];

  constructor(
    readonly code: SignInErrorCode,
    { method, ports = [] }: { readonly method?: SignInMethodName; readonly ports?: readonly number[] } = {},
  ) {
    super(`The sign-in ended: ${code}`);
    this.method = method;
    this.ports = ports;
  }
}
