import { ApiRefusedError, OAuthError } from './errors';

/**
 * Why a token exchange was refused: the subject token is dead, or lacks a scope. Box documents nothing but the status
 * 401 for both (`scope` in the OpenAPI), so it may be either: then a fresh subject token tells.
 */
export type ExchangeRefusal = 'subject_token' | 'scope' | 'either';

const SCOPE_ERRORS = new Set(['insufficient_scope', 'invalid_scope']);
const SUBJECT_TOKEN_ERRORS = new Set(['invalid_token', 'unauthorized']);

/** Reads what was wrong with an exchange out of its error; undefined when it was neither the token nor a scope. */
export function exchangeRefusal(error: unknown): ExchangeRefusal | undefined {
  if (!(error instanceof OAuthError || error instanceof ApiRefusedError)) return undefined;
  if (error.error === undefined) return error.status === 401 ? 'either' : undefined;
  if (SCOPE_ERRORS.has(error.error)) return 'scope';
  return SUBJECT_TOKEN_ERRORS.has(error.error) ? 'subject_token' : undefined;
}
