import assert from 'node:assert/strict';
import type { AuthenticationSession } from 'vscode';
import { isLive, type LiveSession } from '../../../../src/sessions/store/sessionRecord';
import { SEED } from '../../../emulator/src';
import { useEmulatedBox } from '../../support/emulatedBox';
import { FakeClock } from '../../support/fakeClock';
import { AS_SERVICE_ACCOUNT, SERVER_KINDS, ServerSessions } from '../../support/serverSessions';
import { SessionWindow, useMachine } from '../../support/sessionWindow';
import { passWaits } from '../../support/waits';

const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const SAM = SEED.personalUserLogin;
const MINUTE_MS = 60_000;

describe('BoxAuthenticationProvider with scopes of downscoped tokens', () => {
  const box = useEmulatedBox();
  const machine = useMachine();
  let window: SessionWindow;
  /** The clock by which callers wait. */
  let patience: FakeClock;

  beforeEach(async () => {
    patience = new FakeClock();
    machine().patience = patience;
    window = new SessionWindow(box, machine());
    await window.configureApp();
  });

  const get = (
    scopes: readonly string[] | undefined,
    session?: LiveSession,
  ): Promise<AuthenticationSession[]> =>
    window.provider.getSessions(scopes, session === undefined ? {} : { account: session.account });
  const exchanges = async (): Promise<number> => (await box.control.requests({ grantType: EXCHANGE })).length;
  const scopesOf = async (accessToken: string | undefined): Promise<readonly string[] | undefined> =>
    (await box.control.tokenInfo(accessToken ?? '')).scopes;
  /** What Box confines a token to, which a further exchange cannot widen. */
  const confinementOf = async (subjectToken: string | undefined): Promise<string | undefined> => {
    const downscoping = { subjectToken: subjectToken ?? '', scopes: ['item_preview'] };
    const { restrictedTo } = await box.client(window.clock).exchange(box.endpoints, downscoping);
    const object = restrictedTo[0]?.object;
    return object ? `${object.type} ${object.id}` : undefined;
  };

  describe('getSessions', () => {
    it('gives a token with these scopes and no other, under the account, with the scopes verbatim', async () => {
      const parent = await window.signIn();
      const scopes = ['item_preview', 'item_download'];
      const [given, ...more] = await get(scopes);
      assert.deepEqual(more, []);
      assert.deepEqual([given?.account, given?.scopes], [parent.account, scopes]);
      assert.notEqual(given?.id, parent.id);
      assert.notEqual(given?.accessToken, parent.pair.accessToken);
      assert.deepEqual(await scopesOf(given?.accessToken), scopes);
      assert.equal((await box.control.tokenInfo(parent.pair.accessToken)).live, true);
    });

    it('gives nothing, and asks nothing, where nobody is signed in', async () => {
      assert.deepEqual(await get(['item_preview']), []);
      assert.deepEqual(await box.control.requests(), []);
    });

    it('exchanges one for each account, and one alone for an account that is named', async () => {
      const dana = await window.signIn();
      const sam = await window.signIn({}, SAM);
      const both = await get(['item_preview']);
      assert.deepEqual(
        both.map(({ account }) => account.id).sort(),
        [dana.account.id, sam.account.id].sort(),
      );
      assert.deepEqual(
        (await get(['item_preview'], sam)).map(({ account }) => account),
        [sam.account],
      );
      assert.equal(await exchanges(), 2);
    });

    it('exchanges from the account’s widest session', async () => {
      await window.signIn();
      await window.signIn({ scopes: ['root_readonly'] });
      const [given, ...more] = await get(['item_upload']);
      assert.deepEqual(await scopesOf(given?.accessToken), ['item_upload']);
      assert.deepEqual(more, []);
    });

    it('never shows such a session for undefined, nor for no scopes, nor for other scopes', async () => {
      const parent = await window.signIn();
      const [narrow] = await get(['item_preview', 'item_download']);
      for (const scopes of [undefined, [], ['root_readonly']]) {
        assert.deepEqual(
          (await get(scopes)).map(({ id }) => id),
          [parent.id],
        );
      }
      const [other] = await get(['item_preview']);
      assert.notEqual(other?.id, narrow?.id);
      assert.deepEqual(await scopesOf(other?.accessToken), ['item_preview']);
    });

    it('never tells of such a session as added, changed or removed', async () => {
      const events: string[] = [];
      const parent = await window.signIn();
      window.provider.onDidChangeSessions(({ added, removed, changed }) => {
        for (const each of [added, removed, changed]) events.push(...(each ?? []).map(({ id }) => id));
      });
      await get(['item_preview']);
      await window.provider.createSession(['item_preview', 'resource:file/12'], {});
      assert.deepEqual(events, []);
      await window.refresher.refreshNow(parent);
      await get(['item_preview']);
      await window.signOut.run(parent.id);
      assert.deepEqual([...new Set(events)], [parent.id]);
    });

    for (const [address, object, parameter] of [
      ['https://api.box.com/2.0/files/12', 'file 12', 'resource'],
      ['https://app.box.com/folder/34', 'folder 34', 'resource'],
      ['https://app.box.com/s/abc123', undefined, 'box_shared_link'],
    ] as const) {
      it(`confines the token to ${address}`, async () => {
        await window.signIn();
        const scopes = ['item_preview', `resource:${address}`];
        const [given] = await get(scopes);
        assert.deepEqual(given?.scopes, scopes);
        const [sent] = await box.control.requests({ grantType: EXCHANGE });
        assert.ok(sent?.parameters.includes(parameter));
        const confinement = await confinementOf(given.accessToken);
        if (object !== undefined) assert.equal(confinement, object);
        else assert.notEqual(confinement, 'folder 0');
      });
    }

    it('keeps tokens for different resources apart', async () => {
      await window.signIn();
      const [first] = await get(['item_preview', 'resource:file/12']);
      const [second] = await get(['item_preview', 'resource:folder/12']);
      const [third] = await get(['item_preview']);
      const all = [first, second, third];
      assert.equal(new Set(all.map((each) => each?.id)).size, 3);
      assert.deepEqual(await Promise.all(all.map((each) => confinementOf(each?.accessToken))), [
        'file 12',
        'folder 12',
        'folder 0',
      ]);
    });

    it('drops only the account whose exchange fails', async () => {
      const dana = await window.signIn({ scopes: ['manage_webhook'] });
      const sam = await window.signIn({}, SAM);
      const given = await get(['item_preview']);
      assert.deepEqual(
        given.map(({ account }) => account),
        [sam.account],
      );
      assert.deepEqual(await get(['item_preview'], dana), []);
      assert.equal((await get(undefined)).length, 2);
    });

    it('asks Box only once in a minute for what it refuses', async () => {
      await window.signIn({ scopes: ['root_readonly'] });
      assert.deepEqual(await get(['item_preview', 'item_upload']), []);
      await window.children.idle();
      const sent = (await box.control.requests()).length;
      assert.deepEqual(await get(['item_preview', 'item_upload']), []);
      assert.equal((await box.control.requests()).length, sent);
    });

    it('drops only the account whose exchange does not get through', async () => {
      await window.signIn();
      const sam = await window.signIn({}, SAM);
      await get(['item_preview'], sam);
      await box.control.fault({ endpoint: 'token', grantType: EXCHANGE, kind: 'dropBefore', times: -1 });
      const given = await passWaits(window.clock, get(['item_preview']));
      assert.deepEqual(
        given.map(({ account }) => account),
        [sam.account],
      );
    });

    it('rejects where the only account’s exchange does not get through, and signs nobody out', async () => {
      const parent = await window.signIn();
      await box.control.fault({ endpoint: 'token', grantType: EXCHANGE, kind: 'dropBefore', times: -1 });
      await assert.rejects(passWaits(window.clock, get(['item_preview'])), { code: 'unreachable' });
      assert.deepEqual(await window.store.all(), [parent]);
      const before = await exchanges();
      await assert.rejects(get(['item_preview']), { code: 'unreachable' });
      assert.equal(await exchanges(), before);

      await box.control.clearFaults();
      await window.clock.advance(2000);
      assert.equal((await get(['item_preview'])).length, 1);
    });

    it('asks none of any window before Box wants to be asked again', async () => {
      await window.signIn();
      const headers = { 'retry-after': '600' };
      await box.control.fault({
        endpoint: 'token',
        grantType: EXCHANGE,
        kind: 'status',
        status: 429,
        headers,
      });
      await assert.rejects(get(['item_preview']), { code: 'unexpected_response' });
      const other = new SessionWindow(box, machine());
      const asked = other.provider.getSessions(['item_download'], {});
      await assert.rejects(asked, { code: 'unexpected_response' });
      assert.equal(await exchanges(), 1);

      await window.clock.advance(600_000);
      assert.equal((await get(['item_preview'])).length, 1);
    });

    describe('when little is left of a token', () => {
      let given: AuthenticationSession | undefined;

      beforeEach(async () => {
        await window.signIn();
        [given] = await get(['item_preview']);
        // The parent's token lives on, so that the exchange is all that is asked for.
        await box.control.set({ accessTtl: 7200 });
        await window.refresher.refreshNow(only());
        await box.control.set({ accessTtl: 3600 });
        [given] = await get(['item_preview']);
        window.clock.jump(56 * MINUTE_MS);
      });

      const only = (): LiveSession => {
        const [session] = window.store.known().filter(isLive);
        assert.ok(session);
        return session;
      };

      it('gives another one', async () => {
        const [again] = await get(['item_preview']);
        assert.notEqual(again?.accessToken, given?.accessToken);
      });

      it('gives it where Box cannot be reached', async () => {
        await box.control.fault({ endpoint: 'token', kind: 'dropBefore', times: -1 });
        const [again] = await passWaits(window.clock, get(['item_preview']));
        assert.equal(again?.accessToken, given?.accessToken);
      });

      it('gives it after two seconds where Box hangs', async () => {
        await box.control.fault({ endpoint: 'token', kind: 'hang', times: -1 });
        const asked = get(['item_preview']);
        await patience.timer((left) => left === 2000);
        await patience.advance(2000);
        assert.equal((await asked)[0]?.accessToken, given?.accessToken);
      });

      it('gives none of a session that was signed out meanwhile', async () => {
        await box.control.fault({ endpoint: 'token', kind: 'hang', times: -1 });
        const asked = get(['item_preview']);
        await patience.timer((left) => left === 2000);
        const signedOut = passWaits(window.clock, window.signOut.run(only().id));
        assert.deepEqual(await passWaits(window.clock, asked), []);
        await signedOut;
      });
    });

    it('leaves out an account that has ended', async () => {
      await window.signIn();
      await window.letTokensExpire();
      await box.control.revokeUser(SEED.userId);
      assert.deepEqual(await get(['item_preview']), []);
      assert.equal(await exchanges(), 0);
    });

    for (const scopes of [
      ['item_preview', 'root_readwrite'],
      ['item_preview', 'ai.readwrite'],
      ['root_readonly', 'resource:file/12'],
    ]) {
      it(`rejects [${scopes.join(', ')}] as mixed, without a request`, async () => {
        const expected = { name: 'ScopeRequestError', code: 'mixed' };
        await assert.rejects(get(scopes), expected);
        await assert.rejects(window.provider.createSession(scopes, {}), expected);
        assert.deepEqual(await box.control.requests(), []);
      });
    }

    for (const kind of SERVER_KINDS) {
      it(`exchanges the token of an app of the kind ${kind.credential} too`, async () => {
        const server = new ServerSessions(box, kind);
        await server.configure(window);
        const { account } = await server.signIn(window, AS_SERVICE_ACCOUNT);
        const [given] = await get(['item_preview']);
        assert.deepEqual(given?.account, account);
        assert.deepEqual(await scopesOf(given.accessToken), ['item_preview']);
      });
    }
  });
});
