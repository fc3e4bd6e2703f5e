import type { FaultEndpoint } from '../../../emulator/src';

/** What is done while something is wrong. */
export type OperationId = 'exchange' | 'usersMe' | 'expired' | 'live' | 'signOut' | 'revoke';

/** A column of the table. */
export interface Operation {
  readonly name: string;
  /** The same within a sentence. */
  readonly short: string;
  /** The endpoint that is at fault meanwhile. */
  readonly endpoint: FaultEndpoint;
  /** Longest wait for one answer, in ms. */
  readonly timeoutMs: number;
  /** What is seen to once the fault is over. */
  readonly afterwards: string;
}

/** The columns. */
export const OPERATIONS: Readonly<Record<OperationId, Operation>> = {
  exchange: {
    name: 'sign-in: exchange of the code',
    short: 'exchange of the code',
    endpoint: 'token',
    timeoutMs: 12_000,
    afterwards: 'a new sign-in succeeds',
  },
  usersMe: {
    name: 'sign-in: users/me',
    short: 'users/me',
    endpoint: 'usersMe',
    timeoutMs: 15_000,
    afterwards: 'the unused pair is revoked, a new sign-in succeeds',
  },
  expired: {
    name: 'refresh when the token has expired',
    short: 'expired token',
    endpoint: 'token',
    timeoutMs: 12_000,
    afterwards: 'the next request refreshes',
  },
  live: {
    name: 'refresh while the token still lives',
    short: 'living token',
    endpoint: 'token',
    timeoutMs: 12_000,
    afterwards: 'the next request refreshes',
  },
  signOut: {
    name: 'sign-out (revocation)',
    short: 'sign-out',
    endpoint: 'revoke',
    timeoutMs: 15_000,
    afterwards: 'the pending revocation is sent',
  },
  revoke: {
    name: 'Revoke Tokens',
    short: 'Revoke Tokens',
    endpoint: 'revoke',
    timeoutMs: 15_000,
    afterwards: 'the pending revocation is sent',
  },
};

/** The columns' ids, in order. */
export const OPERATION_IDS = Object.keys(OPERATIONS) as OperationId[];
