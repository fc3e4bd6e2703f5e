import {
  ApiRefusedError,
  OAuthError,
  UnexpectedResponseError,
  UnreachableError,
} from '../../../../src/box/errors';
import { SessionError } from '../../../../src/sessions/errors';
import { SEED, type Fault, type FaultEndpoint } from '../../../emulator/src';
import type { Outage } from '../../support/faultyNetwork';
import type { OperationId } from './faultOperations';

/** What becomes of the session. */
export type Outcome =
  /** No session is made, nothing is stored. */
  | 'none'
  /** Stored as before, and the person is told what is wrong. */
  | 'kept'
  /** Stored as before; the old token is given, and nobody needs to be told. */
  | 'served'
  /** Signed out here; the revocation is stored, to be sent later. */
  | 'pending'
  /** Signed out here and at Box. */
  | 'gone'
  /** Kept as one that Box has ended, told once. */
  | 'ended'
  /** Kept as one whose tokens were revoked from here. */
  | 'revoked'
  /** The same, and the revocation is stored, to be sent later. */
  | 'revokedLater';

/** What is expected of one operation during one fault that lasts. */
export interface Cell {
  readonly outcome: Outcome;
  /** How many requests are sent to the operation's endpoint; they reach Box unless an outage is in between. */
  readonly requests: number;
  /** What comes out, where it is not the row's error. */
  readonly error?: Error;
  /** Whether a fault that strikes once already spends the code, though the answer to the second request arrives. */
  readonly spent?: boolean;
}

/** A row of the table. */
export interface FaultRow extends Readonly<Partial<Record<OperationId, Cell>>> {
  /** The fault in plain words. */
  readonly fault: string;
  /** How it is made: on the way to Box, by Box at an endpoint, or by ending the session's tokens at Box. */
  readonly how: Outage | 'tokensEnded' | ((endpoint: FaultEndpoint) => Omit<Fault, 'endpoint' | 'times'>);
  /** The error that comes out. */
  readonly error: Error;
  /** Whether nothing ever comes back. */
  readonly hangs?: boolean;
  /** For how long Box asks to be left alone, in ms. */
  readonly retryAfterMs?: number;
}

const cell =
  (outcome: Outcome) =>
  (requests: number, changes: Partial<Cell> = {}): Cell => ({ outcome, requests, ...changes });
const [none, kept, served] = [cell('none'), cell('kept'), cell('served')];
const [pending, gone, ended] = [cell('pending'), cell('gone'), cell('ended')];
const [revoked, revokedLater] = [cell('revoked'), cell('revokedLater')];

/** The host in the messages of the table. */
export const HOST = 'api.box.com';

const unreachable = (systemCode: string): UnreachableError => new UnreachableError(systemCode, HOST);
const unexpected = (status: number, retryAfterMs?: number): UnexpectedResponseError =>
  new UnexpectedResponseError(status, 'not an OAuth answer', undefined, retryAfterMs);
const refusal = (error: string, status = 400): OAuthError => new OAuthError(error, undefined, status);
const invalidGrant = refusal('invalid_grant');
const answered = (error: OAuthError): FaultRow['how'] => {
  const { status = 400 } = error;
  return () => ({ kind: 'json', status, body: { error: error.error } });
};

/** A session that Box has ended. */
const endedError = new SessionError('ended', SEED.appName, {
  id: 'session',
  origins: { account: 'https://account.box.com', api: `https://${HOST}` },
  clientId: SEED.clientId,
  appName: SEED.appName,
  user: { id: SEED.userId, login: SEED.userLogin, name: SEED.userName },
  account: { id: SEED.userId, label: SEED.userLogin },
  scopes: [],
  signedInAt: 0,
  pair: null,
  ended: 'refused',
});

/** What every operation comes to where each of its requests fails and was not acted upon. */
const eachFails = {
  exchange: none(2),
  usersMe: none(4),
  expired: kept(3),
  live: served(3),
  signOut: pending(2),
  revoke: revokedLater(2),
};

/** The same where the first answer forbids a second request. */
const firstFails = {
  exchange: none(1),
  usersMe: none(1),
  expired: kept(1),
  live: served(1),
  signOut: pending(1),
  revoke: revokedLater(1),
};

/** Faults that pass. Each operation meets each of them, and no session is lost. */
export const PASSING_FAULTS: readonly FaultRow[] = [
  { fault: 'connection refused', how: 'refused', error: unreachable('ECONNREFUSED'), ...eachFails },
  {
    fault: 'connection dropped before Box acted',
    how: () => ({ kind: 'dropBefore' }),
    error: unreachable('ECONNRESET'),
    ...eachFails,
  },
  {
    fault: 'connection dropped after Box acted',
    how: () => ({ kind: 'dropAfter' }),
    error: unreachable('ECONNRESET'),
    ...eachFails,
    exchange: none(2, { spent: true }),
  },
  {
    fault: 'no answer (hung)',
    how: () => ({ kind: 'hang' }),
    hangs: true,
    error: unreachable('TIMEOUT'),
    ...eachFails,
  },
  { fault: '429', how: () => ({ kind: 'status', status: 429 }), error: unexpected(429), ...eachFails },
  {
    fault: '429 with retry-after: 3',
    how: () => ({ kind: 'status', status: 429, headers: { 'retry-after': '3' } }),
    error: unexpected(429, 3000),
    retryAfterMs: 3000,
    ...eachFails,
  },
  {
    fault: '429 with retry-after: 600',
    how: () => ({ kind: 'status', status: 429, headers: { 'retry-after': '600' } }),
    error: unexpected(429, 600_000),
    retryAfterMs: 600_000,
    ...firstFails,
  },
  { fault: '409', how: () => ({ kind: 'status', status: 409 }), error: unexpected(409), ...eachFails },
  { fault: '500', how: () => ({ kind: 'status', status: 500 }), error: unexpected(500), ...eachFails },
  {
    fault: '502 with HTML',
    how: () => ({ kind: 'html', status: 502 }),
    error: unexpected(502),
    ...eachFails,
  },
  {
    fault: '200 with truncated JSON',
    how: (endpoint) =>
      endpoint === 'revoke'
        ? { kind: 'html', status: 200, body: '{"revoked":', committed: true }
        : { kind: 'truncate' },
    error: unexpected(200),
    ...eachFails,
    // The second answer, that the code is spent, is truncated too.
    exchange: none(2, { spent: true, error: unexpected(400) }),
    // RFC 7009 §2.2: the status says it all.
    signOut: gone(1),
    revoke: revoked(1),
  },
  {
    fault: '200 with a missing field',
    how: (endpoint) => ({ kind: 'json', omitFields: [endpoint === 'usersMe' ? 'login' : 'access_token'] }),
    error: unexpected(200),
    ...eachFails,
    exchange: none(2, { spent: true, error: invalidGrant }),
    signOut: gone(1),
    revoke: revoked(1),
  },
  { fault: 'DNS failure', how: 'unresolved', error: unreachable('ENOTFOUND'), ...eachFails },
  {
    fault: 'TLS failure (unknown certificate)',
    how: 'untrusted',
    error: unreachable('DEPTH_ZERO_SELF_SIGNED_CERT'),
    ...eachFails,
  },
];

/** What every operation comes to where Box refuses for a reason that somebody can mend. */
const refused = {
  exchange: none(1),
  expired: kept(1),
  live: served(1),
  signOut: pending(1),
  revoke: revokedLater(1),
};
const refusing = (fault: string, error: OAuthError): FaultRow => ({
  fault,
  how: answered(error),
  error,
  ...refused,
});

/** Answers in which Box says no. */
export const REFUSALS: readonly FaultRow[] = [
  {
    fault: 'code spent or too old (invalid_grant)',
    how: answered(invalidGrant),
    error: invalidGrant,
    exchange: none(1),
  },
  {
    fault: 'tokens ended at Box (invalid_grant, invalid_token)',
    how: 'tokensEnded',
    error: endedError,
    expired: ended(1),
    live: ended(1),
    signOut: gone(1),
    revoke: revoked(1),
  },
  refusing('invalid_client (wrong client ID or secret)', refusal('invalid_client')),
  refusing('access_denied (not for this account)', refusal('access_denied', 403)),
  refusing('unauthorized_client (not authorized by the company)', refusal('unauthorized_client')),
  {
    fault: '401 of users/me',
    how: () => ({ kind: 'status', status: 401 }),
    error: new ApiRefusedError(401, undefined),
    usersMe: none(1),
  },
];

/** What stands between here and Box, if that is the fault. */
export function outageOf({ how }: FaultRow): Outage | undefined {
  return typeof how === 'function' || how === 'tokensEnded' ? undefined : how;
}

/** What a cell's operation fails with, or, for a sign-out, why Box could not be told; undefined where all went well. */
export function errorOf(row: FaultRow, { outcome, error = row.error }: Cell): Error | undefined {
  switch (outcome) {
    case 'none':
    case 'kept':
    case 'pending':
    case 'revokedLater':
    case 'ended':
      return error;
    case 'served':
    case 'gone':
    case 'revoked':
      return undefined;
  }
}
