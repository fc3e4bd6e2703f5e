import assert from 'node:assert/strict';
import { BoxClient } from '../../../../src/box/client';
import { nodeFetch } from '../../../../src/box/nodeFetch';
import { CHILDREN_KIND, type Child, type Family } from '../../../../src/sessions/downscoped/childRecord';
import { ChildRevoker } from '../../../../src/sessions/downscoped/childRevoker';
import { ChildStore } from '../../../../src/sessions/downscoped/childStore';
import { TokenRequests } from '../../../../src/sessions/tokens/tokenRequests';
import { RecordStore } from '../../../../src/storage/recordStore';
import { SEED } from '../../../emulator/src';
import { USER_AGENT, useEmulatedBox } from '../../support/emulatedBox';
import { FakeClock } from '../../support/fakeClock';
import { PlainSecrets } from '../../support/plainSecrets';
import { RecordingLog } from '../../support/recordingLog';
import { soloLock } from '../../support/soloLock';
import { SessionWindow, useMachine } from '../../support/sessionWindow';

const ID = 'session-1';
const KEY = `children/${ID}`;
const FAMILY: Family = {
  origins: { account: 'https://account.box.com', api: 'https://api.box.com' },
  clientId: 'client',
  appName: 'App',
  label: 'dana@example.com',
};

const child = (token: string, endsAt?: number): Child => ({
  token,
  signIn: 'sign-in-1',
  kind: 'downscoped',
  ...(endsAt !== undefined && { endsAt }),
});

describe('ChildStore', () => {
  let secrets: PlainSecrets;
  let log: RecordingLog;
  let serverTime: number | undefined;
  let children: ChildStore;

  beforeEach(() => {
    secrets = new PlainSecrets();
    log = new RecordingLog();
    serverTime = undefined;
    children = new ChildStore(
      {
        records: new RecordStore(secrets, CHILDREN_KIND, log),
        box: { serverTime: () => serverTime },
        lock: soloLock,
        log,
      },
      () => undefined,
    );
  });

  const stored = (): { tokens: Child[]; [field: string]: unknown } =>
    (secrets.values.get(KEY) ?? {}) as { tokens: Child[] };
  const tokens = (): string[] => stored().tokens.map(({ token }) => token);

  it('stores those that come at once in one write, and each once', async () => {
    for (const token of ['a', 'b', 'c', 'b']) children.add(ID, FAMILY, child(token));
    assert.equal(secrets.values.size, 0);
    await children.idle();
    assert.deepEqual([tokens(), secrets.writes], [['a', 'b', 'c'], 1]);
  });

  it('keeps what cannot be stored, logs it without the token, and stores it with the next', async () => {
    secrets.failure = new Error('The keychain refused');
    children.add(ID, FAMILY, child('secret-token'));
    await children.idle();
    assert.equal(secrets.values.size, 0);
    assert.deepEqual((await children.living(ID)).tokens, [child('secret-token')]);
    assert.deepEqual([...(await children.clientIds())], ['client']);
    const [warning, ...more] = log.messages('warn');
    assert.ok(warning !== undefined && more.length === 0 && !warning.includes('secret-token'));
    secrets.failure = undefined;
    children.add(ID, FAMILY, child('b'));
    await children.idle();
    assert.deepEqual(tokens(), ['secret-token', 'b']);
  });

  it('forgets what is in memory only too', async () => {
    secrets.failure = new Error('The keychain refused');
    children.add(ID, FAMILY, child('a'));
    await children.idle();
    await children.forget(ID, new Set(['a']));
    assert.deepEqual((await children.living(ID)).tokens, []);
  });

  it('keeps fields that a later version has added', async () => {
    const later = { ...child('a'), kind: 'later', note: 1 };
    secrets.values.set(KEY, { version: 1, ...FAMILY, tokens: [later], hint: 'later' });
    children.add(ID, FAMILY, child('b'));
    await children.idle();
    assert.deepEqual([stored().tokens, stored()['hint']], [[later, child('b')], 'later']);
    await children.forget(ID, new Set(['b']));
    assert.deepEqual([stored().tokens, stored()['hint']], [[later], 'later']);
  });

  it('drops what has ended by Box’s clock when it writes, a minute late', async () => {
    for (const [token, endsAt] of [['a', 1000], ['b', 61_000], ['c']] as const) {
      children.add(ID, FAMILY, child(token, endsAt));
    }
    await children.idle();
    assert.deepEqual(tokens(), ['a', 'b', 'c']);
    serverTime = 61_000;
    assert.deepEqual((await children.living(ID)).tokens, [child('b', 61_000), child('c')]);
    children.add(ID, FAMILY, child('d'));
    await children.idle();
    assert.deepEqual(tokens(), ['b', 'c', 'd']);
  });

  it('removes the record with the last token', async () => {
    children.add(ID, FAMILY, child('a'));
    await children.idle();
    await children.forget(ID, new Set(['a']));
    assert.deepEqual([...secrets.values], []);
  });
});

describe('ChildRevoker', () => {
  const box = useEmulatedBox();
  const machine = useMachine();

  it('sends at most four at a time, and goes on after what concerns one token alone', async () => {
    const window = new SessionWindow(box, machine());
    await window.configureApp();
    const { appSecrets, origins, log } = window;
    let now = 0;
    let most = 0;
    let fourAreSent = (): void => undefined;
    const untilFourAreSent = new Promise<void>((resolve) => (fourAreSent = resolve));
    const clock = new FakeClock();
    const counting: typeof nodeFetch = async (url, init) => {
      most = Math.max(most, ++now);
      if (most === 4) fourAreSent();
      await untilFourAreSent;
      return nodeFetch(url, init).finally(() => (now -= 1));
    };
    const loadFetch = () => Promise.resolve(counting);
    const client = new BoxClient({ loadFetch, clock, random: () => 0.5, userAgent: USER_AGENT, log });
    const tokenRequests = new TokenRequests({ box: client, appSecrets, clock });
    const revoker = new ChildRevoker({ box: client, tokenRequests, log });
    const pairs = await Promise.all(
      Array.from({ length: 12 }, () => box.control.issuePair(SEED.clientId, SEED.userId)),
    );
    const all = ['unknown', ...pairs.map(({ accessToken }) => accessToken)];
    const refusal = { error: 'invalid_request', error_description: 'The client is invalid' };
    await box.control.fault({ endpoint: 'revoke', kind: 'json', status: 400, body: refusal });
    const family = { ...FAMILY, origins, clientId: SEED.clientId };
    const done = await revoker.revokeAll(
      family,
      all.map((token) => child(token)),
    );
    assert.deepEqual([...done].sort(), all.sort());
    assert.equal(most, 4);
  });
});
