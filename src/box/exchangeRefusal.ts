import { ApiRefusedError, OAuthError } from './errors';

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
 */
export type ExchangeRefusal = 'subject_token' | 'scope' | 'either' | 'resource' | 'grant' | 'request';

const BY_ERROR: ReadonlyMap<string, ExchangeRefusal> = new Map([
  ['insufficient_scope', 'scope'],
  ['invalid_scope', 'scope'],
  ['invalid_token', 'subject_token'],
  ['unauthorized', 'subject_token'],
  ['invalid_resource', 'resource'],
  ['not_found', 'resource'],
  ['invalid_grant', 'grant'],
  ['invalid_request', 'request'],
]);
const BY_STATUS: ReadonlyMap<number, ExchangeRefusal> = new Map([
  [401, 'either'],
  [403, 'resource'],
  [404, 'resource'],
]);
/** About an annotator’s assertion (Box guide: troubleshooting JWT) or the type of the app, and not about the exchange. */
const ABOUT_APP = /grant type is unauthorized|'(?:exp|iat|nbf|jti|aud|iss|sub)'|\bkid\b|signature/i;

/** Reads what was wrong with an exchange out of its error; undefined when it was something else. */
export function exchangeRefusal(error: unknown): ExchangeRefusal | undefined {
  if (!(error instanceof OAuthError || error instanceof ApiRefusedError)) return undefined;
  if (error.error === undefined) return BY_STATUS.get(error.status ?? 0);
  if (error instanceof OAuthError && ABOUT_APP.test(error.description ?? '')) return undefined;
  return BY_ERROR.get(error.error);
}
