import assert from 'node:assert/strict';
import type { BoxResource } from '../../../../src/box/resources';
import type { LiveSession } from '../../../../src/sessions/store/sessionRecord';
import { SEED } from '../../../emulator/src';
import { useEmulatedBox } from '../../support/emulatedBox';
import { downscopedRequests } from './downscopedRequests';
import { eventually } from '../../support/eventually';
import { liveOf } from '../../support/serverSessions';
import { SessionWindow, useMachine } from '../../support/sessionWindow';
import { passWaits } from '../../support/waits';

const MINUTE_MS = 60_000;
const FILE: BoxResource = { kind: 'file', id: '12', resource: 'https://api.box.com/2.0/files/12' };

describe('DownscopedTokens', () => {
  const box = useEmulatedBox();
  const machine = useMachine();
  let window: SessionWindow;
  let parent: LiveSession;

  beforeEach(async () => {
    window = new SessionWindow(box, machine());
    await window.configureApp();
    parent = await window.signIn();
  });

  const { session, tokenOf, exchanges, isLive } = downscopedRequests(
    box,
    () => window,
    () => parent,
  );

  describe('session', () => {
    it('gives the same token for the same request, in one exchange', async () => {
      const first = await session(['item_preview', 'item_download']);
      const again = await session(['item_preview', 'item_download']);
      assert.deepEqual([again.id, again.token], [first.id, first.token]);
      assert.equal(await exchanges(), 1);
    });

    it('gives the same token for the scopes in another order, which come back as they were asked for', async () => {
      const first = await session(['item_preview', 'item_download']);
      const other = await session(['item_download', 'item_preview', 'item_preview']);
      assert.deepEqual([other.id, other.token], [first.id, first.token]);
      assert.deepEqual(first.scopes, ['item_preview', 'item_download']);
      assert.deepEqual(other.scopes, ['item_download', 'item_preview', 'item_preview']);
      assert.equal(await exchanges(), 1);
    });

    it('exchanges once for many that ask at once', async () => {
      const tokens = await Promise.all(Array.from({ length: 100 }, () => tokenOf()));
      assert.equal(new Set(tokens).size, 1);
      assert.equal(await exchanges(), 1);
    });

    it('gives a new token, under the same id, once little of its life is left', async () => {
      await box.control.set({ accessTtl: 600 });
      const first = await session();
      window.clock.jump(9 * MINUTE_MS - 1000);
      assert.equal(await tokenOf(), first.token.accessToken);
      window.clock.jump(2000);
      const second = await session();
      assert.equal(second.id, first.id);
      assert.notEqual(second.token.accessToken, first.token.accessToken);
      assert.equal(await exchanges(), 2);
      assert.equal((await box.control.counters()).refreshRequests, 0);
    });

    it('refreshes a parent that is due first', async () => {
      window.clock.jump(56 * MINUTE_MS);
      const token = await tokenOf();
      assert.equal((await box.control.counters()).refreshRequests, 1);
      assert.ok(await isLive(token));
      assert.equal(await tokenOf(), token);
    });

    it('gives a new token from a parent that was refreshed', async () => {
      const first = await tokenOf();
      await window.refresher.refreshNow(parent);
      const second = await tokenOf();
      assert.notEqual(second, first);
      assert.ok(await isLive(second));
    });

    it('gives a new token where it has to be new', async () => {
      const first = await session();
      const second = await session(['item_preview'], true);
      assert.equal(second.id, first.id);
      assert.notEqual(second.token.accessToken, first.token.accessToken);
      assert.equal(await tokenOf(), second.token.accessToken);
    });

    it('is known by its id until its parent changes', async () => {
      const { id, token } = await session();
      assert.deepEqual(window.sessions.downscopedToken(id), token);
      assert.equal(window.sessions.downscopedToken(parent.id), undefined);
      await window.refresher.refreshNow(parent);
      assert.equal(window.sessions.downscopedToken(id), undefined);
    });

    it('stores the token for the sign-out alone, behind the answer', async () => {
      const before = [...window.secrets.values];
      const token = await tokenOf();
      await window.children.idle();
      const [added, ...more] = [...window.secrets.values].filter(([key]) => !new Map(before).has(key));
      assert.deepEqual([added?.[0], more], [`children/${parent.id}`, []]);
      assert.ok(added?.[1].includes(token));
      assert.deepEqual([...window.secrets.values].slice(0, before.length), before);
    });

    it('keeps the token through a request that fails', async () => {
      const token = await tokenOf();
      await box.control.fault({ endpoint: 'token', kind: 'dropBefore', times: -1 });
      await assert.rejects(passWaits(window.clock, session(['item_preview'], true)), {
        code: 'unreachable',
        appName: SEED.appName,
      });
      assert.equal(await tokenOf(), token);
    });
  });

  describe('when the parent is given up', () => {
    let tokens: string[];

    beforeEach(async () => {
      tokens = [await tokenOf(), await tokenOf(['item_download', 'resource:file/12'])];
      assert.deepEqual(await liveOf(box, tokens), tokens);
    });

    const allEnded = async (): Promise<boolean> => (await liveOf(box, tokens)).length === 0;

    it('ends its tokens at Box too, by a sign-out', async () => {
      const { id } = await session();
      await window.signOut.run(parent.id);
      await eventually(allEnded);
      assert.equal(window.sessions.downscopedToken(id), undefined);
      await eventually(() => window.secrets.keysBelow('revocation/').length === 0);
      await eventually(() => window.secrets.keysBelow('children/').length === 0);
    });

    it('ends its tokens at Box too, by a revocation', async () => {
      await window.signOut.revoke(parent.id);
      await eventually(allEnded);
    });

    it('ends those that another window exchanged', async () => {
      const other = new SessionWindow(box, machine());
      const [given] = await other.provider.getSessions(['item_preview'], {});
      assert.ok(given !== undefined);
      tokens.push(given.accessToken);
      assert.equal(new Set(tokens).size, 3);
      await window.signOut.run(parent.id);
      await eventually(allEnded);
    });

    it('ends them later where Box cannot be told at once', async () => {
      await box.control.fault({ endpoint: 'revoke', kind: 'dropBefore', times: -1 });
      await passWaits(window.clock, window.signOut.run(parent.id));
      await passWaits(window.clock, window.children.idle());
      assert.equal(window.secrets.keysBelow('revocation/').length, 1);
      assert.deepEqual(await window.children.sessions(), [parent.id]);
      await box.control.clearFaults();
      const other = new SessionWindow(box, machine());
      await other.sender.sendAll();
      assert.equal(await other.children.endLeft(), false);
      assert.ok(await allEnded());
    });

    it('leaves those of other accounts alone', async () => {
      const sam = await window.signIn({}, SEED.personalUserLogin);
      const token = await tokenOf(['item_preview'], false, sam);
      await window.signOut.run(parent.id);
      await eventually(allEnded);
      assert.ok(await isLive(token));
      assert.equal(await tokenOf(['item_preview'], false, sam), token);
    });

    it('ends none because the parent was refreshed: somebody may use them', async () => {
      await window.refresher.refreshNow(parent);
      assert.deepEqual(await liveOf(box, tokens), tokens);
    });
  });

  describe('exchange', () => {
    it('gives a token for people, each time another, and keeps none', async () => {
      const first = await window.downscoped.exchange(parent, ['item_preview'], FILE);
      const second = await window.downscoped.exchange(parent, ['item_preview'], FILE);
      assert.notEqual(first.accessToken, second.accessToken);
      assert.deepEqual([first.expiresIn, first.issuedAt], [3600, window.clock.now()]);
      assert.deepEqual((await box.control.tokenInfo(first.accessToken)).scopes, ['item_preview']);
    });

    it('gives application scopes too, which a person may choose', async () => {
      const { accessToken } = await window.downscoped.exchange(parent, ['ai.readwrite', 'item_preview']);
      const { scopes } = await box.control.tokenInfo(accessToken);
      assert.deepEqual(scopes, ['ai.readwrite', 'item_preview']);
    });

    it('names the scope that the app lacks', async () => {
      await assert.rejects(window.downscoped.exchange(parent, ['item_preview', 'manage_groups']), {
        name: 'ScopesRefusedError',
        scopes: ['manage_groups'],
      });
    });
  });
});
