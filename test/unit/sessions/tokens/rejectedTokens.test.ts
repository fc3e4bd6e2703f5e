import assert from 'node:assert/strict';
import { BoxError } from '../../../../src/box/errors';
import { RejectedTokens } from '../../../../src/sessions/tokens/rejectedTokens';
import { SEED } from '../../../emulator/src';
import { observeWaits } from '../../support/waits';
import { useEmulatedBox } from '../../support/emulatedBox';
import { SessionWindow, useMachine } from '../../support/sessionWindow';

const MINUTE_MS = 60_000;

describe('RejectedTokens', () => {
  const box = useEmulatedBox();
  const machine = useMachine();
  let window: SessionWindow;
  let rejected: RejectedTokens;

  const open = (): [SessionWindow, RejectedTokens] => {
    const opened = new SessionWindow(box, machine());
    const { store, expiry, clock, log } = opened;
    const { downscopedToken } = opened.sessions;
    return [opened, new RejectedTokens({ store, downscopedToken, expiry, clock, log })];
  };

  beforeEach(async () => {
    [window, rejected] = open();
    await window.configureApp();
  });

  const given = async (scopes: string[] = []): Promise<{ id: string; accessToken: string }> => {
    const [session] = await window.provider.getSessions(scopes, {});
    assert.ok(session);
    return session;
  };

  /** Asks for the session, reports its token, and asks again. */
  const reported = async (): Promise<string> => {
    const { id, accessToken } = await given();
    return rejected.report(id, accessToken);
  };

  const refreshes = async (): Promise<number> => (await box.control.counters()).refreshRequests;

  it('has a token that Box killed early replaced for the next reader, with one refresh', async () => {
    await window.signIn();
    await box.control.expireAccessTokens();
    const before = await given();

    assert.equal(await rejected.report(before.id, before.accessToken), 'renewed');
    assert.equal(await refreshes(), 0);
    const after = await given();

    assert.equal(after.id, before.id);
    assert.equal((await box.control.tokenInfo(after.accessToken)).live, true);
    await given();
    assert.equal(await refreshes(), 1);
  });

  it('refreshes once for a thousand reports and readers of one dead token', async () => {
    await window.signIn();
    await box.control.expireAccessTokens();
    const { id, accessToken } = await given();
    const outcomes = await Promise.all(
      Array.from({ length: 1000 }, async () => {
        const outcome = await rejected.report(id, accessToken);
        await given();
        return outcome;
      }),
    );
    assert.deepEqual(new Set(outcomes), new Set(['renewed']));
    assert.equal(await refreshes(), 1);
  });

  it('does not renew again what is refused as soon as it is new', async () => {
    await window.signIn();
    assert.equal(await reported(), 'renewed');
    await given();
    assert.equal(await reported(), 'over');
    window.clock.jump(4 * MINUTE_MS);
    assert.equal(await reported(), 'over');
    assert.equal(await refreshes(), 1);
    window.clock.jump(2 * MINUTE_MS);
    assert.equal(await reported(), 'renewed');
    await given();
    assert.equal(await refreshes(), 2);
  });

  it('keeps the present token when another one is reported', async () => {
    await window.signIn();
    const { id, accessToken } = await given();
    for (const other of ['', 'made up', accessToken.slice(1)]) {
      assert.equal(await rejected.report(id, other), 'renewed');
    }
    assert.equal((await given()).accessToken, accessToken);
    assert.equal(await refreshes(), 0);
  });

  it('keeps a token that another window renewed meanwhile', async () => {
    const session = await window.signIn();
    const [other] = open();
    await other.store.load();
    const old = await given();
    await window.refresher.refreshNow(session);
    assert.equal(await rejected.report(old.id, old.accessToken), 'renewed');
    await given();
    assert.equal(await refreshes(), 1);
  });

  it('does not hand out a refused token when the refresh fails', async () => {
    await window.signIn();
    assert.equal(await reported(), 'renewed');
    await box.control.fault({ endpoint: 'token', kind: 'status', status: 403, times: -1 });
    const { error } = await observeWaits(window.clock, given());
    assert.ok(error instanceof BoxError);
  });

  it('has the session end when Box knows its refresh token no more', async () => {
    const session = await window.signIn();
    await box.control.revokeUser(SEED.userId);
    assert.equal(await reported(), 'renewed');
    assert.deepEqual(await window.provider.getSessions([], {}), []);
    assert.equal(await rejected.report(session.id, session.pair.accessToken), 'over');
  });

  it('leaves sessions alone that nobody can renew, and those that are not known', async () => {
    const { accessToken } = await box.control.issuePair(SEED.clientId, SEED.userId);
    const { id } = await window.developerTokens.add(
      accessToken,
      window.origins,
      new AbortController().signal,
    );
    assert.equal(await rejected.report(id, accessToken), 'over');
    assert.equal((await given()).accessToken, accessToken);
    assert.equal(await rejected.report('not there', accessToken), 'unknown');
  });

  it('has a downscoped token exchanged anew', async () => {
    await window.signIn();
    const before = await given(['item_preview']);
    assert.equal(await rejected.report(before.id, before.accessToken), 'renewed');
    const after = await given(['item_preview']);
    assert.equal(after.id, before.id);
    assert.notEqual(after.accessToken, before.accessToken);
    assert.equal(await rejected.report(after.id, after.accessToken), 'over');
  });
});
