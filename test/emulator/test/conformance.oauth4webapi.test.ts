import assert from 'node:assert/strict';
import * as oauth from 'oauth4webapi';
import { SEED, startEmulator, Visitor, type Emulator } from '../src';

// eslint-disable-next-line @typescript-eslint/no-deprecated -- the emulator speaks HTTP on loopback only
const INSECURE = { [oauth.allowInsecureRequests]: true };
const REDIRECT_URI = 'http://127.0.0.1:24160/callback';

describe('oauth4webapi as a strict client of the emulator', () => {
  const client: oauth.Client = { client_id: SEED.clientId };
  const secretPost = oauth.ClientSecretPost(SEED.clientSecret);
  let emulator: Emulator;
  let server: oauth.AuthorizationServer;

  before(async () => {
    emulator = await startEmulator();
    const issuer = new URL(emulator.origin);
    const discovered = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...INSECURE });
    server = await oauth.processDiscoveryResponse(issuer, discovered);
  });
  after(() => emulator.stop());
  beforeEach(() => emulator.control.reset());

  async function authorize(decision: 'grant' | 'deny', verifier: string): Promise<URLSearchParams> {
    const url = new URL(server.authorization_endpoint ?? '');
    url.search = new URLSearchParams({
      response_type: 'code',
      client_id: client.client_id,
      redirect_uri: REDIRECT_URI,
      state: 'expected',
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    }).toString();
    const location = await new Visitor().authorize(url.href, SEED.userLogin, decision);
    return oauth.validateAuthResponse(server, client, new URL(location), 'expected');
  }

  async function signIn(authentication = secretPost): Promise<oauth.TokenEndpointResponse> {
    const verifier = oauth.generateRandomCodeVerifier();
    const callback = await authorize('grant', verifier);
    const answer = await oauth.authorizationCodeGrantRequest(
      server,
      client,
      authentication,
      callback,
      REDIRECT_URI,
      verifier,
      INSECURE,
    );
    return oauth.processAuthorizationCodeResponse(server, client, answer);
  }

  it('discovers the fields of Box and none that Box lacks', () => {
    assert.equal(server.issuer, emulator.origin);
    assert.deepEqual(server.code_challenge_methods_supported, ['S256']);
    assert.deepEqual(server.grant_types_supported, ['authorization_code', 'refresh_token']);
    const absent = ['registration_endpoint', 'scopes_supported', 'jwks_uri', 'introspection_endpoint'];
    assert.deepEqual(
      absent.filter((name) => name in server),
      [],
    );
  });

  it('completes the code flow with the secret in the body', async () => {
    const tokens = await signIn();
    assert.equal(tokens.token_type, 'bearer');
    assert.equal(tokens.expires_in, 3600);
    assert.equal((await emulator.control.requests({ endpoint: 'token' }))[0]?.clientAuth, 'post');
  });

  it('completes the code flow with HTTP Basic', async () => {
    const tokens = await signIn(oauth.ClientSecretBasic(SEED.clientSecret));
    assert.ok(tokens.refresh_token);
    assert.equal((await emulator.control.requests({ endpoint: 'token' }))[0]?.clientAuth, 'basic');
  });

  it('reads a denial', async () => {
    await assert.rejects(
      authorize('deny', oauth.generateRandomCodeVerifier()),
      (error) => error instanceof oauth.AuthorizationResponseError && error.error === 'access_denied',
    );
  });

  it('refreshes', async () => {
    const { refresh_token: refreshToken = '' } = await signIn();
    const answer = await oauth.refreshTokenGrantRequest(server, client, secretPost, refreshToken, INSECURE);
    const tokens = await oauth.processRefreshTokenResponse(server, client, answer);
    assert.notEqual(tokens.refresh_token, refreshToken);
  });

  it('reads the error of the token endpoint', async () => {
    const answer = await oauth.refreshTokenGrantRequest(server, client, secretPost, 'unknown', INSECURE);
    await assert.rejects(
      oauth.processRefreshTokenResponse(server, client, answer),
      (error) => error instanceof oauth.ResponseBodyError && error.error === 'invalid_grant',
    );
  });

  it('revokes, and meets a 400 when it revokes again', async () => {
    const { refresh_token: token = '' } = await signIn();
    const revoke = (): Promise<Response> =>
      oauth.revocationRequest(server, client, secretPost, token, INSECURE);
    await oauth.processRevocationResponse(await revoke());
    await assert.rejects(
      oauth.processRevocationResponse(await revoke()),
      (error) => error instanceof oauth.ResponseBodyError && error.error === 'invalid_token',
    );
  });

  it('calls the API and reads the challenge of a 401', async () => {
    const me = new URL(`${emulator.origin}/2.0/users/me`);
    const call = (token: string): Promise<Response> =>
      oauth.protectedResourceRequest(token, 'GET', me, undefined, undefined, INSECURE);
    assert.equal((await call((await signIn()).access_token)).status, 200);
    await assert.rejects(call('unknown'), (error) => {
      assert.ok(error instanceof oauth.WWWAuthenticateChallengeError);
      assert.equal(error.cause[0]?.parameters.error, 'invalid_token');
      return true;
    });
  });
});
