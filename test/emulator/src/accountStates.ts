import { clientError } from './clientError';
import type { EmulatorRequest } from './http';
import { oauthError } from './oauthError';
import { Refusal } from './refusal';
import type { AccountState, EmulatorUser } from './types';

/** What an account state does: at the token endpoint, at the API, and in the browser. */
interface Consequence {
  readonly token: readonly [status: number, error: string, description: string];
  readonly api?: readonly [status: number, code: string];
  /** The browser ends on a Box page, on the Disabled page, or back at the app with an error. */
  readonly browser: 'page' | 'disabled' | 'redirect' | 'login';
}

const CONSEQUENCES: Record<Exclude<AccountState, 'ok'>, Consequence> = {
  'terms-required': {
    token: [400, 'terms_of_service_required', 'The user must accept the terms of service'],
    api: [400, 'terms_of_service_required'],
    browser: 'page',
  },
  'password-reset': {
    token: [400, 'password_reset_required', 'The user must reset the password'],
    api: [400, 'password_reset_required'],
    browser: 'page',
  },
  'device-denied': {
    token: [400, 'unauthorized_device', 'This device is not permitted'],
    browser: 'redirect',
  },
  'app-disabled': {
    token: [400, 'unauthorized_client', 'This app is not authorized by the enterprise admin'],
    browser: 'disabled',
  },
  inactive: { token: [401, 'unauthorized', 'This account is not active'], browser: 'login' },
  'location-blocked': {
    token: [403, 'access_from_location_blocked', 'Access from this location is blocked'],
    api: [403, 'access_from_location_blocked'],
    browser: 'page',
  },
  'ip-blocked': {
    token: [403, 'error_access_from_ip_not_allowed', 'Access from this address is not allowed'],
    api: [403, 'error_access_from_ip_not_allowed'],
    browser: 'page',
  },
  'trial-ended': {
    token: [400, 'no_credit_card_trial_ended', 'The trial of this account has ended'],
    browser: 'page',
  },
  'service-blocked': { token: [400, 'service_blocked', 'The service is blocked'], browser: 'page' },
  'grace-period-expired': {
    token: [403, 'grace_period_expired', 'The grace period has expired'],
    browser: 'page',
  },
  'access-denied': { token: [403, 'access_denied', 'Access is denied'], browser: 'redirect' },
  'rate-limited': {
    token: [429, 'temporarily_unavailable', 'Too many requests'],
    api: [429, 'rate_limit_exceeded'],
    browser: 'redirect',
  },
};

/** Every account state. */
export const ACCOUNT_STATES = ['ok', ...Object.keys(CONSEQUENCES)] as readonly AccountState[];

const RETRY = { 'retry-after': '1' };

/** What a user's state does; undefined when all is well. A user whose `status` is `inactive` counts as such. */
function consequenceOf(user: EmulatorUser): Consequence | undefined {
  if (isInactive(user)) return CONSEQUENCES.inactive;
  return user.accountState === 'ok' ? undefined : CONSEQUENCES[user.accountState];
}

/** Throws the token endpoint's error for the state of a user's account. */
export function demandTokenAccess(user: EmulatorUser): void {
  const consequence = consequenceOf(user);
  if (consequence === undefined) return;
  const [status, error, description] = consequence.token;
  throw oauthError(error, description, status, status === 429 ? RETRY : {});
}

/** Whether a user was deactivated, which ends every token as if it were invalid. */
export const isInactive = (user: EmulatorUser): boolean =>
  user.status === 'inactive' || user.accountState === 'inactive';

/** Throws the API's error for the state of a user's account. */
export function demandApiAccess(request: EmulatorRequest, user: EmulatorUser): void {
  const api = consequenceOf(user)?.api;
  if (api === undefined) return;
  const [status, code] = api;
  throw new Refusal(clientError(request, status, code, code, status === 429 ? RETRY : {}));
}

/** How the browser meets the state of a user's account: the code to show or redirect with, and where. */
export function browserConsequence(
  user: EmulatorUser,
):
  | { readonly where: Consequence['browser']; readonly error: string; readonly description: string }
  | undefined {
  const consequence = consequenceOf(user);
  if (consequence === undefined) return undefined;
  const [, error, description] = consequence.token;
  return { where: consequence.browser, error, description };
}
