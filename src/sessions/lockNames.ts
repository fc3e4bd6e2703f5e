/** Name of the lock under which accounts are given their ids and labels. */
export const ACCOUNTS_LOCK = 'accounts';

/** Name of the lock under which sessions of one user with one app are entered. It is taken before that of a session. */
export function signInLock(clientId: string, userId: string): string {
  return `sign-in-${clientId}-${userId}`;
}

/** Name of the lock of one session. */
export function sessionLock(sessionId: string): string {
  return `session-${sessionId}`;
}
