import assert from 'node:assert/strict';
import type { TokenPair } from '../../../../src/sessions/store/sessionRecord';
import { TokenExpiry } from '../../../../src/sessions/tokens/tokenExpiry';
import { FakeClock } from '../../support/fakeClock';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

describe('TokenExpiry', () => {
  let clock: FakeClock;
  let expiry: TokenExpiry;

  beforeEach(() => {
    clock = new FakeClock();
    expiry = new TokenExpiry(clock);
  });

  const pair = (expiresIn = 3600): TokenPair => ({
    accessToken: 'access',
    refreshToken: 'refresh',
    expiresIn,
    issuedAt: clock.now(),
  });

  const due: [number, number, boolean][] = [
    [3600, 55 * MINUTE_MS - 1, false],
    [3600, 55 * MINUTE_MS + 1, true],
    [5, 4499, false],
    [5, 4501, true],
    [100_000, 99_700_000 - 1, false],
    [100_000, 99_700_000 + 1, true],
  ];
  for (const [expiresIn, age, isDue] of due) {
    it(`of ${expiresIn} s is ${isDue ? '' : 'not '}due after ${age} ms`, () => {
      const token = pair(expiresIn);
      clock.jump(age);
      assert.equal(expiry.isDue(token), isDue);
    });
  }

  it('counts the time that the machine slept, which the monotonic clock may not have', () => {
    const token = pair();
    expiry.left(token);
    clock.wallError = 2 * HOUR_MS;
    assert.ok(expiry.left(token) <= 0);
  });

  it('takes a clock that was set forward for time that has passed', () => {
    const token = pair();
    clock.wallError = HOUR_MS;
    assert.equal(expiry.isDue(token), true);
  });

  it('hands out no dead token because the clock was set back', () => {
    const token = pair();
    expiry.left(token);
    clock.jump(50 * MINUTE_MS);
    clock.wallError = -20 * MINUTE_MS;
    assert.equal(expiry.left(token), 10 * MINUTE_MS);
    clock.jump(11 * MINUTE_MS);
    assert.ok(expiry.left(token) <= 0);
  });

  it('takes a refused token for ended, and no other', () => {
    const [refused, other] = [pair(), { ...pair(), accessToken: 'other' }];
    expiry.left(refused);
    expiry.reject(refused);
    assert.ok(expiry.left(refused) <= 0);
    assert.deepEqual([expiry.isDue(refused), expiry.isTooShortToCopy(refused)], [true, true]);
    assert.equal(expiry.left(other), HOUR_MS);
  });

  it('remembers a refused token while many others come', () => {
    const refused = pair();
    expiry.left(refused);
    for (let count = 0; count < 500; count++) expiry.left({ ...refused, accessToken: String(count) });
    expiry.reject(refused);
    for (let count = 0; count < 600; count++) expiry.left({ ...refused, accessToken: `more ${count}` });
    assert.ok(expiry.left(refused) <= 0);
  });

  it('trusts no token that was issued in the future, and one that was issued a moment ahead', () => {
    const token = pair();
    clock.wallError = -HOUR_MS;
    assert.equal(expiry.isDue(token), true);
    clock.wallError = -30_000;
    assert.equal(new TokenExpiry(clock).isDue(token), false);
  });
});
