import type { OAuthError } from '../box/errors';

/** What Box's refusal of a request for a token says of the app, as far as it says anything. */
export type Refusal =
  /** The ID or the secret is wrong; Box does not say which. */
  | 'credentials'
  /** The app may not use this grant: at Box it is of another type. */
  | 'type'
  /** No administrator has authorized the app. */
  | 'authorization'
  /** The credentials are right, and what was sent with them is not: a code that was made up, or the subject. */
  | 'grant'
  | 'subject'
  /** The app may not act as such a subject. */
  | 'subject_type'
  | 'user_tokens'
  /** The ID of the key is not one of the app's. */
  | 'key_id'
  /** The key of this ID is another. */
  | 'signature'
  /** Nothing that is known. */
  | 'unclear';

/** Box's words, which may change; what is told apart by them alone is told as unclear where they do. */
const BY_DESCRIPTION: readonly (readonly [RegExp, Refusal])[] = [
  [/grant type is unauthorized/i, 'type'],
  [/box_subject_type/i, 'subject_type'],
  [/user token|token based on the enterprise configuration/i, 'user_tokens'],
  [/"kid" invalid|lookup correct key/i, 'key_id'],
  [/signature verification/i, 'signature'],
  [/'sub' (claim|specified)/i, 'subject'],
  [/'(exp|nbf|iat|jti|aud|iss)'/i, 'unclear'],
];

/**
 * Reads a refusal of the token endpoint (Box guide on common errors).
 * @param error what a request for a token threw.
 */
export function readRefusal(error: OAuthError): Refusal {
  const { error: code, description = '', status } = error;
  // Without a status it is ours: the code was too old to be sent.
  if (status === undefined) return 'unclear';
  if (code === 'invalid_client') return 'credentials';
  const told = BY_DESCRIPTION.find(([words]) => words.test(description))?.[1];
  if (told !== undefined) return told;
  if (code === 'unauthorized_client') return 'authorization';
  return code === 'invalid_grant' ? 'grant' : 'unclear';
}
