import { subjectOf, type BoxApp } from '../../apps/app';
import { isLive, type LiveSession, type SessionRecord } from './sessionRecord';

/** An account as VS Code names it. */
export interface AccountReference {
  readonly id: string;
  readonly label: string;
}

/** Whether a session came from an app's entry in the settings: its client ID, acting as the same subject. */
export function isOfApp({ clientId, subject }: SessionRecord, app: BoxApp): boolean {
  const wanted = subjectOf(app);
  return clientId === app.clientId && subject?.type === wanted?.type && subject?.id === wanted?.id;
}

/** Sessions of one account, or all when none is named. */
export function ofAccount<T extends SessionRecord>(
  sessions: readonly T[],
  account: AccountReference | undefined,
): readonly T[] {
  return account === undefined ? sessions : sessions.filter((session) => session.account.id === account.id);
}

/**
 * Whether a session serves a request for these scopes: one asked for without scopes has everything that the app has
 * and serves any; any serves a request without scopes.
 */
export function serves(session: SessionRecord, scopes: readonly string[]): boolean {
  return session.scopes.length === 0 || scopes.every((scope) => session.scopes.includes(scope));
}

/** The session that can do most: one without named scopes, else the one with most, else the newest. */
export function widest<T extends SessionRecord>(sessions: readonly T[]): T | undefined {
  return sessions.toSorted((a, b) => width(b) - width(a) || b.signedInAt - a.signedInAt)[0];
}

/** The session that can do least. */
function narrowest<T extends SessionRecord>(sessions: readonly T[]): T | undefined {
  return sessions.toSorted((a, b) => width(a) - width(b) || b.signedInAt - a.signedInAt)[0];
}

function width({ scopes }: SessionRecord): number {
  return scopes.length === 0 ? Infinity : scopes.length;
}

/**
 * What answers a request of another extension: for each account the one session that serves it with least privilege,
 * or for a request without scopes its widest. One for each, so that nobody is asked to choose between two sessions
 * of the same account.
 */
export function answersTo(
  sessions: readonly SessionRecord[],
  scopes: readonly string[],
  account: AccountReference | undefined,
): readonly LiveSession[] {
  const serving = ofAccount(sessions, account)
    .filter(isLive)
    .filter((session) => serves(session, scopes));
  return accountsOf(serving)
    .map((each) => (scopes.length === 0 ? widest : narrowest)(ofAccount(serving, each)))
    .filter((session) => session !== undefined);
}

/** The accounts that the sessions belong to, each once, in order. */
export function accountsOf(sessions: readonly SessionRecord[]): readonly AccountReference[] {
  return [...new Map(sessions.map(({ account }) => [account.id, account])).values()];
}
