import type { SignInMethodSetting } from '../apps/settings';
import type { AuthorizationResponse } from './callback/callback';

/** How an authorization code comes back. */
export type SignInMethodName = Exclude<SignInMethodSetting, 'auto'>;

/** One use of a method: what to send to Box, and what comes back. */
export interface PreparedSignIn {
  /** Fixed for the method: Box compares it with the registered ones, character by character. */
  readonly redirectUri: string;
  /** Carries the nonce, alone or within the callback URI. */
  readonly state: string;
  /** Settles when the answer of the sign-in with this nonce has arrived by itself, which it may never do. */
  readonly response: Promise<AuthorizationResponse>;
  /** Whether the person is asked at once to paste the answer. They can always do so when they want to. */
  readonly isPasted?: boolean;
  /** Releases everything. Safe to call at any time, and more than once. */
  dispose(): void;
}

/** A sign-in method. Each lives in a file of its own. */
export interface SignInMethod {
  readonly name: SignInMethodName;
  /** The redirect URIs that an app must have registered for this method. */
  redirectUris(): readonly string[];
  /** Gets ready for one sign-in, which the nonce identifies. */
  prepare(nonce: string): Promise<PreparedSignIn>;
}
