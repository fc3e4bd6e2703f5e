import { json, type Reply } from './http';
import { Refusal } from './refusal';

/** An error of the token or revoke endpoint (RFC 6749 §5.2); Box answers nearly all of them with status 400. */
export const oauthError = (
  error: string,
  description: string,
  status = 400,
  headers: Reply['headers'] = {},
): Refusal => new Refusal(json(status, { error, error_description: description }, headers));

/** `invalid_request` (RFC 6749 §5.2). */
export const invalidRequest = (description: string): Refusal => oauthError('invalid_request', description);

/** `invalid_grant` (RFC 6749 §5.2). */
export const invalidGrant = (description: string): Refusal => oauthError('invalid_grant', description);

/** `invalid_client` (RFC 6749 §5.2). */
export const invalidClient = (): Refusal =>
  oauthError('invalid_client', 'The client credentials are invalid');

/** The `invalid_request` for a parameter that must be there, in Box's words. */
export const missingParameter = (name: string): Refusal =>
  invalidRequest(`Missing parameter. "${name}" is required`);
