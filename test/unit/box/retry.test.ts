import assert from 'node:assert/strict';
import { OAuthError, UnexpectedResponseError, UnreachableError } from '../../../src/box/errors';
import { retrying, type RetryPolicy } from '../../../src/box/retry';
import { observeWaits, type Observed } from '../support/waits';
import { FakeClock } from '../support/fakeClock';

const POLICY: RetryPolicy = { attempts: 4, baseDelayMs: 1000, maxDelayMs: 10_000 };
const LOST = new UnreachableError('ECONNRESET', 'api.box.com');
const slowDown = (retryAfterMs?: number): Error =>
  new UnexpectedResponseError(429, 'try again later', undefined, retryAfterMs);

describe('retrying', () => {
  let clock: FakeClock;
  let attempts: number;

  beforeEach(() => {
    clock = new FakeClock();
    attempts = 0;
  });

  /** Fails with each of the errors in turn, then gives `done`. */
  const failing = (
    errors: readonly Error[],
    { policy = POLICY, random = 0.5 } = {},
    signal?: AbortSignal,
  ): Promise<string> =>
    retrying(
      () => {
        const error = errors[attempts];
        attempts++;
        return error === undefined ? Promise.resolve('done') : Promise.reject(error);
      },
      policy,
      { clock, random: () => random, signal },
    );
  const driven = (...parameters: Parameters<typeof failing>): Promise<Observed<string>> =>
    observeWaits(clock, failing(...parameters));

  it('gives the first success at once', async () => {
    assert.deepEqual(await driven([]), { waits: [], value: 'done' });
    assert.equal(attempts, 1);
  });

  it('waits twice as long before each further attempt', async () => {
    assert.deepEqual(await driven([LOST, LOST, LOST]), { waits: [1000, 2000, 4000], value: 'done' });
    assert.equal(attempts, 4);
  });

  for (const [random, wait] of [
    [0, 750],
    [0.5, 1000],
    [0.9, 1200],
  ] as const) {
    it(`spreads its waits by a quarter: chance ${random} waits ${wait} ms`, async () => {
      const { waits } = await driven([LOST], { random });
      assert.deepEqual(waits.map(Math.round), [wait]);
    });
  }

  it('throws the last error when the attempts are used up', async () => {
    const last = new UnreachableError('ETIMEDOUT', 'api.box.com');
    const { error, waits } = await driven([LOST, LOST, LOST, last]);
    assert.equal(error, last);
    assert.equal(waits.length, 3);
  });

  it('throws an error that asking again would not change, at once', async () => {
    const refused = new OAuthError('invalid_grant', 'Invalid refresh token', 400);
    assert.deepEqual(await driven([refused]), { waits: [], error: refused });
    assert.equal(attempts, 1);
  });

  it('stops at such an error after a lost answer', async () => {
    const refused = new OAuthError('invalid_grant', 'Invalid refresh token', 400);
    assert.equal((await driven([LOST, refused])).error, refused);
    assert.equal(attempts, 2);
  });

  for (const [asked, waited] of [
    [undefined, 1000],
    [0, 1000],
    [500, 1000],
    [5000, 5000],
    [10_000, 10_000],
  ] as const) {
    it(`waits ${waited} ms where Box asks for ${String(asked)}`, async () => {
      assert.deepEqual(await driven([slowDown(asked)]), { waits: [waited], value: 'done' });
    });
  }

  it('gives up where Box asks for a longer wait than it has', async () => {
    const error = slowDown(10_001);
    assert.deepEqual(await driven([error]), { waits: [], error });
  });

  it('ends its wait when it is aborted, with the reason, and leaves no timer', async () => {
    const aborter = new AbortController();
    const operation = failing([LOST], {}, aborter.signal);
    await clock.timer();
    aborter.abort(new Error('cancelled by Dana'));
    await assert.rejects(operation, { message: 'cancelled by Dana' });
    assert.deepEqual([attempts, clock.pending], [1, []]);
  });

  it('throws the reason when it was aborted during an attempt, be it the last', async () => {
    const aborter = new AbortController();
    const operation = retrying(
      () => {
        aborter.abort(new Error('cancelled by Dana'));
        return Promise.reject(LOST);
      },
      { ...POLICY, attempts: 1 },
      { clock, random: () => 0, signal: aborter.signal },
    );
    await assert.rejects(operation, { message: 'cancelled by Dana' });
  });
});
