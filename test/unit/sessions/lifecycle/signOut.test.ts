import assert from 'node:assert/strict';
import { revocationOf } from '../../../../src/sessions/tokens/pendingRevocations';
import { mainToken, type LiveSession } from '../../../../src/sessions/store/sessionRecord';
import { SEED } from '../../../emulator/src';
import { useEmulatedBox } from '../../support/emulatedBox';
import { SessionWindow, useMachine } from '../../support/sessionWindow';
import { passWaits } from '../../support/waits';

const DAY_MS = 24 * 3_600_000;

describe('SignOut', () => {
  const box = useEmulatedBox();
  const machine = useMachine();
  let window: SessionWindow;
  let session: LiveSession;

  beforeEach(async () => {
    window = new SessionWindow(box, machine());
    await window.configureApp();
    session = await window.signIn();
    window.forgetChanges();
  });

  const isDead = async ({ pair }: LiveSession): Promise<boolean> => {
    const infos = [pair.accessToken, mainToken(pair)].map((token) => box.control.tokenInfo(token));
    return (await Promise.all(infos)).every(({ live }) => !live);
  };

  /** Signs out while revocations fail. */
  const signOutOffline = async (): Promise<void> => {
    await box.control.fault({ endpoint: 'revoke', kind: 'dropBefore', times: -1 });
    const outcome = window.signOut.run(session.id);
    await window.clock.timer((ms) => ms < 2000);
    await window.clock.advance(2000);
    assert.equal((await outcome).state, 'pending');
    await box.control.clearFaults();
  };

  describe('signOut', () => {
    it('removes the session here, revokes both tokens at Box, and fires removed', async () => {
      assert.deepEqual(await window.signOut.run(session.id), { state: 'revoked' });
      assert.equal(await isDead(session), true);
      assert.deepEqual(window.secrets.keysBelow('session/'), []);
      assert.deepEqual(window.secrets.keysBelow('revocation/'), []);
      assert.deepEqual(window.changedIds(), { added: [], removed: [session.id], changed: [] });
    });

    it('lists the account’s remaining sessions as changed', async () => {
      const other = await window.signIn({ scopes: ['root_readonly'] });
      window.forgetChanges();
      await window.signOut.run(session.id);
      assert.deepEqual(window.changedIds(), { added: [], removed: [session.id], changed: [other.id] });
    });

    it('is done when Box has ended the tokens already', async () => {
      await box.control.revokeUser(SEED.userId);
      assert.equal((await window.signOut.run(session.id)).state, 'revoked');
    });

    it('stores the pending revocation before it removes the session, and removes it before it sends', async () => {
      const order: string[] = [];
      window.secrets.intercept = async (operation, key) => {
        if (operation === 'get' || operation === 'keys') return;
        const { revocations } = await box.control.counters();
        order.push(`${operation} ${key.split('/')[0] ?? ''} ${revocations}`);
      };
      await window.signOut.run(session.id);
      assert.deepEqual(order, ['store revocation 0', 'delete session 0', 'delete revocation 1']);
    });

    it('is gone here at once and stays pending when Box cannot be reached, until it is sent', async () => {
      await signOutOffline();
      assert.deepEqual(await window.store.all(), []);
      assert.equal(await isDead(session), false);
      const [pending] = (await window.revocations.pending()).values();
      assert.equal(pending?.label, SEED.userLogin);
      await window.sender.sendAll();
      assert.equal(await isDead(session), true);
      assert.equal((await window.revocations.pending()).size, 0);
    });

    it('drops a pending revocation for its age only after it was tried and when Box’s own clock confirms it', async () => {
      await signOutOffline();
      window.clock.jump(61 * DAY_MS);
      await box.control.fault({ endpoint: 'revoke', kind: 'status', status: 503, times: -1 });
      await passWaits(window.clock, window.sender.sendAll());
      assert.equal((await window.revocations.pending()).size, 1);
      await box.control.advanceClock(61 * DAY_MS);
      await passWaits(window.clock, window.sender.sendAll());
      assert.equal((await window.revocations.pending()).size, 0);
      assert.deepEqual(window.secrets.keysBelow('revocation/'), []);
    });

    it('is gone for the window’s life when SecretStorage cannot delete it, and its tokens end', async () => {
      window.secrets.fail('delete', (key) => key.startsWith('session/'));
      assert.equal((await window.signOut.run(session.id)).state, 'revoked');
      assert.deepEqual(await window.store.all(), []);
      assert.equal(await isDead(session), true);
      assert.equal(window.storageFailures.length, 1);
    });

    it('is finished at the next start when an earlier version ended between its two steps', async () => {
      const { signIn, ...asThen } = session;
      assert.ok(signIn);
      await window.store.write(asThen);
      await window.revocations.add(revocationOf(session));

      const next = new SessionWindow(box, machine());
      assert.deepEqual(await next.store.all(), []);
      assert.deepEqual(next.changedIds(), { added: [], removed: [], changed: [] });
      await next.signOut.tidy();
      assert.deepEqual(next.secrets.keysBelow('session/'), []);
      await next.sender.sendAll();
      assert.equal(await isDead(session), true);
    });

    it('removes an ended session without asking Box', async () => {
      await window.signOut.revoke(session.id);
      const before = (await box.control.counters()).revocations;
      assert.equal((await window.signOut.run(session.id)).state, 'revoked');
      assert.equal((await box.control.counters()).revocations, before);
      assert.deepEqual(window.secrets.keysBelow('session/'), []);
    });
  });

  describe('revoke', () => {
    it('ends the tokens at Box and keeps the account, in need of a new sign-in', async () => {
      await window.signOut.revoke(session.id);
      assert.equal(await isDead(session), true);
      const [kept] = await window.store.all();
      assert.equal(kept?.pair, null);
      assert.deepEqual(window.changedIds(), { added: [], removed: [session.id], changed: [] });
    });

    it('is done here when Box cannot be reached, and told to Box later', async () => {
      await box.control.fault({ endpoint: 'revoke', kind: 'dropBefore', times: -1 });
      const outcome = await passWaits(window.clock, window.signOut.revoke(session.id));
      assert.equal(outcome.state, 'pending');
      const [kept] = await window.store.all();
      assert.deepEqual([kept?.pair, kept?.ended], [null, 'revoked']);
      await box.control.clearFaults();
      await window.sender.sendAll();
      assert.equal(await isDead(session), true);
    });
  });

  describe('AppRemover', () => {
    it('signs the app’s sessions out and forgets its secret', async () => {
      const signedOut = await window.removeApp(SEED.clientId);
      assert.deepEqual(signedOut, [{ session, outcome: { state: 'revoked' } }]);
      assert.equal(await isDead(session), true);
      assert.equal(await window.appSecrets.clientSecret(SEED.clientId, window.origins), undefined);
    });

    it('gives why Box could not be told, for whoever tells the person', async () => {
      await window.configureApp('wrongwrongwrongwrongwrongwrongwr');
      const [signedOut] = await window.removeApp(SEED.clientId);
      assert.equal(signedOut?.session.id, session.id);
      const { outcome } = signedOut;
      assert.equal(
        outcome.state === 'pending' && Reflect.get(outcome.reason as Error, 'error'),
        'invalid_client',
      );
    });

    it('keeps the secret while a revocation is pending, and forgets it with the last', async () => {
      await signOutOffline();
      await window.removeApp(SEED.clientId);
      assert.equal(await window.appSecrets.clientSecret(SEED.clientId, window.origins), SEED.clientSecret);
      await window.sender.sendAll();
      await window.remover.forgetRemoved();
      assert.equal(await window.appSecrets.clientSecret(SEED.clientId, window.origins), undefined);
    });
  });
});
