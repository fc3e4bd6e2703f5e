import { ApiRefusedError, OAuthError } from './errors';

/** What Box's refusal of a request for a token says of the app, as far as it says anything. */
export type AppRefusal =
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
  /** The assertion is of another time, by Box's clock. */
  | 'time'
  /** Something else is wrong with the assertion. */
  | 'assertion'
  /** Nothing that is known. */
  | 'unclear';

/** Box's words, which may change; what is told apart by them alone is told as unclear where they do. */
const BY_DESCRIPTION: readonly (readonly [RegExp, AppRefusal])[] = [
  [/grant type is unauthorized/i, 'type'],
  [/box_sub_type|box_subject_type/i, 'subject_type'],
  [/user token|token based on the enterprise configuration/i, 'user_tokens'],
  [/signature/i, 'signature'],
  [/\bkid\b|lookup correct key/i, 'key_id'],
  [/'sub' (?:claim|specified)/i, 'subject'],
  [/'(?:exp|nbf|iat)'/i, 'time'],
  [/'(?:jti|aud|iss|sub)'/i, 'assertion'],
];

/** Reads what a refusal of the token endpoint says of the app that asked (Box guide on common errors). */
export function appRefusal({ error, description = '', status }: OAuthError): AppRefusal {
  // Without a status it is ours: the code was too old to be sent.
  if (status === undefined) return 'unclear';
  if (error === 'invalid_client') return 'credentials';
  const told = toldBy(description);
  // A parameter that is missing or misspelled says nothing of what the app may do.
  if (told !== undefined && !(told === 'subject_type' && error === 'invalid_request')) return told;
  if (error === 'unauthorized_client') return 'authorization';
  return error === 'invalid_grant' ? 'grant' : 'unclear';
}

function toldBy(description: string): AppRefusal | undefined {
  return BY_DESCRIPTION.find(([words]) => words.test(description))?.[1];
}

/**
 * Why a token exchange was refused:
 * - `subject_token`: the token that was exchanged is dead.
 * - `scope`: it lacks a scope.
 * - `either`: one of these. Box documents nothing but the status 401 for both (`scope` in the OpenAPI); a fresh subject
 *   token tells.
 * - `resource`: the file, folder or shared link does not exist, or the account has no access to it. Box answers with
 *   `invalid_resource`, or as its API does.
 * - `grant`: for no reason that Box documents; the subject token may be dead.
 * - `request`: likewise, but for one that lies in what was asked for.
 * - `app_type`: apps of its type may exchange no token.
 * - `assertion`: the assertion about an annotator, or the key that signed it (Box guide: troubleshooting JWT).
 */
export type ExchangeRefusal =
  'subject_token' | 'scope' | 'either' | 'resource' | 'grant' | 'request' | 'app_type' | 'assertion';

const BY_ERROR: ReadonlyMap<string, ExchangeRefusal> = new Map([
  ['insufficient_scope', 'scope'],
  ['invalid_scope', 'scope'],
  ['invalid_token', 'subject_token'],
  ['unauthorized', 'subject_token'],
  ['invalid_resource', 'resource'],
  ['not_found', 'resource'],
  ['forbidden', 'resource'],
  ['access_denied_insufficient_permissions', 'resource'],
  ['invalid_grant', 'grant'],
  ['invalid_request', 'request'],
]);
const BY_STATUS: ReadonlyMap<number, ExchangeRefusal> = new Map([
  [401, 'either'],
  [403, 'resource'],
  [404, 'resource'],
]);
/** What is told by a description, and lies in neither the token, the scopes nor the resource. */
const BY_WORDS: ReadonlyMap<AppRefusal | undefined, ExchangeRefusal> = new Map([
  ['type', 'app_type'],
  ['key_id', 'assertion'],
  ['signature', 'assertion'],
  ['subject', 'assertion'],
  ['time', 'assertion'],
  ['assertion', 'assertion'],
]);

/** Reads what was wrong with an exchange out of its error; undefined when it was something else. */
export function exchangeRefusal(error: unknown): ExchangeRefusal | undefined {
  if (!(error instanceof OAuthError || error instanceof ApiRefusedError)) return undefined;
  if (error.error === undefined) return BY_STATUS.get(error.status ?? 0);
  const told = error instanceof OAuthError ? BY_WORDS.get(toldBy(error.description ?? '')) : undefined;
  return told ?? BY_ERROR.get(error.error);
}
