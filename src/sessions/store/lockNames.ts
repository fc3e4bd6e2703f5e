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

/** Name of the lock under which the record of the tokens made from a session is changed. */
export function childrenLock(sessionId: string): string {
  return `children-${sessionId}`;
}

/** Name of the lock under which those tokens are revoked. It is taken before that of their record. */
export function childrenSendingLock(sessionId: string): string {
  return `children-sending-${sessionId}`;
}
