import assert from 'node:assert/strict';
import { BoxClient } from 'box-node-sdk';
import { BaseUrls, BoxRetryStrategy, NetworkSession } from 'box-node-sdk/networking';
import { BoxTokenAuthentication } from '../../../examples/long-running-script/src/boxTokenAuthentication';
import { SEED } from '../../emulator/src';
import { useEmulatedBox } from '../support/emulatedBox';
import { SessionWindow, useMachine } from '../support/sessionWindow';
import { TerminalBed, usePrograms } from '../terminal/terminalBed';

describe('The adapter of the example for scripts', function () {
  this.timeout(20_000);
  const box = useEmulatedBox();
  const machine = useMachine();
  const programs = usePrograms();
  let window: SessionWindow;
  let bed: TerminalBed;
  let auth: BoxTokenAuthentication;
  let client: BoxClient;

  beforeEach(async () => {
    window = new SessionWindow(box, machine());
    await window.configureApp();
    await window.signIn();
    bed = new TerminalBed(window, programs);
    bed.answer = () => Promise.resolve('window');
    await bed.begin();
    auth = new BoxTokenAuthentication([], bed.environment.applied());
    const { origin } = box;
    const baseUrls = new BaseUrls({
      baseUrl: origin,
      uploadUrl: `${origin}/api`,
      oauth2Url: `${origin}/api/oauth2`,
    });
    const retryStrategy = new BoxRetryStrategy({ retryBaseInterval: 0.01 });
    client = new BoxClient({ auth, networkSession: new NetworkSession({ baseUrls, retryStrategy }) });
  });
  afterEach(() => {
    bed.dispose();
  });

  const login = async (): Promise<string | undefined> => (await client.users.getUserMe()).login;

  it('asks once for several requests', async () => {
    assert.equal(await login(), SEED.userLogin);
    assert.equal(await login(), SEED.userLogin);
    assert.equal(bed.terminal.accessTo(SEED.userId).given, 1);
  });

  it('goes on when the token has ended, and when another program had it renewed', async () => {
    await login();
    const [session] = window.store.known();
    assert.ok(session?.pair);
    await window.refresher.refreshNow({ ...session, pair: session.pair });
    await box.control.expireAccessTokens();
    await window.letTokensExpire();
    assert.equal(await login(), SEED.userLogin);
    assert.equal(bed.terminal.accessTo(SEED.userId).given, 2);
  });

  it('gives a downscoped token', async () => {
    const { accessToken = '' } = await auth.downscopeToken(
      ['item_preview'],
      'https://api.box.com/2.0/files/12',
    );
    assert.equal((await box.control.tokenInfo(accessToken)).live, true);
    assert.equal(bed.questions[0]?.resource, 'https://api.box.com/2.0/files/12');
  });

  it('passes on why there is no token', async () => {
    bed.answer = () => Promise.resolve('deny');
    await assert.rejects(auth.retrieveToken(), /denied/);
  });
});
