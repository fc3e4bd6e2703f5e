import assert from 'node:assert/strict';
import { createPacProxyAgent } from '@vscode/proxy-agent/out/agent';
import nodeFetch from 'node-fetch';
import { BoxClient } from '../../../src/box/client';
import { UnexpectedResponseError, UnreachableError } from '../../../src/box/errors';
import { send, type Fetch } from '../../../src/box/http';
import { LoggingProxy } from '../../vscode/loggingProxy';
import { observeWaits } from '../support/waits';
import { USER_AGENT, useEmulatedBox } from '../support/emulatedBox';
import { FakeClock } from '../support/fakeClock';
import { RecordingLog } from '../support/recordingLog';
import { assertHoldsNoSecret } from '../support/secrecy';

const PASSWORD = 'open-sesame-of-Dana';
const TOKEN = 'access-token-of-Dana';
const PATIENCE = { timeoutMs: 15_000 };

describe('A proxy, by VS Code’s own agent,', () => {
  const box = useEmulatedBox();
  let proxy: LoggingProxy;
  let clock: FakeClock;

  beforeEach(async () => {
    clock = new FakeClock();
    proxy = new LoggingProxy({ credentials: { user: 'dana', password: PASSWORD } });
    await proxy.start();
  });
  afterEach(() => proxy.stop());

  /** The fetch with the agent that VS Code gives to each request of `node:http` and `node:https`. */
  const fetchThrough = (address: string): Fetch => {
    const agent = createPacProxyAgent(() => Promise.resolve(`PROXY ${address.replace('http://', '')}`));
    return (url, init) => nodeFetch(url, { ...init, agent });
  };
  const dependencies = (fetch: Fetch) => ({
    loadFetch: () => Promise.resolve(fetch),
    clock,
    random: () => 0.5,
    userAgent: USER_AGENT,
    log: new RecordingLog(),
  });
  const asking = (address: string, url = `${box.origin}/2.0/users/me`): Promise<Response> => {
    const headers = { authorization: `Bearer ${TOKEN}` };
    return send(dependencies(fetchThrough(address)), url, { method: 'GET', headers }, PATIENCE);
  };
  const failure = async (sent: Promise<unknown>): Promise<unknown> => {
    const error: unknown = await sent.then(
      () => assert.fail('an answer came'),
      (reason: unknown) => reason,
    );
    assertHoldsNoSecret(error, [PASSWORD, TOKEN]);
    return error;
  };

  for (const scheme of ['http', 'https']) {
    it(`that does not run is named as the cause (${scheme})`, async () => {
      await proxy.stop();
      const url = `${scheme}://box.invalid/2.0/users/me`;
      const error = await failure(asking(proxy.urlWithCredentials, url));
      assert.ok(error instanceof UnreachableError);
      assert.deepEqual([error.systemCode, error.host], ['PROXY_UNREACHABLE', 'box.invalid']);
    });

    it(`that demands credentials has not given an answer of Box’s (${scheme})`, async () => {
      const error = await failure(asking(proxy.url, `${scheme}://box.invalid/2.0/users/me`));
      assert.ok(error instanceof UnexpectedResponseError);
      assert.equal(error.status, 407);
      assert.equal(proxy.refusals, 1);
    });
  }

  it('that demands credentials refuses no token: the user is asked for again', async () => {
    const client = new BoxClient(dependencies(fetchThrough(proxy.url)));
    const { error } = await observeWaits(clock, client.currentUser(box.endpoints, TOKEN));
    assert.ok(error instanceof UnexpectedResponseError);
    assert.equal(error.status, 407);
    assert.equal(proxy.refusals, 4);
  });

  it('passes requests on and is passed over by none', async () => {
    const response = await asking(proxy.urlWithCredentials);
    assert.equal(response.status, 401, 'the token is not one of Box’s');
    const { host } = new URL(box.origin);
    assert.deepEqual(proxy.requests, [{ method: 'GET', host, path: '/2.0/users/me' }]);
    assert.equal((await box.control.requests()).length, 1);
  });
});
