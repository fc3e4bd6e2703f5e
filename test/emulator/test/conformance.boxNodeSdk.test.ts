import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
import { BoxClient } from 'box-node-sdk';
import { BoxCcgAuth, BoxJwtAuth, BoxOAuth, CcgConfig, JwtConfig, OAuthConfig } from 'box-node-sdk/box';
import { BaseUrls, BoxRetryStrategy, NetworkSession } from 'box-node-sdk/networking';
import { ROOT_ENTRIES } from '../src/folderItems';
import { SEED, startEmulator, type Emulator } from '../src';
import { TestClient } from './testClient';

describe('box-node-sdk as a client of the emulator', () => {
  let emulator: Emulator;
  let client: TestClient;
  let session: NetworkSession;

  before(async () => {
    emulator = await startEmulator();
    client = new TestClient(emulator);
    const { origin } = emulator;
    const oauth2Url = `${origin}/api/oauth2`;
    const baseUrls = new BaseUrls({ baseUrl: origin, uploadUrl: `${origin}/api`, oauth2Url });
    session = new NetworkSession({
      baseUrls,
      retryStrategy: new BoxRetryStrategy({ retryBaseInterval: 0.01 }),
    });
  });
  after(() => emulator.stop());
  beforeEach(() => emulator.control.reset());

  const oauth = (): BoxOAuth =>
    new BoxOAuth({ config: new OAuthConfig({ clientId: SEED.clientId, clientSecret: SEED.clientSecret }) });

  const signedIn = async (): Promise<BoxOAuth> => {
    const auth = oauth();
    await auth.getTokensAuthorizationCodeGrant(await client.code(), session);
    return auth;
  };

  const sdkError = (text: string) => (error: Error) => {
    assert.equal(error.name, 'BoxApiError');
    assert.match(error.message, new RegExp(text));
    return true;
  };

  it('exchanges a code from an authorize URL that the SDK built', async () => {
    const built = new URL(
      oauth().getAuthorizeUrl({ redirectUri: client.redirectUri, state: 'from the sdk' }),
    );
    const code = await client.code({ parameters: Object.fromEntries(built.searchParams) });
    const token = await oauth().getTokensAuthorizationCodeGrant(code, session);
    assert.equal(token.tokenType, 'bearer');
    assert.equal(token.expiresIn, 3600);
    assert.match(token.accessToken ?? '', /^[A-Za-z0-9]{32}$/);
    assert.match(token.refreshToken ?? '', /^[A-Za-z0-9]{64}$/);
    assert.deepEqual(token.restrictedTo, []);
  });

  it('reads the current user, with and without fields', async () => {
    const box = new BoxClient({ auth: await signedIn(), networkSession: session });
    const standard = await box.users.getUserMe();
    assert.equal(standard.name, SEED.userName);
    assert.equal(standard.login, SEED.userLogin);
    assert.equal(standard.enterprise, undefined);
    assert.equal(standard.createdAt?.value instanceof Date, true);
    const full = await box.users.getUserMe({
      fields: ['enterprise', 'role', 'hostname', 'is_platform_access_only'],
    });
    assert.deepEqual([full.enterprise?.id, full.enterprise?.name], [SEED.enterpriseId, SEED.enterpriseName]);
    assert.equal(full.role, 'admin');
    assert.equal(full.createdAt, undefined);
  });

  it('lists the root folder, whole and in pages', async () => {
    const box = new BoxClient({ auth: await signedIn(), networkSession: session });
    const all = await box.folders.getFolderItems('0');
    const names = (items: typeof all): unknown[] =>
      items.entries?.map(({ type, name }) => [type, name]) ?? [];
    const expected = ROOT_ENTRIES.map(({ type, name }) => [type, name]);
    assert.deepEqual([all.totalCount, all.offset, all.limit, names(all)], [4, 0, 100, expected]);
    const page = await box.folders.getFolderItems('0', { queryParams: { offset: 1, limit: 2 } });
    assert.deepEqual([page.totalCount, page.offset, page.limit], [4, 1, 2]);
    assert.deepEqual(names(page), expected.slice(1, 3));
    assert.deepEqual((await box.folders.getFolderItems('7000000001')).entries, []);
  });

  it('refreshes, and refreshes by itself after a 401', async () => {
    const auth = await signedIn();
    const before = await auth.retrieveToken(session);
    const refreshed = await auth.refreshToken(session);
    assert.notEqual(refreshed.accessToken, before.accessToken);
    await emulator.control.expireAccessTokens();
    const box = new BoxClient({ auth, networkSession: session });
    assert.equal((await box.users.getUserMe()).id, SEED.userId);
    assert.equal((await emulator.control.counters()).refreshes, 2);
  });

  it('reads the error of a dead refresh token', async () => {
    const auth = await signedIn();
    await emulator.control.revokeUser(SEED.userId);
    await assert.rejects(auth.refreshToken(session), sdkError('400.*invalid_grant.*Invalid refresh token'));
  });

  it('revokes', async () => {
    const auth = await signedIn();
    const { accessToken = '', refreshToken = '' } = await auth.retrieveToken(session);
    await auth.revokeToken(session);
    assert.equal((await emulator.control.tokenInfo(accessToken)).live, false);
    assert.equal((await emulator.control.tokenInfo(refreshToken)).live, false);
  });

  it('downscopes to scopes and an item', async () => {
    const auth = await signedIn();
    const scopes = ['item_preview', 'item_download'];
    const token = await auth.downscopeToken(
      scopes,
      'https://api.box.com/2.0/files/12345',
      undefined,
      session,
    );
    assert.equal(token.issuedTokenType, 'urn:ietf:params:oauth:token-type:access_token');
    assert.equal(token.refreshToken, undefined);
    const restricted = token.restrictedTo?.map(({ scope, object }) => [scope, object?.type, object?.id]);
    assert.deepEqual(
      restricted,
      scopes.map((scope) => [scope, 'file', '12345']),
    );
  });

  it('downscopes to a shared link', async () => {
    const auth = await signedIn();
    const link = 'https://app.box.com/s/abcdefghij';
    const token = await auth.downscopeToken(['item_preview'], undefined, link, session);
    assert.match(token.accessToken ?? '', /^1!/);
    assert.equal(token.restrictedTo?.[0]?.object?.type, 'file');
  });

  it('gets a service account and a user by client credentials', async () => {
    const config = { clientId: SEED.ccgClientId, clientSecret: SEED.ccgClientSecret };
    const service = new BoxCcgAuth({ config: new CcgConfig({ ...config, enterpriseId: SEED.enterpriseId }) });
    const account = await new BoxClient({ auth: service, networkSession: session }).users.getUserMe();
    assert.match(account.login ?? '', /^AutomationUser_\d+_[a-z0-9]+@boxdevedition\.com$/);
    const user = new BoxCcgAuth({ config: new CcgConfig({ ...config, userId: SEED.userId }) });
    assert.equal(
      (await new BoxClient({ auth: user, networkSession: session }).users.getUserMe()).id,
      SEED.userId,
    );
  });

  it('gets a service account and a user by JWT, from a config.json with an encrypted key', async () => {
    const text = JSON.stringify(await emulator.control.configFile(SEED.jwtClientId));
    const auth = new BoxJwtAuth({ config: JwtConfig.fromConfigJsonString(text) });
    const token = await auth.retrieveToken(session);
    assert.match(token.accessToken ?? '', /^1!/);
    assert.equal(token.refreshToken, undefined);
    const account = await new BoxClient({ auth, networkSession: session }).users.getUserMe();
    assert.match(account.login ?? '', /^AutomationUser_/);
    const asUser = new BoxClient({ auth: auth.withUserSubject(SEED.userId), networkSession: session });
    assert.equal((await asUser.users.getUserMe()).login, SEED.userLogin);
  });

  it('acts as another user with As-User', async () => {
    const config = new CcgConfig({
      clientId: SEED.ccgClientId,
      clientSecret: SEED.ccgClientSecret,
      enterpriseId: SEED.enterpriseId,
    });
    const box = new BoxClient({ auth: new BoxCcgAuth({ config }), networkSession: session });
    assert.equal((await box.withAsUserHeader(SEED.userId).users.getUserMe()).id, SEED.userId);
  });

  it('reads an avatar', async () => {
    const box = new BoxClient({ auth: await signedIn(), networkSession: session });
    const picture = await buffer(await box.avatars.getUserAvatar(SEED.userId));
    assert.deepEqual([...picture.subarray(0, 3)], [0xff, 0xd8, 0xff]);
  });
});
