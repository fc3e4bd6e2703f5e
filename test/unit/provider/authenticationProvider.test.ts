import assert from 'node:assert/strict';
import { SEED } from '../../emulator/src';
import { settle } from '../support/fakeClock';
import { observeWaits } from '../support/waits';
import { useEmulatedBox } from '../support/emulatedBox';
import { SessionWindow, useMachine } from '../support/sessionWindow';

describe('BoxAuthenticationProvider', () => {
  const box = useEmulatedBox();
  const machine = useMachine();
  let window: SessionWindow;

  beforeEach(async () => {
    window = new SessionWindow(box, machine());
    await window.configureApp();
  });

  const ids = async (
    scopes: string[] | undefined,
    account?: { id: string; label: string },
  ): Promise<string[]> =>
    (await window.provider.getSessions(scopes, account === undefined ? {} : { account })).map(({ id }) => id);

  it('gives VS Code the session with its token, account and scopes', async () => {
    const session = await window.signIn({ scopes: ['root_readonly'] });
    assert.deepEqual(await window.provider.getSessions(['root_readonly'], {}), [
      {
        id: session.id,
        accessToken: session.pair.accessToken,
        account: { id: SEED.userId, label: SEED.userLogin },
        scopes: ['root_readonly'],
      },
    ]);
  });

  it('takes an account’s ended sessions away with the last one that VS Code knows', async () => {
    const ended = await window.signIn({ scopes: ['root_readonly'] });
    const live = await window.signIn();
    await window.signOut.revoke(ended.id);
    await window.provider.removeSession(live.id);
    assert.deepEqual(await window.store.all(), []);
  });

  it('gives every session for undefined, and makes no request', async () => {
    const all = await window.signIn();
    const some = await window.signIn({ scopes: ['root_readonly'] });
    await window.letTokensExpire();
    assert.deepEqual((await ids(undefined)).sort(), [all.id, some.id].sort());
    assert.equal((await box.control.counters()).refreshRequests, 0);
  });

  it('answers scopes as the contract has it', async () => {
    const readonly = await window.signIn({ scopes: ['root_readonly'] });
    const both = await window.signIn({ scopes: ['root_readonly', 'manage_webhook'] });
    const table: [string[], string[]][] = [
      [[], [both.id]],
      [['root_readonly'], [readonly.id]],
      [['manage_webhook'], [both.id]],
      [['manage_webhook', 'root_readonly'], [both.id]],
      [['root_readwrite'], []],
    ];
    for (const [scopes, expected] of table) assert.deepEqual(await ids(scopes), expected, scopes.join());
    const everything = await window.signIn();
    assert.deepEqual(await ids(['root_readwrite']), [everything.id]);
    assert.deepEqual(await ids([]), [everything.id]);
  });

  it('gives one session for each account, and one when an account is named', async () => {
    const dana = await window.signIn();
    const sam = await window.signIn({}, SEED.personalUserLogin);
    assert.deepEqual((await ids([])).sort(), [dana.id, sam.id].sort());
    assert.deepEqual(await ids([], sam.account), [sam.id]);
    assert.deepEqual(await ids([], { id: 'nobody', label: 'nobody' }), []);
  });

  it('reads the settings no more often for two sessions than for one', async () => {
    const { origins } = window;
    let reads = 0;
    Object.defineProperty(window, 'origins', {
      get: () => {
        reads += 1;
        return origins;
      },
    });
    const readsFor = async (count: number): Promise<number> => {
      reads = 0;
      assert.equal((await ids([])).length, count);
      return reads;
    };
    await window.signIn();
    const once = await readsFor(1);
    await window.signIn({}, SEED.personalUserLogin);
    assert.equal(await readsFor(2), once);
  });

  it('refreshes what has expired before it gives it', async () => {
    const session = await window.signIn();
    await window.letTokensExpire();
    window.forgetChanges();
    const [given] = await window.provider.getSessions([], {});
    assert.equal(given?.id, session.id);
    assert.equal((await box.control.tokenInfo(given.accessToken)).live, true);
    assert.deepEqual(window.changedIds(), { added: [], removed: [], changed: [session.id] });
  });

  it('leaves out a session that Box has ended, and gives the others', async () => {
    await window.signIn();
    const sam = await window.signIn({}, SEED.personalUserLogin);
    await window.letTokensExpire();
    await box.control.revokeUser(SEED.userId);
    assert.deepEqual(await ids([]), [sam.id]);
  });

  it('rejects rather than hand out another account while one cannot be refreshed', async () => {
    await window.signIn();
    await window.letTokensExpire();
    const sam = await window.signIn({}, SEED.personalUserLogin);
    await box.control.fault({ endpoint: 'token', grantType: 'refresh_token', kind: 'dropBefore', times: -1 });
    const request = assert.rejects(window.provider.getSessions([], {}), { code: 'unreachable' });
    for (const wait of [2000, 4000]) {
      await window.clock.timer((ms) => ms < 14_000);
      await window.clock.advance(wait);
    }
    await request;
    assert.deepEqual(await ids([], sam.account), [sam.id]);
  });

  it('signs out by session id', async () => {
    const session = await window.signIn();
    await window.provider.removeSession(session.id);
    assert.deepEqual(await ids(undefined), []);
    assert.equal((await box.control.tokenInfo(session.pair.accessToken)).live, false);
    assert.deepEqual(window.signedOut, [{ session, outcome: { state: 'revoked' } }]);
  });

  it('tells of a sign-out that Box could not be told of, and of none of a session that is not there', async () => {
    const session = await window.signIn();
    await box.control.fault({ endpoint: 'revoke', kind: 'dropBefore', times: -1 });
    await observeWaits(window.clock, window.provider.removeSession(session.id));
    await window.provider.removeSession('nothing');
    assert.deepEqual(
      window.signedOut.map(({ session: { id }, outcome }) => [id, outcome.state]),
      [[session.id, 'pending']],
    );
  });

  it('tells VS Code what changed, each change once and none without content', async () => {
    const events: string[] = [];
    window.provider.onDidChangeSessions(({ added, removed, changed }) =>
      events.push(`${added?.length ?? 0}/${removed?.length ?? 0}/${changed?.length ?? 0}`),
    );
    const session = await window.signIn();
    await window.provider.getSessions([], {});
    await window.refresher.refreshNow(session);
    await window.provider.removeSession(session.id);
    assert.deepEqual(events, ['1/0/0', '0/0/1', '0/1/0']);
  });

  it('brings another window up to date through the shared secrets', async () => {
    const other = new SessionWindow(box, machine());
    await other.store.load();
    const session = await window.signIn();
    const refreshed = await window.refresher.refreshNow(session);
    await waitFor(() => other.changedIds().changed.length === 1);
    const [seen] = await other.provider.getSessions([], {});
    assert.equal(seen?.accessToken, refreshed.pair.accessToken);
    await window.signOut.run(session.id);
    await waitFor(() => other.changedIds().removed.length === 1);
    assert.deepEqual(other.changedIds(), {
      added: [session.id],
      changed: [session.id],
      removed: [session.id],
    });
  });

  it('writes a request that fails to the log: what was asked for, the account, and what Box said', async () => {
    const { account } = await window.signIn();
    await window.letTokensExpire();
    const body = { error: 'invalid_client', error_description: 'The client credentials are invalid' };
    await box.control.fault({ endpoint: 'token', kind: 'json', status: 400, body });
    await window.provider.getSessions(['root_readwrite'], { account });
    const errors = window.log.messages('error');
    assert.equal(errors.length, 1, errors.join('\n'));
    assert.match(
      errors[0] ?? '',
      /^A request for sessions with root_readwrite failed after \d+ ms \(app Example App, account dana\.rivera@example\.com\): OAuthError: Box answered invalid_client: The client credentials are invalid \(HTTP status 400, request ID \w+\)$/,
    );
  });

  it('names no shared link in the log', async () => {
    await window.signIn();
    const link = 'https://example.box.com/s/abcdefg';
    await box.control.fault({ endpoint: 'token', kind: 'json', status: 503, body: {}, times: 9 });
    const scopes = ['item_preview', `resource:${link}`];
    const { error } = await observeWaits(window.clock, window.provider.getSessions(scopes, {}));
    assert.ok(error instanceof Error);
    const lines = window.log.messages().join('\n');
    assert.match(lines, /A request for sessions with item_preview resource:… failed/);
    assert.ok(!lines.includes('abcdefg'));
  });

  it('gives no damaged record, and every other', async () => {
    const dana = await window.signIn();
    const sam = await window.signIn({}, SEED.personalUserLogin);
    window.secrets.values.set(`session/${dana.id}`, '{"version":1,"pair":');
    const later = new SessionWindow(box, machine());
    const given = await later.provider.getSessions([], {});
    assert.deepEqual(
      given.map(({ id }) => id),
      [sam.id],
    );
    assert.equal(later.secrets.keysBelow(`set-aside/session/${dana.id}/`).length, 1);
  });
});

async function waitFor(isSo: () => boolean): Promise<void> {
  const end = Date.now() + 2000;
  while (!isSo()) {
    if (Date.now() > end) assert.fail('It did not come about');
    await settle();
  }
}
