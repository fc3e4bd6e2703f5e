import * as vscode from 'vscode';
import {
  endOf,
  isLive,
  isRenewable,
  isServiceAccount,
  lifeLeft,
  type SessionRecord,
} from '../../sessions/store/sessionRecord';
import type { AccountAccess } from '../../terminal/terminalHost';
import { duration, timeOfDay } from '../messages/time';

/** Who an account is: the login, or what a service account is of, which has a login that nobody can read. */
export function whoIs(session: SessionRecord): string {
  if (isServiceAccount(session)) return vscode.l10n.t('Service account of {0}', session.appName);
  return session.user.login;
}

/** Where the account belongs. */
export function enterpriseOf({ user: { enterprise } }: SessionRecord): string {
  if (enterprise === undefined) return vscode.l10n.t('Personal account');
  return vscode.l10n.t('Enterprise: {0}', enterprise.name || enterprise.id);
}

/** The app, or that there is none to name. */
export function appOf(session: SessionRecord): string {
  if (isRenewable(session)) return vscode.l10n.t('App: {0}', session.appName);
  return vscode.l10n.t('Developer token: temporary, can’t be refreshed');
}

/** What was asked for at sign-in. */
export function scopesOf({ scopes }: SessionRecord): string {
  if (scopes.length === 0) return vscode.l10n.t('Scopes: everything the app has');
  return vscode.l10n.t('Scopes: {0}', scopes.join(', '));
}

/** What Box restricts the session's tokens to; undefined where it says nothing of it. */
export function restrictedToOf({ pair }: SessionRecord): string | undefined {
  const restrictions = (pair?.restrictedTo ?? []).map(({ scope, object }) =>
    object ? `${scope} (${object.type} ${object.name ?? object.id})` : scope,
  );
  return restrictions.length === 0 ? undefined : vscode.l10n.t('Limited to: {0}', restrictions.join(', '));
}

/** How long the access token still works, at `now` in ms since the epoch. */
export function timeLeftOf(session: SessionRecord, now: number): string {
  if (!isLive(session)) return whyEnded(session);
  const left = lifeLeft(session.pair, now);
  if (left <= 0 && !isRenewable(session)) return whyEnded({ ...session, ended: 'expired' });
  if (left <= 0) return vscode.l10n.t('The access token will be refreshed the next time it’s used.');
  const until = timeOfDay(endOf(session.pair), now);
  return isRenewable(session)
    ? vscode.l10n.t('Access token: {0} left, until {1}', duration(left), until)
    : vscode.l10n.t('Access token: at most {0} left, until {1}', duration(left), until);
}

/** What programs in terminals have had of the account; nothing while they have no access. */
export function terminalsOf({ given, isAllowed }: AccountAccess): readonly string[] {
  return given > 0 || isAllowed
    ? [vscode.l10n.t('Tokens given to terminals in this window: {0}', given)]
    : [];
}

/** The last characters of the access token, by which a person knows it again and nobody can use it. */
export function maskedToken(session: SessionRecord): string | undefined {
  return isLive(session)
    ? vscode.l10n.t('Token: {0}', `••••${session.pair.accessToken.slice(-4)}`)
    : undefined;
}

const CELLS = 12;

/** The rest of the access token's life as a bar, at `now` in ms since the epoch; none for a token that has ended. */
export function lifeBar(session: SessionRecord, now: number): string | undefined {
  if (!isLive(session)) return undefined;
  const left = lifeLeft(session.pair, now);
  if (left <= 0) return undefined;
  const full = Math.max(1, Math.min(CELLS, Math.round((CELLS * left) / (session.pair.expiresIn * 1000))));
  return '▰'.repeat(full) + '▱'.repeat(CELLS - full);
}

/** Everything there is to know about an account, a line each: who wants to report something can copy it. */
export function detailLines(session: SessionRecord, now: number): readonly string[] {
  const { user, account, clientId, signedInAt } = session;
  return [
    user.login,
    enterpriseOf(session) + (user.enterprise === undefined ? '' : ` (${user.enterprise.id})`),
    isRenewable(session) ? `${appOf(session)} (${clientId})` : appOf(session),
    scopesOf(session),
    ...[restrictedToOf(session)].filter((line) => line !== undefined),
    timeLeftOf(session, now),
    ...[maskedToken(session)].filter((line) => line !== undefined),
    vscode.l10n.t('Signed in: {0}', timeOfDay(signedInAt, now)),
    vscode.l10n.t('Box user ID: {0}', user.id),
    vscode.l10n.t('Account in VS Code: {0}', account.label),
  ];
}

function whyEnded({ ended }: SessionRecord): string {
  if (ended === 'expired') return vscode.l10n.t('The developer token has expired. Add a new one.');
  return vscode.l10n.t('The session has ended. Sign in again. The app is still configured.');
}
