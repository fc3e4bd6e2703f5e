import assert from 'node:assert/strict';
import { BoxError, UnreachableError } from '../../../../src/box/errors';
import type { SignOutOutcome } from '../../../../src/sessions/lifecycle/signOut';
import type { LiveSession } from '../../../../src/sessions/store/sessionRecord';
import type { FaultyNetwork } from '../../support/faultyNetwork';
import { OPERATIONS } from './faultOperations';
import { errorOf, HOST, outageOf, type Cell, type FaultRow } from './faultTable';
import { messageText } from './faultTexts';
import type { FaultTrial, TrialResult } from './faultTrial';

/** How often the revocation of a pair that was not kept is sent while nothing gets through. */
const DISCARD_REQUESTS = 2;

/** A cell of the table at work. */
export interface Case {
  readonly row: FaultRow;
  readonly cell: Cell;
  readonly trial: FaultTrial;
  readonly network: FaultyNetwork;
}

/** Asserts how an operation ended while its fault lasted: what came out, what was sent, and what is stored. */
export async function assertOutcome(tested: Case, result: TrialResult): Promise<void> {
  const { row, cell, trial } = tested;
  assertSameError(tested, failureOf(tested, result), errorOf(row, cell));
  await assertRequests(tested, result);
  assertStored(tested);
  if (cell.outcome === 'served') assert.deepEqual(result.value, trial.session);
  if (cell.outcome === 'gone' || cell.outcome === 'revoked') {
    assert.equal(await trial.isAlive(trial.session), false);
  }
  assert.equal(trial.window.ended.length, cell.outcome === 'ended' ? 1 : 0, 'times told that it ended');
}

/** Asserts that a request that was sent again did what the first one should have done. */
export async function assertSecondRequest(tested: Case, { value, error, waits }: TrialResult): Promise<void> {
  const { row, cell, trial } = tested;
  assert.equal(waits.length, 1);
  assert.equal(await trial.reached(), outageOf(row) === undefined ? 2 : 1);
  if (cell.spent === true) {
    assert.match(messageText(error), /is no longer valid/);
    assert.deepEqual(trial.records, []);
    return;
  }
  assert.equal(error, undefined);
  await assertDone(trial, value);
}

/** Asserts that everything is as it should be once the fault is over: nothing is lost, nothing is left to do. */
export async function assertMended({ cell, trial }: Case): Promise<void> {
  const { window } = trial;
  await window.sender.sendAll();
  assert.equal(trial.pendingRevocations, 0);
  switch (cell.outcome) {
    case 'none':
      if (trial.id === 'usersMe') assert.equal(await trial.liveRefreshTokens(), 0, 'live unused tokens');
      await assertSignedIn(trial, await trial.act());
      return;
    case 'kept':
    case 'served':
      await assertDone(trial, await trial.act());
      return;
    case 'pending':
    case 'gone':
      assert.deepEqual([trial.records, await trial.isAlive(trial.session)], [[], false]);
      return;
    case 'ended':
    case 'revoked':
    case 'revokedLater':
      assert.equal(await trial.isAlive(trial.session), false);
      await assertSignedIn(trial, await window.signIn());
      assert.equal(trial.records[0]?.id, trial.session.id);
  }
}

/** Asserts that an operation has done what it is for. */
async function assertDone(trial: FaultTrial, value: unknown): Promise<void> {
  const { session } = trial.isSignIn ? { session: undefined } : trial;
  switch (trial.id) {
    case 'exchange':
    case 'usersMe':
      return assertSignedIn(trial, value);
    case 'expired':
    case 'live':
      await assertSignedIn(trial, value);
      assert.equal((value as LiveSession).id, session?.id);
      assert.notEqual((value as LiveSession).pair.accessToken, session?.pair.accessToken);
      assert.deepEqual(trial.window.changedIds(), { added: [], removed: [], changed: [session?.id] });
      return;
    case 'signOut':
      assert.deepEqual([trial.records, trial.pendingRevocations], [[], 0]);
      assert.equal(await trial.isAlive(trial.session), false);
      return;
    case 'revoke':
      assert.deepEqual(trial.records, [{ ...trial.session, pair: null, ended: 'revoked' }]);
      assert.equal(await trial.isAlive(trial.session), false);
  }
}

async function assertSignedIn(trial: FaultTrial, value: unknown): Promise<void> {
  assert.deepEqual(trial.records, [value]);
  assert.equal(await trial.isHonoured(value as LiveSession), true);
}

/** What the operation failed with; for a sign-out or a revocation, why Box could not be told. */
function failureOf({ cell, trial }: Case, { value, error }: TrialResult): unknown {
  if ((trial.id !== 'signOut' && trial.id !== 'revoke') || error !== undefined) return error;
  const outcome = value as SignOutOutcome;
  const isPending = cell.outcome === 'pending' || cell.outcome === 'revokedLater';
  assert.equal(outcome.state, isPending ? 'pending' : 'revoked');
  return outcome.state === 'pending' ? outcome.reason : undefined;
}

function assertSameError({ network }: Case, actual: unknown, expected: Error | undefined): void {
  if (expected === undefined || actual === undefined) {
    assert.equal(actual, expected);
    return;
  }
  assert.ok(actual instanceof Error);
  assert.equal(messageText(actual, network.host, HOST), messageText(expected));
  for (const field of ['name', 'code', 'status', 'error', 'retryAfterMs']) {
    assert.deepEqual(Reflect.get(actual, field), Reflect.get(expected, field), field);
  }
  if (actual instanceof BoxError && !(actual instanceof UnreachableError)) {
    assert.match(actual.requestId ?? '', /^[a-z0-9]{26}$/);
  }
}

async function assertRequests(tested: Case, { waits, timeouts }: TrialResult): Promise<void> {
  const { row, cell, trial, network } = tested;
  if (outageOf(row) !== undefined) {
    const discarding = trial.id === 'usersMe' ? DISCARD_REQUESTS : 0;
    assert.deepEqual([network.attempts, await trial.reached()], [cell.requests + discarding, 0]);
  } else {
    assert.deepEqual([await trial.reached(), waits.length], [cell.requests, cell.requests - 1]);
  }
  const { timeoutMs } = OPERATIONS[trial.id];
  assert.deepEqual(timeouts, row.hangs === true ? Array<number>(cell.requests).fill(timeoutMs) : []);
  for (const wait of waits) assert.ok(wait >= (row.retryAfterMs ?? 0), `a wait of ${wait} ms`);
}

function assertStored({ row, cell, trial }: Case): void {
  const { records } = trial;
  switch (cell.outcome) {
    case 'none': {
      // The pair that was got and not kept: where nothing gets through, it is revoked later.
      const isOut = trial.id === 'usersMe' && outageOf(row) !== undefined;
      assert.deepEqual([records, trial.pendingRevocations], [[], isOut ? 1 : 0]);
      return;
    }
    case 'kept':
    case 'served':
      assert.deepEqual([records, trial.window.changes], [[trial.session], []]);
      return;
    case 'pending':
    case 'gone':
      assert.deepEqual([records, trial.pendingRevocations], [[], cell.outcome === 'pending' ? 1 : 0]);
      return;
    case 'ended':
      assert.deepEqual(records, [{ ...trial.session, pair: null, ended: 'refused' }]);
      return;
    case 'revoked':
    case 'revokedLater':
      assert.deepEqual(records, [{ ...trial.session, pair: null, ended: 'revoked' }]);
      assert.equal(trial.pendingRevocations, cell.outcome === 'revoked' ? 0 : 1);
  }
}
