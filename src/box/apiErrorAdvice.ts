import { withoutTokens } from '../common/errorText';
import type { Challenge } from './protocol';
import { requiredScopes, type ApiRequest } from './requiredScopes';
import { retryAfterMs } from './retryAfter';

/** What is known of an answer by which Box's API refused a call; it may have come from anywhere. */
export interface Refusal {
  /** HTTP status. */
  readonly status: number;
  /** The `WWW-Authenticate` header, as often as it was sent. Box leaves it out at times. */
  readonly wwwAuthenticate?: string | readonly string[] | null | undefined;
  /** `code` of Box's `ClientError` body. Box sends many refusals without a body. */
  readonly code?: string | null | undefined;
  /** The `retry-after` header: seconds or a date (RFC 9110 §10.2.3). */
  readonly retryAfter?: string | null | undefined;
  /** The call that was refused. */
  readonly request?: ApiRequest | undefined;
}

/** Codes of a refusal that only a person can mend, in the account, at the company or at the place of work. */
export const PERSONAL_STATES = [
  'access_denied',
  'access_denied_insufficient_permissions',
  'access_from_location_blocked',
  'error_access_from_ip_not_allowed',
  'forbidden_by_policy',
  'grace_period_expired',
  'no_credit_card_trial_ended',
  'password_reset_required',
  'service_blocked',
  'terms_of_service_required',
  'unauthorized_device',
  'user_email_confirmation_required',
] as const;

/** One of {@link PERSONAL_STATES}. */
export type PersonalState = (typeof PERSONAL_STATES)[number];

/** What to do after a refusal. */
export type ApiErrorAdvice =
  | { readonly action: 'refreshAndRetryOnce' }
  /** `scopes` is empty where neither Box nor the call tells which one is missing. */
  | { readonly action: 'askForScopes'; readonly scopes: readonly string[] }
  | { readonly action: 'askPerson'; readonly state: PersonalState }
  /** For `milliseconds`, absent where Box does not say. */
  | { readonly action: 'wait'; readonly milliseconds?: number }
  /** Nothing about the session would help. */
  | { readonly action: 'none' };

/** Longest header that is read, in characters: longer ones are no server's that means well. */
const MAX_HEADER_LENGTH = 8192;

/**
 * Reads a refusal of Box's API as RFC 6750 §3.1 and Box's guide on errors have it: 401 wants another token once, 403
 * never does. Never throws, whatever the refusal holds.
 * @param now in ms since the epoch.
 */
export async function adviceOnApiError(refusal: Refusal, now: number): Promise<ApiErrorAdvice> {
  const { status, request } = refusal;
  const bearer = await bearerChallenge(refusal.wwwAuthenticate);
  const errors = [textOf(bearer?.parameters.error), textOf(refusal.code)];
  const state = PERSONAL_STATES.find((each) => errors.includes(each));
  if (state !== undefined) return { action: 'askPerson', state };
  if (isBusy(status)) return wait(refusal.retryAfter, now);
  if (errors.includes('insufficient_scope')) {
    const named = textOf(bearer?.parameters.scope).split(' ').filter(isScope);
    return {
      action: 'askForScopes',
      scopes: named.length > 0 ? [...new Set(named)] : requiredScopes(request),
    };
  }
  // To a call without a token, or with a malformed one, another token makes no difference.
  if (status === 401 && !errors.includes('invalid_request')) return { action: 'refreshAndRetryOnce' };
  return { action: 'none' };
}

/** A refusal for the log, without the query of the call. */
export function refusalText({ status, code, request }: Refusal): string {
  const reason = /^\w{1,64}$/.test(textOf(code)) ? ` (${code})` : '';
  if (request === undefined || !URL.canParse(request.url)) return `HTTP status ${status}${reason}`;
  const { host, pathname } = new URL(request.url);
  const method = /^[A-Za-z]{1,10}$/.exec(request.method)?.[0] ?? 'a call of';
  return `HTTP status ${status}${reason} for ${method} ${host}${withoutTokens(pathname)}`;
}

async function bearerChallenge(header: Refusal['wwwAuthenticate']): Promise<Challenge | undefined> {
  const text = Array.isArray(header) ? header.filter(isText).join(', ') : textOf(header);
  if (text === '' || text.length > MAX_HEADER_LENGTH) return undefined;
  const { challengesOf } = await import('./requests');
  const bearers = (await challengesOf(text)).filter(({ scheme }) => scheme === 'bearer');
  return bearers.find(({ parameters }) => parameters.error !== undefined) ?? bearers[0];
}

function isBusy(status: number): boolean {
  return status === 429 || (status >= 500 && status < 600);
}

function wait(retryAfter: Refusal['retryAfter'], now: number): ApiErrorAdvice {
  const milliseconds = retryAfterMs(textOf(retryAfter), now);
  return milliseconds === undefined ? { action: 'wait' } : { action: 'wait', milliseconds };
}

/** RFC 6749 §3.3, and no longer than any of Box's. */
function isScope(text: string): boolean {
  return /^[\x21\x23-\x5b\x5d-\x7e]{1,64}$/.test(text);
}

/** Refusals come from extensions whose compiler may not have looked at them. */
function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function textOf(value: unknown): string {
  return isText(value) ? value : '';
}
