import '../support/vscodeStub';
import { giveSessions } from './exampleVscode';
import assert from 'node:assert/strict';
import { BoxClient } from 'box-node-sdk';
import { BaseUrls, BoxRetryStrategy, NetworkSession, type FetchOptions } from 'box-node-sdk/networking';
import { VSCodeBoxAuthentication } from '../../../examples/list-root-folder/src/boxAuthentication';
import type { BoxTokenChange } from '../../../src/api/boxAuthenticationApi';
import { Emitter } from '../../../src/common/emitter';
import { createApi, type ApiDependencies } from '../../../src/api/module';
import { adviceMessage } from '../../../src/ui/messages/adviceMessages';
import type { LiveSession } from '../../../src/sessions/store/sessionRecord';
import { SEED } from '../../emulator/src';
import { SessionWindow, useMachine } from '../support/sessionWindow';
import { useEmulatedBox } from '../support/emulatedBox';

describe('The adapter of the example', () => {
  const box = useEmulatedBox();
  const machine = useMachine();
  let window: SessionWindow;
  let auth: VSCodeBoxAuthentication;
  let client: BoxClient;

  beforeEach(async () => {
    window = new SessionWindow(box, machine());
    await window.configureApp();
    const { sessions, clock, log, provider } = window;
    const message: ApiDependencies['message'] = (...advice) => Promise.resolve(adviceMessage(...advice));
    const tokenChanged = new Emitter<BoxTokenChange>();
    const api = createApi({ sessions, clock, log, message, tokenChanged });
    giveSessions(async (providerId, scopes) => {
      assert.equal(providerId, 'box');
      const [session] = await provider.getSessions([...scopes], {});
      return session ?? provider.createSession([...scopes], {});
    });
    auth = new VSCodeBoxAuthentication(api);
    const networkSession = new NetworkSession({
      baseUrls: new BaseUrls({ baseUrl: box.origin }),
      retryStrategy: new BoxRetryStrategy({ retryBaseInterval: 0.01 }),
    });
    client = new BoxClient({ auth, networkSession }).withInterceptors([auth]);
  });

  const refreshes = async (): Promise<number> => (await box.control.counters()).refreshRequests;

  it('signs in where nobody is, once for all requests', async () => {
    const user = await client.users.getUserMe();
    await client.folders.getFolderItems('0');
    assert.equal(user.id, SEED.userId);
    assert.equal((await box.control.counters()).codesExchanged, 1);
  });

  it('has a token that Box killed early renewed once for many requests at once', async () => {
    await window.signIn();
    await client.users.getUserMe();
    await box.control.expireAccessTokens();
    const lists = await Promise.all(Array.from({ length: 10 }, () => client.folders.getFolderItems('0')));
    assert.ok(lists.every(({ totalCount }) => totalCount === 4));
    assert.equal(await refreshes(), 1);
  });

  it('refreshes once when the new token is refused as well', async () => {
    await window.signIn();
    await box.control.fault({ endpoint: 'usersMe', kind: 'status', status: 401, times: -1 });
    await assert.rejects(client.users.getUserMe(), /Sign in again/);
    assert.equal(await refreshes(), 1);
  });

  it('E4: reports a late 401 for the token of its call, and ends no other', async () => {
    const { id } = await window.signIn();
    const late = auth.beforeRequest({ auth } as unknown as FetchOptions).auth;
    assert.ok(late !== undefined && late !== auth);
    await late.retrieveToken();
    const renewed = await window.refresher.refreshNow((await window.store.all())[0] as LiveSession);
    await client.users.getUserMe();
    // Long after: the live token is another one by now.
    window.clock.jump(60_000);
    const { accessToken } = await late.refreshToken();
    assert.equal(accessToken, renewed.pair.accessToken);
    assert.equal(window.store.find(id)?.pair?.accessToken, renewed.pair.accessToken);
    await client.users.getUserMe();
    assert.equal(await refreshes(), 1);
  });

  it('gives a token that is downscoped to an item', async () => {
    await window.signIn();
    const resource = 'https://api.box.com/2.0/files/12345';
    const { accessToken = '' } = await auth.downscopeToken(['item_preview'], resource);
    assert.deepEqual((await box.control.tokenInfo(accessToken)).scopes, ['item_preview']);
    const headers = { authorization: `Bearer ${accessToken}` };
    const answers = await Promise.all(
      ['files/12345', 'files/67890'].map((path) => fetch(`${box.origin}/2.0/${path}`, { headers })),
    );
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 403],
    );
  });

  it('does not end the session of others', async () => {
    const { pair } = await window.signIn();
    await assert.rejects(auth.revokeToken(), /sign out/);
    assert.equal((await box.control.tokenInfo(pair.accessToken)).live, true);
  });
});
