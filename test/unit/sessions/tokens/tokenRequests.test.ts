import assert from 'node:assert/strict';
import { JWT_ALGORITHMS } from '../../../../src/box/jwtAlgorithms';
import type { LiveSession } from '../../../../src/sessions/store/sessionRecord';
import { TokenRequests } from '../../../../src/sessions/tokens/tokenRequests';
import { SEED } from '../../../emulator/src';
import { useEmulatedBox } from '../../support/emulatedBox';
import { SERVER_KINDS, ServerSessions } from '../../support/serverSessions';
import { SessionWindow, useMachine } from '../../support/sessionWindow';

describe('TokenRequests', () => {
  const box = useEmulatedBox();
  const machine = useMachine();
  let window: SessionWindow;
  let tokenRequests: TokenRequests;

  beforeEach(async () => {
    window = new SessionWindow(box, machine());
    await window.configureApp();
    const { clock, appSecrets } = window;
    tokenRequests = new TokenRequests({ box: box.client(clock), appSecrets, clock });
  });

  const grants = async (): Promise<(string | null)[]> =>
    (await box.control.requests({ endpoint: 'token' })).map(({ grantType }) => grantType);

  it('asks for the next pair of a sign-in by its refresh token', async () => {
    const session = await window.signIn();
    window.clock.jump(1000);
    const pair = await tokenRequests.next(session);
    assert.notEqual(pair.refreshToken, session.pair.refreshToken);
    assert.equal(pair.issuedAt, window.clock.now());
    assert.deepEqual((await grants()).slice(1), ['refresh_token']);
  });

  it('notes what Box restricts a pair to, and loses no pair to a list of it that cannot be read', async () => {
    const session = await window.signIn();
    const restrictions = [{ scope: 'item_preview', object: { type: 'folder', id: '12', name: 'Plans' } }];
    for (const [restrictedTo, noted] of [
      [restrictions, restrictions],
      [[], undefined],
      ['everything', undefined],
    ]) {
      const body = { access_token: 'a', refresh_token: 'b', expires_in: 3600, restricted_to: restrictedTo };
      await box.control.fault({ endpoint: 'token', kind: 'json', status: 200, body });
      const pair = await tokenRequests.next(session);
      assert.deepEqual([pair.refreshToken, pair.restrictedTo], ['b', noted]);
    }
  });

  for (const kind of SERVER_KINDS) {
    it(`asks for the next token of an app of the kind ${kind.credential} as for the first`, async () => {
      const server = new ServerSessions(box, kind);
      await server.configure(window);
      const session = await server.signIn(window);
      const pair = await tokenRequests.next(session);
      assert.deepEqual(Object.keys(pair).sort(), ['accessToken', 'expiresIn', 'issuedAt']);
      const { userId, live } = await box.control.tokenInfo(pair.accessToken);
      assert.deepEqual([userId, live], [session.user.id, true]);
      assert.deepEqual(await grants(), [kind.grantType, kind.grantType]);
    });
  }

  it('misses the file of a JWT app’s key first where nothing of the app is stored, for it holds all', async () => {
    const app = { origins: window.origins, clientId: 'another', appName: 'Another app' };
    const subject = { type: 'enterprise', id: SEED.enterpriseId } as const;
    await assert.rejects(tokenRequests.first({ ...app, credential: 'jwt', subject }), {
      code: 'private_key_missing',
      appName: 'Another app',
    });
    await assert.rejects(tokenRequests.first({ ...app, credential: 'clientCredentials', subject }), {
      code: 'client_secret_missing',
    });
    assert.deepEqual(await grants(), []);
  });

  it('signs as the key says', async () => {
    const [, jwt] = SERVER_KINDS;
    assert.ok(jwt !== undefined);
    const server = new ServerSessions(box, jwt);
    await server.configure(window);
    const key = await window.appSecrets.jwtKey(jwt.clientId, window.origins);
    assert.ok(key !== undefined);
    for (const algorithm of JWT_ALGORITHMS) {
      await window.appSecrets.setJwtKey(jwt.clientId, window.origins, jwt.clientSecret, {
        ...key,
        algorithm,
      });
      const { accessToken } = (await server.signIn(window)).pair;
      assert.equal((await box.control.tokenInfo(accessToken)).live, true);
    }
    assert.deepEqual(await grants(), [jwt.grantType, jwt.grantType, jwt.grantType]);
  });

  it('asks for nothing where there is no next token', async () => {
    const { accessToken } = await box.control.issuePair(SEED.clientId, SEED.userId);
    const { signal } = new AbortController();
    const developer = await window.developerTokens.add(accessToken, window.origins, signal);
    const signedIn = await window.signIn();
    const { accessToken: kept, expiresIn, issuedAt } = signedIn.pair;
    const pair = { accessToken: kept, expiresIn, issuedAt };
    const sent = await grants();
    for (const session of [developer, { ...signedIn, pair }] satisfies LiveSession[]) {
      await assert.rejects(tokenRequests.next(session), { code: 'not_renewable', appName: session.appName });
    }
    assert.deepEqual(await grants(), sent);
  });

  it('gives no secret to a Box that it was not entered for', async () => {
    const session = await window.signIn();
    const origins = { account: 'https://account.example', api: 'https://api.example' };
    await assert.rejects(tokenRequests.client({ ...session, origins }), { code: 'client_secret_missing' });
    await assert.rejects(tokenRequests.key({ ...session, origins }), { code: 'private_key_missing' });
    const { clientSecret, endpoints } = await tokenRequests.client(session);
    assert.deepEqual([clientSecret, endpoints], [SEED.clientSecret, box.endpoints]);
  });
});
