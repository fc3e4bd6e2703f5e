import assert from 'node:assert/strict';
import { SEED, startEmulator, type Emulator } from '../src';
import { TestClient, type TokenBody } from './testClient';

describe('Emulator: refresh token rotation', () => {
  let emulator: Emulator;
  let client: TestClient;
  let first: TokenBody;

  before(async () => {
    emulator = await startEmulator();
    client = new TestClient(emulator);
  });
  after(() => emulator.stop());
  beforeEach(async () => {
    await emulator.control.reset();
    await emulator.control.freezeClock();
    first = await client.signIn();
  });

  const refreshed = async (token: string): Promise<TokenBody> => {
    const answer = await client.refresh(token);
    assert.equal(answer.status, 200, answer.text);
    return answer.body;
  };
  const refused = async (token: string, description = 'Invalid refresh token'): Promise<void> => {
    const { status, body } = await client.refresh(token);
    assert.deepEqual([status, body], [400, { error: 'invalid_grant', error_description: description }]);
  };
  const live = async (...tokens: string[]): Promise<boolean[]> =>
    Promise.all(tokens.map(async (token) => (await emulator.control.tokenInfo(token)).live));

  describe('confirm-on-use', () => {
    it('keeps the old pair alive until the new one is used', async () => {
      const second = await refreshed(first.refresh_token);
      assert.notEqual(second.access_token, first.access_token);
      assert.equal(await client.meStatus(first.access_token), 200);
      assert.deepEqual(await live(first.refresh_token, second.access_token, second.refresh_token), [
        true,
        true,
        true,
      ]);
    });

    it('repeats the pending pair with what is left of its life', async () => {
      const second = await refreshed(first.refresh_token);
      await emulator.control.advanceClock(600_500);
      const repeated = await refreshed(first.refresh_token);
      assert.equal(repeated.access_token, second.access_token);
      assert.equal(repeated.refresh_token, second.refresh_token);
      assert.deepEqual([second.expires_in, repeated.expires_in], [3600, 2999]);
      const { refreshes, refreshRepeats, refreshReuse, refreshRequests } = await emulator.control.counters();
      assert.deepEqual([refreshes, refreshRepeats, refreshReuse, refreshRequests], [1, 1, 0, 2]);
    });

    it('answers twenty simultaneous refreshes with one pair', async () => {
      const all = await Promise.all(Array.from({ length: 20 }, () => refreshed(first.refresh_token)));
      assert.equal(new Set(all.map((pair) => pair.refresh_token)).size, 1);
      assert.equal((await emulator.control.counters()).refreshes, 1);
    });

    it('ends the old pair at the first API call with the new access token', async () => {
      const second = await refreshed(first.refresh_token);
      assert.equal(await client.meStatus(second.access_token), 200);
      assert.equal(await client.meStatus(first.access_token), 401);
      await refused(first.refresh_token);
      assert.equal((await emulator.control.counters()).refreshReuse, 1);
    });

    it('ends the old pair at the first refresh with the new refresh token', async () => {
      const second = await refreshed(first.refresh_token);
      const third = await refreshed(second.refresh_token);
      assert.deepEqual(await live(first.access_token, first.refresh_token), [false, false]);
      assert.deepEqual(await live(second.access_token, third.access_token), [true, true]);
    });

    it('counts a token exchange as a use', async () => {
      const second = await refreshed(first.refresh_token);
      const exchange = {
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token: second.access_token,
        subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        scope: 'item_preview',
      };
      assert.equal((await client.post('/oauth2/token', exchange)).status, 200);
      assert.deepEqual(await live(first.access_token), [false]);
    });

    it('does not end the new pair when the dead token is replayed', async () => {
      const second = await refreshed(first.refresh_token);
      await client.meStatus(second.access_token);
      await refused(first.refresh_token);
      assert.equal(await client.meStatus(second.access_token), 200);
      await refreshed(second.refresh_token);
    });

    it('does not take tokenInfo for a use', async () => {
      const second = await refreshed(first.refresh_token);
      await emulator.control.tokenInfo(second.access_token);
      assert.equal((await refreshed(first.refresh_token)).access_token, second.access_token);
    });

    it('replaces a pending pair that ran out unused', async () => {
      const second = await refreshed(first.refresh_token);
      await emulator.control.advanceClock(3_600_000);
      const replaced = await refreshed(first.refresh_token);
      assert.notEqual(replaced.access_token, second.access_token);
      assert.equal(replaced.expires_in, 3600);
      assert.deepEqual(await live(second.refresh_token), [false]);
    });

    it('recovers a lost answer by the same refresh token', async () => {
      const { control } = emulator;
      await control.fault({ endpoint: 'token', grantType: 'refresh_token', kind: 'dropAfter' });
      await assert.rejects(client.refresh(first.refresh_token));
      await refreshed(first.refresh_token);
      const { refreshes, refreshRepeats } = await control.counters();
      assert.deepEqual([refreshes, refreshRepeats], [1, 1]);
    });
  });

  describe('strict', () => {
    beforeEach(() => emulator.control.set({ rotation: 'strict' }));

    it('ends the old refresh token at once and the old access token at the first use of the new', async () => {
      const second = await refreshed(first.refresh_token);
      await refused(first.refresh_token);
      assert.equal(await client.meStatus(first.access_token), 200);
      assert.equal(await client.meStatus(second.access_token), 200);
      assert.equal(await client.meStatus(first.access_token), 401);
      assert.equal((await emulator.control.counters()).refreshReuse, 1);
    });
  });

  describe('grace-window', () => {
    beforeEach(() => emulator.control.set({ rotation: 'grace-window', graceSeconds: 20 }));

    it('repeats the new pair for the window, used or not, and then ends the old one', async () => {
      const second = await refreshed(first.refresh_token);
      assert.equal(await client.meStatus(second.access_token), 200);
      await emulator.control.advanceClock(19_999);
      assert.equal((await refreshed(first.refresh_token)).refresh_token, second.refresh_token);
      await emulator.control.advanceClock(1);
      await refused(first.refresh_token);
      assert.equal(await client.meStatus(first.access_token), 401);
      assert.equal(await client.meStatus(second.access_token), 200);
    });
  });

  describe('distinct', () => {
    beforeEach(() => emulator.control.set({ rotation: 'distinct' }));

    it('gives a new pair each time until one of them is used', async () => {
      const pairs = [await refreshed(first.refresh_token), await refreshed(first.refresh_token)];
      const [one, other] = pairs.map((pair) => pair.access_token);
      assert.notEqual(one, other);
      assert.equal(await client.meStatus(other ?? ''), 200);
      await refused(first.refresh_token);
      assert.equal(await client.meStatus(one ?? ''), 200);
    });
  });

  describe('lifetimes', () => {
    it('ends an access token at its expiry', async () => {
      await emulator.control.advanceClock(3_599_999);
      assert.equal(await client.meStatus(first.access_token), 200);
      await emulator.control.advanceClock(1);
      assert.equal(await client.meStatus(first.access_token), 401);
    });

    it('ends a refresh token after 60 days, and starts them anew at each refresh', async () => {
      const day = 86_400_000;
      await emulator.control.advanceClock(60 * day - 1);
      const second = await refreshed(first.refresh_token);
      await emulator.control.advanceClock(60 * day - 1);
      const third = await refreshed(second.refresh_token);
      await emulator.control.advanceClock(60 * day);
      await refused(third.refresh_token, 'Refresh token has expired');
      assert.equal((await emulator.control.counters()).refreshReuse, 0);
    });

    it('says of a used token that it expired, when told to', async () => {
      await emulator.control.set({ refreshErrorText: 'Refresh token has expired' });
      await client.meStatus((await refreshed(first.refresh_token)).access_token);
      await refused(first.refresh_token, 'Refresh token has expired');
    });

    it('lengthens expires_in by the jitter, and lives as long as it says', async () => {
      await emulator.control.set({ expiresInJitter: 575 });
      const lives = await Promise.all(
        Array.from({ length: 30 }, async () => {
          const pair = await emulator.control.issuePair(SEED.clientId, SEED.userId);
          const { expiresAt = 0 } = await emulator.control.tokenInfo(pair.accessToken);
          assert.equal(expiresAt - (await now()), pair.expiresIn * 1000);
          return pair.expiresIn;
        }),
      );
      assert.ok(lives.every((life) => life >= 3600 && life <= 4175));
      assert.ok(new Set(lives).size > 1);
    });

    it('expires tokens on demand', async () => {
      await emulator.control.expireAccessTokens();
      assert.deepEqual(await live(first.access_token, first.refresh_token), [false, true]);
      await emulator.control.expireRefreshTokens();
      await refused(first.refresh_token, 'Refresh token has expired');
    });
  });

  it('refuses the refresh token of another client', async () => {
    await emulator.control.putApp({ clientId: 'otherclient', clientSecret: 'othersecret' });
    const other = new TestClient(emulator, 'otherclient', 'othersecret');
    assert.equal((await other.refresh(first.refresh_token)).body.error_description, 'Invalid refresh token');
  });

  it('names a refresh without a refresh token', async () => {
    const { body } = await client.token({ grant_type: 'refresh_token' });
    assert.deepEqual(body, {
      error: 'invalid_request',
      error_description: 'No "refresh_token" parameter found',
    });
  });

  const now = async (): Promise<number> => {
    const date = (await client.get('/2.0/users/me', 'unknown')).headers.get('date') ?? '';
    const last = (await emulator.control.requests()).at(-1);
    assert.ok(Math.abs(Date.parse(date) - (last?.time ?? 0)) < 1000);
    return last?.time ?? 0;
  };
});
