import assert from 'node:assert/strict';
import { SEED, startEmulator, type Emulator } from '../src';
import { TestClient, type TokenBody } from './testClient';

const INVALID_TOKEN = { error: 'invalid_token', error_description: 'The supplied token is invalid' };

describe('Emulator: revocation', () => {
  let emulator: Emulator;
  let client: TestClient;
  let pair: TokenBody;

  before(async () => {
    emulator = await startEmulator();
    client = new TestClient(emulator);
  });
  after(() => emulator.stop());
  beforeEach(async () => {
    await emulator.control.reset();
    pair = await client.signIn();
  });

  const live = async (token: string): Promise<boolean> => (await emulator.control.tokenInfo(token)).live;

  const downscoped = async (): Promise<string> => {
    const { body } = await client.post('/oauth2/token', {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: pair.access_token,
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      scope: 'item_preview',
    });
    return body.access_token;
  };

  for (const name of ['access_token', 'refresh_token'] as const) {
    it(`ends both tokens by the ${name}, with an empty 200`, async () => {
      const { status, text } = await client.revoke(pair[name]);
      assert.deepEqual([status, text], [200, '']);
      assert.deepEqual([await live(pair.access_token), await live(pair.refresh_token)], [false, false]);
      assert.equal(
        (await client.refresh(pair.refresh_token)).body.error_description,
        'Invalid refresh token',
      );
      assert.equal((await emulator.control.counters()).revocations, 1);
      assert.equal((await emulator.control.counters()).refreshReuse, 0);
    });
  }

  it('answers 400 to an unknown, a dead and an expired token', async () => {
    assert.deepEqual((await client.revoke('unknown')).body, INVALID_TOKEN);
    await client.revoke(pair.refresh_token);
    const { status, body } = await client.revoke(pair.refresh_token);
    assert.deepEqual([status, body], [400, INVALID_TOKEN]);
    const other = await client.signIn();
    await emulator.control.expireAccessTokens();
    assert.deepEqual((await client.revoke(other.access_token)).body, INVALID_TOKEN);
    assert.equal((await client.revoke(other.refresh_token)).status, 200);
  });

  it('revokes by a refresh token whose access token has expired', async () => {
    await emulator.control.expireAccessTokens();
    assert.equal((await client.revoke(pair.refresh_token)).status, 200);
    assert.equal(await live(pair.refresh_token), false);
  });

  it('names a missing client id and refuses a wrong secret', async () => {
    const token = pair.access_token;
    const { status, body } = await client.post('/oauth2/revoke', { token });
    assert.equal(status, 400);
    assert.equal(body.error_description, 'Client id was not found in the headers or body');
    const wrong = new TestClient(emulator, SEED.clientId, 'wrong');
    assert.equal((await wrong.revoke(token)).body.error, 'invalid_client');
    assert.equal(await live(token), true);
  });

  it("does not revoke another client's token", async () => {
    const other = new TestClient(emulator, SEED.ccgClientId, SEED.ccgClientSecret);
    assert.deepEqual((await other.revoke(pair.access_token)).body, INVALID_TOKEN);
    assert.equal(await live(pair.access_token), true);
  });

  it('ends an unconfirmed pair together with the one that it would replace', async () => {
    const { body: pending } = await client.refresh(pair.refresh_token);
    await client.revoke(pair.refresh_token);
    assert.equal(await live(pending.refresh_token), false);
    const other = await client.signIn();
    const { body: newer } = await client.refresh(other.refresh_token);
    await client.revoke(newer.access_token);
    assert.equal(await live(other.access_token), false);
  });

  it('revokes a downscoped token alone', async () => {
    const child = await downscoped();
    assert.equal((await client.revoke(child)).status, 200);
    assert.deepEqual([await live(child), await live(pair.access_token)], [false, true]);
  });

  it('refuses to revoke a downscoped token where that is not allowed, and leaves it alive', async () => {
    await emulator.control.set({ childRevocation: 'refused' });
    const child = await downscoped();
    const { status, body } = await client.revoke(child);
    const refusal = { error: 'invalid_request', error_description: 'The client is invalid' };
    assert.deepEqual([status, body], [400, refusal]);
    assert.deepEqual([await live(child), (await emulator.control.counters()).revocations], [true, 0]);
    assert.equal((await client.revoke(pair.access_token)).status, 200);
  });

  it('ends a downscoped token with its parent also where it cannot be revoked by itself', async () => {
    await emulator.control.set({ childRevocation: 'refused', revokeScope: 'pair+children' });
    const child = await downscoped();
    await client.revoke(pair.refresh_token);
    assert.equal(await live(child), false);
    assert.deepEqual((await client.revoke(child)).body, INVALID_TOKEN);
  });

  const scopes = [
    ['pair', true, true],
    ['pair+children', false, true],
    ['user+app', false, false],
  ] as const;
  for (const [revokeScope, childLives, siblingLives] of scopes) {
    it(`${revokeScope}: downscoped ${childLives ? 'lives' : 'ends'}, other sign-in ${siblingLives ? 'lives' : 'ends'}`, async () => {
      await emulator.control.set({ revokeScope });
      const sibling = await client.signIn();
      const stranger = await client.signIn({ login: SEED.personalUserLogin });
      const child = await downscoped();
      await client.revoke(pair.refresh_token);
      assert.deepEqual([await live(child), await live(sibling.access_token)], [childLives, siblingLives]);
      assert.equal(await live(stranger.access_token), true);
    });
  }

  it('ends everything of a user who removes the app', async () => {
    await emulator.control.revokeUser(SEED.userId);
    assert.equal((await client.refresh(pair.refresh_token)).body.error, 'invalid_grant');
    assert.equal(await client.meStatus(pair.access_token), 401);
  });
});
