import assert from 'node:assert/strict';
import { signInOf, type LiveSession } from '../../../../src/sessions/store/sessionRecord';
import { StaleWindowError } from '../../../../src/storage/errors';
import { SEED } from '../../../emulator/src';
import { useEmulatedBox } from '../../support/emulatedBox';
import { downscopedRequests } from './downscopedRequests';
import { eventually } from '../../support/eventually';
import { SERVER_KINDS, ServerSessions, liveOf, passTime } from '../../support/serverSessions';
import { SessionWindow, useMachine } from '../../support/sessionWindow';
import { passWaits } from '../../support/waits';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const OFFLINE = { endpoint: 'revoke', kind: 'dropBefore', times: -1 } as const;

describe('ChildTokens', () => {
  const box = useEmulatedBox();
  const machine = useMachine();
  let window: SessionWindow;
  let parent: LiveSession;

  beforeEach(async () => {
    window = new SessionWindow(box, machine());
    await window.configureApp();
    parent = await window.signIn();
  });

  const { session, tokenOf } = downscopedRequests(
    box,
    () => window,
    () => parent,
  );
  const records = (): string[] => window.secrets.keysBelow('children/');
  const sent = async (): Promise<number> => (await box.control.requests({ endpoint: 'revoke' })).length;
  const make = async (from = window): Promise<string> => {
    const { accessToken } = await from.downscoped.exchange(parent, ['item_preview']);
    await from.children.stored();
    return accessToken;
  };
  /** Tokens made in every way in which another extension or a person gets one. */
  const makeAll = async (): Promise<string[]> => {
    const first = await tokenOf();
    const replaced = await tokenOf(['item_preview'], true);
    const command = await make();
    await window.refresher.refreshNow(parent);
    const renewed = await tokenOf();
    await window.children.stored();
    return [first, replaced, command, renewed];
  };
  /** Signs out here, and waits for what goes on behind it. */
  const signOut = async (from = window): Promise<string> => {
    const { state } = await passWaits(from.clock, from.signOut.run(parent.id));
    await passWaits(from.clock, from.children.idle());
    return state;
  };

  for (const revokeScope of ['pair', 'pair+children'] as const) {
    it(`S9: has every token revoked that was made from a session, at its sign-out (${revokeScope})`, async () => {
      await box.control.set({ revokeScope });
      const tokens = await makeAll();
      assert.equal(new Set(tokens).size, 4);
      assert.equal(records().length, 1);
      assert.equal(await signOut(), 'revoked');
      assert.deepEqual(await liveOf(box, tokens), []);
      assert.deepEqual(records(), []);
      assert.equal(await sent(), 1 + tokens.length);
    });

    it(`B5: sends each once where Box refuses, and shows nothing as unconfirmed (${revokeScope})`, async () => {
      await box.control.set({ revokeScope, childRevocation: 'refused' });
      const tokens = await makeAll();
      assert.equal(await signOut(), 'revoked');
      assert.deepEqual(records(), []);
      assert.equal((await window.revocations.pending()).size, 0);
      await window.children.endOf(parent);
      await window.children.endLeft();
      assert.equal(await sent(), 1 + tokens.length);
      if (revokeScope === 'pair') {
        const told = window.log.messages('info').filter((line) => line.includes('The client is invalid'));
        assert.equal(told.length, tokens.length);
      }
      assert.deepEqual(window.log.messages('warn'), []);
    });
  }

  it('S21: does not make the sign-out wait for a hundred tokens, which end all the same', async () => {
    const made = await Promise.all(Array.from({ length: 100 }, () => make()));
    await box.control.fault({ endpoint: 'revoke', kind: 'delay', delayMs: 20, times: -1 });
    assert.equal((await window.signOut.run(parent.id)).state, 'revoked');
    assert.ok((await sent()) < 50);
    await window.signOut.idle();
    await window.children.idle();
    assert.deepEqual(await liveOf(box, made), []);
    assert.equal(await sent(), 101);
    assert.deepEqual(records(), []);
  });

  it('has the tokens revoked after the tokens of the session were', async () => {
    const tokens = await makeAll();
    await window.signOut.revoke(parent.id);
    await window.signOut.idle();
    await window.children.idle();
    assert.deepEqual(await liveOf(box, tokens), []);
    assert.deepEqual(records(), []);
  });

  it('has annotators’ tokens revoked', async () => {
    const [, jwt] = SERVER_KINDS;
    assert.ok(jwt !== undefined);
    const server = new ServerSessions(box, jwt);
    await server.configure(window);
    const robot = await server.signIn(window);
    const annotator = { externalUserId: 'visitor-7', displayName: 'Ada' };
    const { accessToken } = await window.annotators.make(robot, annotator, ['item_preview']);
    await window.children.stored();
    await window.signOut.run(robot.id);
    await window.signOut.idle();
    await window.children.idle();
    assert.deepEqual(await liveOf(box, [accessToken]), []);
    assert.deepEqual(records(), []);
  });

  it('remembers nothing of a developer token, which nobody here can revoke', async () => {
    const { accessToken } = await box.control.issuePair(SEED.clientId, SEED.userId, ['root_readonly']);
    const { signal } = new AbortController();
    const developer = await window.developerTokens.add(accessToken, window.origins, signal);
    await tokenOf(['item_preview'], false, developer);
    const refused = session(['item_preview', 'item_upload'], false, developer);
    await assert.rejects(refused, { scopes: ['item_upload'] });
    await window.children.idle();
    assert.deepEqual([records(), await sent()], [[], 0]);
  });

  describe('across windows', () => {
    it('ends at a sign-out what another window made, which is closed', async () => {
      const token = await make();
      (await window.sessions.loadLifecycle()).children.dispose();
      const other = new SessionWindow(box, machine());
      await other.store.load();
      await signOut(other);
      assert.deepEqual(await liveOf(box, [token]), []);
      assert.deepEqual(records(), []);
    });

    it('ends what another window had not stored yet, by that window', async () => {
      window.secrets.fail('store', (key) => key.startsWith('children/'));
      const token = await make();
      assert.deepEqual(records(), []);
      const other = new SessionWindow(box, machine());
      await other.store.load();
      await signOut(other);
      await eventually(async () => (await liveOf(box, [token])).length === 0);
    });

    /** Lets SecretStorage work again once another window has stored a token of its own. Gives that, and all that are stored. */
    const recoverAfterAnother = async (): Promise<{ theirs: string; stored: readonly string[] }> => {
      const recovered = new Promise((resolve) => window.storage.secrets.onDidRecover(resolve));
      window.secrets.heal();
      const other = new SessionWindow(box, machine());
      await other.store.load();
      const theirs = await make(other);
      await passWaits(window.clock, recovered);
      await window.children.stored();
      const { tokens } = window.secrets.valueOf(records()[0] ?? '') as { tokens: { token: string }[] };
      return { theirs, stored: tokens.map(({ token }) => token) };
    };

    it('remembers what could be kept in memory only, also where another window has stored its own meanwhile', async () => {
      window.secrets.fail('store', (key) => key.startsWith('children/'));
      const first = await make();
      const { theirs, stored } = await recoverAfterAnother();
      assert.deepEqual(stored.toSorted(), [first, theirs].toSorted());
    });

    it('does not remember again what Box has ended before another window stored its own', async () => {
      window.secrets.fail('store', (key) => key.startsWith('children/'));
      await box.control.fault({ endpoint: 'revoke', kind: 'dropBefore', times: -1 });
      const ended = await make();
      parent = await window.signIn();
      await passWaits(window.clock, window.children.idle());
      const kept = await make();
      await box.control.clearFaults();
      await passWaits(window.clock, window.children.endOf(parent, signInOf(parent)));
      assert.deepEqual(await liveOf(box, [ended, kept]), [kept]);
      const { theirs, stored } = await recoverAfterAnother();
      assert.deepEqual(stored.toSorted(), [kept, theirs].toSorted());
    });

    it('remembers what could not even be looked for, once SecretStorage works again', async () => {
      const recovered = new Promise((resolve) => window.storage.secrets.onDidRecover(resolve));
      for (const operation of ['get', 'keys', 'store'] as const) window.secrets.fail(operation);
      const token = await make();
      window.secrets.heal();
      await passWaits(window.clock, recovered);
      await window.children.stored();
      assert.ok(JSON.stringify(window.secrets.valueOf(records()[0] ?? '')).includes(token));
    });

    it('loses only the last one in a crash between answer and store', async () => {
      const before = await make();
      window.secrets.intercept = (operation, key) => {
        if (operation === 'store' && key.startsWith('children/')) throw new Error('crashed');
      };
      const lost = await make();
      (await window.sessions.loadLifecycle()).children.dispose();
      window.secrets.intercept = () => undefined;
      const other = new SessionWindow(box, machine());
      await other.store.load();
      assert.equal(await signOut(other), 'revoked');
      assert.deepEqual(await liveOf(box, [before, lost]), [lost]);
      assert.deepEqual(records(), []);
    });

    it('ends what comes back after another window signed the session out', async () => {
      const other = new SessionWindow(box, machine());
      await other.store.load();
      let token = '';
      const run = window.exchanger.run(parent, {
        kind: 'downscoped',
        resource: undefined,
        scopes: ['item_preview'],
        send: async ({ pair }) => {
          const downscoping = { subjectToken: pair.accessToken, scopes: ['item_preview'] };
          const { accessToken } = await box.client(window.clock).exchange(box.endpoints, downscoping);
          token = accessToken;
          await signOut(other);
          return { accessToken, expiresIn: 3600, issuedAt: window.clock.now() };
        },
      });
      await assert.rejects(run, { code: 'signed_out' });
      await window.children.idle();
      assert.deepEqual([await liveOf(box, [token]), records()], [[], []]);
    });

    it('sends each once where two windows end them at the same time', async () => {
      const tokens = await makeAll();
      const other = new SessionWindow(box, machine());
      await Promise.all([window.children.endOf(parent), other.children.endOf(parent)]);
      assert.deepEqual(await liveOf(box, tokens), []);
      assert.equal(await sent(), tokens.length);
    });
  });

  describe('what cannot be sent', () => {
    it('waits for the network, after a few attempts, and for any window', async () => {
      const tokens = await Promise.all(Array.from({ length: 20 }, () => make()));
      await box.control.fault(OFFLINE);
      assert.equal(await signOut(), 'pending');
      assert.ok((await sent()) <= 2 * (1 + 4), String(await sent()));
      assert.equal(await window.children.has(parent.id), true);
      assert.deepEqual(await window.children.sessions(), [parent.id]);
      await box.control.clearFaults();
      const other = new SessionWindow(box, machine());
      assert.equal(await other.children.endLeft(), false);
      assert.deepEqual(await liveOf(box, tokens), []);
      assert.deepEqual([await other.children.has(parent.id), await other.children.sessions()], [false, []]);
    });

    it('leaves no record where it has ended before Box could be told, and no need of the app’s secret', async () => {
      await makeAll();
      await box.control.fault(OFFLINE);
      assert.equal(await signOut(), 'pending');
      assert.equal(records().length, 1);
      await box.control.clearFaults();
      await passTime(window, box, 2 * HOUR_MS);
      // Box’s clock is known from the session’s own revocation, which goes first.
      await window.sender.sendAll();
      const before = await sent();
      assert.equal(await window.children.endLeft(), false);
      assert.deepEqual([records(), [...(await window.children.clientIds())]], [[], []]);
      assert.equal(await sent(), before);
    });

    it('waits for the right client secret', async () => {
      const tokens = await makeAll();
      await window.configureApp('wrongwrongwrongwrongwrongwrongwr');
      assert.equal(await signOut(), 'pending');
      assert.deepEqual(await liveOf(box, tokens), tokens);
      assert.equal(await window.children.has(parent.id), true);
      await window.configureApp();
      await window.children.endOf(parent);
      assert.deepEqual([await liveOf(box, tokens), records()], [[], []]);
    });

    it('waits for a client secret that is missing, and sends nothing', async () => {
      const tokens = await makeAll();
      await window.forgetSecrets(SEED.clientId);
      await signOut();
      assert.equal(await sent(), 0);
      await window.configureApp();
      await window.children.endOf(parent);
      assert.deepEqual([await liveOf(box, tokens), records()], [[], []]);
    });

    it('keeps the secret of an app that is removed, until Box has ended them', async () => {
      const tokens = await makeAll();
      await passWaits(window.clock, window.removeApp(SEED.clientId));
      const secret = (): Promise<string | undefined> =>
        window.appSecrets.clientSecret(SEED.clientId, window.origins);
      await passWaits(
        window.clock,
        eventually(async () => (await secret()) === undefined),
      );
      assert.deepEqual([await liveOf(box, tokens), records()], [[], []]);
    });
  });

  it('leaves those of the sign-in that is to stay', async () => {
    const first = await make();
    parent = await window.signIn();
    const second = await make();
    await window.children.endOf(parent, signInOf(parent));
    assert.deepEqual(await liveOf(box, [first, second]), [second]);
    assert.equal(await window.children.has(parent.id), true);
    await signOut();
    assert.deepEqual([await liveOf(box, [second]), records()], [[], []]);
  });

  it('ends them also where nothing of the sign-out can be stored but its mark', async () => {
    const token = await make();
    window.revocations.add = () => Promise.reject(new StaleWindowError());
    await window.signOut.run(parent.id);
    const other = new SessionWindow(box, machine());
    await other.signOut.tidy();
    await Promise.all([other.signOut.idle(), other.children.idle()]);
    assert.deepEqual(await liveOf(box, [token]), []);
    assert.deepEqual(await other.store.all(), []);
  });

  it('forgets one when Box’s clock says that it has ended, and not when the clock here does', async () => {
    const stored = (): string =>
      [...window.secrets.values].find(([key]) => key.startsWith('children/'))?.[1] ?? '';
    const first = await make();
    window.clock.wallError = 3 * DAY_MS;
    const second = await make();
    assert.deepEqual(
      [first, second].map((token) => stored().includes(token)),
      [true, true],
    );
    window.clock.wallError = 0;
    await passTime(window, box, 2 * HOUR_MS);
    const third = await make();
    assert.deepEqual(
      [first, second, third].map((token) => stored().includes(token)),
      [false, false, true],
    );
  });

  describe('probes', () => {
    const ASKED = ['item_preview', 'item_download', 'item_upload'];

    /** The tokens that finding refused scopes has brought. */
    const probe = async (): Promise<string[]> => {
      parent = await window.signIn({ scopes: ['root_readonly'] });
      const before = new Set(await box.control.issuedSecrets());
      await assert.rejects(session(ASKED), { scopes: ['item_download', 'item_upload'] });
      const known = (await box.control.issuedSecrets()).filter((secret) => !before.has(secret));
      const infos = await Promise.all(known.map((secret) => box.control.tokenInfo(secret)));
      return known.filter((_, index) => infos[index]?.scopes?.[0] === 'item_preview');
    };

    it('are revoked at once, and not remembered', async () => {
      const probes = await probe();
      await window.children.idle();
      assert.equal(probes.length, 1);
      assert.deepEqual([await liveOf(box, probes), records(), await sent()], [[], [], 1]);
    });

    it('are done with where Box refuses', async () => {
      await box.control.set({ childRevocation: 'refused' });
      const probes = await probe();
      await window.children.idle();
      assert.deepEqual([await liveOf(box, probes), records(), await sent()], [probes, [], 1]);
      assert.deepEqual(window.log.messages('warn'), []);
    });

    it('are remembered where that fails, and end with the session', async () => {
      await box.control.fault(OFFLINE);
      const probes = await probe();
      await passWaits(window.clock, window.children.idle());
      assert.equal(records().length, 1);
      await box.control.clearFaults();
      await signOut();
      assert.deepEqual([await liveOf(box, probes), records()], [[], []]);
    });
  });
});
