import assert from 'node:assert/strict';
import { ControlClient, SEED, startEmulator, type Emulator, type Fault, type Switches } from '../src';
import { proofKey, TestClient } from './testClient';

describe('Emulator: control', () => {
  let emulator: Emulator;
  let client: TestClient;
  let control: ControlClient;

  before(async () => {
    emulator = await startEmulator();
    client = new TestClient(emulator);
    control = new ControlClient(emulator.origin);
  });
  after(() => emulator.stop());
  beforeEach(() => control.reset());

  it('starts with switches, which reset puts back to their defaults', async () => {
    const other = await startEmulator({ switches: { accessTtl: 10 } });
    assert.equal((await other.control.issuePair(SEED.clientId, SEED.userId)).expiresIn, 10);
    await other.control.reset();
    assert.equal((await other.control.issuePair(SEED.clientId, SEED.userId)).expiresIn, 3600);
    await other.stop();
  });

  it('starts on a given host and port', async () => {
    const one = await startEmulator({ host: '127.0.0.1' });
    const { port } = new URL(one.origin);
    assert.equal(one.redirectPage, `http://127.0.0.1:${port}/redirect`);
    await assert.rejects(startEmulator({ host: '127.0.0.1', port: Number(port) }), { code: 'EADDRINUSE' });
    await one.stop();
  });

  it('refuses what it does not know', async () => {
    await assert.rejects(
      control.set({ rotations: 'strict' } as Partial<Switches>),
      /No such switch: rotations/,
    );
    await assert.rejects(control.set({ rotation: 'x' } as unknown as Partial<Switches>), /cannot be "x"/);
    await assert.rejects(control.set({ accessTtl: -1 }), /cannot be -1/);
    await assert.rejects(
      control.fault({ endpoint: 'tokens', kind: 'hang' } as unknown as Fault),
      /No such endpoint/,
    );
    await assert.rejects(
      control.fault({ endpoint: 'token', kind: 'x' } as unknown as Fault),
      /No such fault/,
    );
    await assert.rejects(control.putUser({ id: '1', accountState: 'x' as 'ok' }), /No such account state/);
    await assert.rejects(control.issuePair('nobody', SEED.userId), /No such app/);
    await assert.rejects(control.issuePair(SEED.clientId, 'nobody'), /No such user/);
    await assert.rejects(control.configFile('nobody'), /No such app/);
  });

  it('reset forgets users, apps, tokens, faults, requests, counters and the clock', async () => {
    const { accessToken } = await control.issuePair(SEED.clientId, SEED.userId);
    await control.putUser({ id: '1', login: 'new@example.com' });
    await control.putUser({ id: SEED.userId, name: 'Changed' });
    await control.removeUser(SEED.personalUserId);
    await control.putApp({ clientId: SEED.clientId, clientSecret: 'changed' });
    await control.fault({ endpoint: 'usersMe', kind: 'status', times: -1 });
    await control.advanceClock(86_400_000);
    await client.meStatus(accessToken);
    await control.reset();
    assert.deepEqual(await control.tokenInfo(accessToken), { kind: 'unknown', live: false });
    assert.deepEqual(await control.requests(), []);
    assert.deepEqual(new Set(Object.values(await control.counters())), new Set([0]));
    await assert.rejects(control.issuePair(SEED.clientId, '1'));
    const { access_token: token } = await client.signIn({ login: SEED.personalUserLogin });
    const { status, headers } = await client.get('/2.0/users/me', token);
    assert.equal(status, 200);
    assert.ok(Math.abs(Date.parse(headers.get('date') ?? '') - Date.now()) < 5000);
  });

  it('changes a user and an app in part', async () => {
    await control.putUser({ id: SEED.userId, name: 'Dana R.' });
    await control.putApp({ clientId: SEED.clientId, scopes: ['root_readonly'] });
    const { access_token: token } = await client.signIn();
    const { body } = await client.get<{ name: string; login: string }>('/2.0/users/me', token);
    assert.deepEqual([body.name, body.login], ['Dana R.', SEED.userLogin]);
    assert.deepEqual((await control.tokenInfo(token)).scopes, ['root_readonly']);
  });

  it('removes an app', async () => {
    const pair = await client.signIn();
    await control.removeApp(SEED.clientId);
    assert.equal((await client.refresh(pair.refresh_token)).body.error, 'invalid_client');
  });

  it('tells what a token is', async () => {
    await control.freezeClock();
    const pair = await client.signIn();
    const access = await control.tokenInfo(pair.access_token);
    const refresh = await control.tokenInfo(pair.refresh_token);
    assert.deepEqual(
      [access.kind, access.live, access.userId, access.clientId],
      ['access', true, SEED.userId, SEED.clientId],
    );
    assert.deepEqual([refresh.kind, refresh.live, refresh.pairId], ['refresh', true, access.pairId]);
    assert.equal((refresh.expiresAt ?? 0) - (access.expiresAt ?? 0), (60 * 24 - 1) * 3_600_000);
    assert.deepEqual(await control.tokenInfo('unknown'), { kind: 'unknown', live: false });
  });

  it('stops, moves and restores the clock', async () => {
    const time = async (): Promise<number> => {
      await client.meStatus('unknown');
      return (await control.requests()).at(-1)?.time ?? 0;
    };
    await control.freezeClock();
    const frozen = await time();
    await control.advanceClock(1000);
    assert.equal(await time(), frozen + 1000);
    await control.realClock();
    assert.ok(Math.abs((await time()) - Date.now()) < 5000);
  });

  it('records requests by name, with values for authorize alone', async () => {
    const { verifier, challenge } = proofKey();
    const code = await client.code({ parameters: { code_challenge: challenge } });
    await client.exchange(code, { code_verifier: verifier });
    const [authorize] = await control.requests({ endpoint: 'authorize' });
    assert.equal(authorize?.query?.['code_challenge'], challenge);
    assert.equal(authorize.clientId, SEED.clientId);
    const requests = await control.requests({ grantType: 'authorization_code' });
    assert.equal(requests.length, 1);
    const { seq, time, userAgent, ...rest } = requests[0] ?? { seq: 0, time: 0, userAgent: null };
    assert.ok(seq > 1 && time > 0 && userAgent !== null);
    assert.deepEqual(rest, {
      endpoint: 'token',
      method: 'POST',
      path: '/oauth2/token',
      grantType: 'authorization_code',
      clientId: SEED.clientId,
      clientAuth: 'post',
      status: 200,
      parameters: ['client_id', 'client_secret', 'grant_type', 'code', 'code_verifier'],
      cookies: [],
      query: null,
    });
    assert.equal(JSON.stringify(requests).includes(verifier), false);
  });

  it('does not record itself', async () => {
    await control.counters();
    assert.deepEqual(await control.requests(), []);
  });

  it('shows a client that keeps the cookies of the token endpoint', async () => {
    await fetch(`${emulator.origin}/2.0/users/me`, { headers: { cookie: 'bv=1; cn=1' } });
    assert.deepEqual((await control.requests())[0]?.cookies, ['bv', 'cn']);
  });

  it('knows every secret', async () => {
    const { verifier, challenge } = proofKey();
    const code = await client.code({ parameters: { code_challenge: challenge } });
    const { body: pair } = await client.exchange(code, { code_verifier: verifier });
    const { body: next } = await client.refresh(pair.refresh_token);
    const { body: narrow } = await client.post('/oauth2/token', {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: next.access_token,
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      scope: 'item_preview',
    });
    await client.token({ client_secret: 'a wrong secret', assertion: 'an assertion' });
    const issued = await control.issuePair(SEED.clientId, SEED.userId);
    const secrets = new Set(await control.issuedSecrets());
    const expected = [
      ...[code, verifier, pair.access_token, pair.refresh_token, next.access_token, next.refresh_token],
      ...[narrow.access_token, issued.accessToken, issued.refreshToken, 'a wrong secret', 'an assertion'],
      ...[SEED.clientSecret, SEED.jwtClientSecret, SEED.ccgClientSecret],
    ];
    assert.deepEqual(
      expected.filter((secret) => !secrets.has(secret)),
      [],
    );
    assert.equal(secrets.has(''), false);
  });
});
