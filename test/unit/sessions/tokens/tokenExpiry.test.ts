import assert from 'node:assert/strict';
import type { TokenPair } from '../../../../src/sessions/store/sessionRecord';
import { TokenLife } from '../../../../src/sessions/tokens/tokenExpiry';
import { FakeClock } from '../../support/fakeClock';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

describe('TokenLife', () => {
  let clock: FakeClock;
  let life: TokenLife;

  beforeEach(() => {
    clock = new FakeClock();
    life = new TokenLife(clock);
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
      assert.equal(life.isDue(token), isDue);
    });
  }

  it('counts the time that the machine slept, which the monotonic clock may not have', () => {
    const token = pair();
    life.left(token);
    clock.wallError = 2 * HOUR_MS;
    assert.ok(life.left(token) <= 0);
  });

  it('takes a clock that was set forward for time that has passed', () => {
    const token = pair();
    clock.wallError = HOUR_MS;
    assert.equal(life.isDue(token), true);
  });

  it('hands out no dead token because the clock was set back', () => {
    const token = pair();
    life.left(token);
    clock.jump(50 * MINUTE_MS);
    clock.wallError = -20 * MINUTE_MS;
    assert.equal(life.left(token), 10 * MINUTE_MS);
    clock.jump(11 * MINUTE_MS);
    assert.ok(life.left(token) <= 0);
  });

  it('takes a refused token for ended, and no other', () => {
    const [refused, other] = [pair(), { ...pair(), accessToken: 'other' }];
    life.left(refused);
    life.reject(refused);
    assert.ok(life.left(refused) <= 0);
    assert.deepEqual([life.isDue(refused), life.isTooShortToCopy(refused)], [true, true]);
    assert.equal(life.left(other), HOUR_MS);
  });

  it('remembers a refused token while many others come', () => {
    const refused = pair();
    life.left(refused);
    for (let count = 0; count < 500; count++) life.left({ ...refused, accessToken: String(count) });
    life.reject(refused);
    for (let count = 0; count < 600; count++) life.left({ ...refused, accessToken: `more ${count}` });
    assert.ok(life.left(refused) <= 0);
  });

  it('trusts no token that was issued in the future, and one that was issued a moment ahead', () => {
    const token = pair();
    clock.wallError = -HOUR_MS;
    assert.equal(life.isDue(token), true);
    clock.wallError = -30_000;
    assert.equal(new TokenLife(clock).isDue(token), false);
  });
});
