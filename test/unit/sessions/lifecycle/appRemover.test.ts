import assert from 'node:assert/strict';
import type { LiveSession } from '../../../../src/sessions/store/sessionRecord';
import { SEED } from '../../../emulator/src';
import { useEmulatedBox } from '../../support/emulatedBox';
import {
  AS_SERVICE_ACCOUNT,
  AS_USER,
  liveOf,
  SERVER_KINDS,
  ServerSessions,
} from '../../support/serverSessions';
import { SessionWindow, useMachine } from '../../support/sessionWindow';

describe('AppRemover', () => {
  const box = useEmulatedBox();
  const machine = useMachine();

  for (const kind of SERVER_KINDS) {
    describe(`for two subjects of one app (${kind.credential})`, () => {
      let window: SessionWindow;
      let server: ServerSessions;
      let serviceAccount: LiveSession;
      let user: LiveSession;

      beforeEach(async () => {
        window = new SessionWindow(box, machine());
        server = new ServerSessions(box, kind);
        await server.configure(window);
        serviceAccount = await server.signIn(window, AS_SERVICE_ACCOUNT);
        user = await server.signIn(window, AS_USER);
      });

      const secret = (): Promise<string | undefined> =>
        window.appSecrets.clientSecret(kind.clientId, window.origins);
      const tokens = (): string[] => [serviceAccount, user].map(({ pair }) => pair.accessToken);

      it('P2: has two accounts with ids and labels of their own, which a new sign-in keeps', async () => {
        const { id, label } = serviceAccount.account;
        assert.notEqual(user.account.id, id);
        assert.notEqual(user.account.label, label);
        const again = await server.signIn(new SessionWindow(box, machine()), AS_SERVICE_ACCOUNT);
        assert.deepEqual([again.id, again.account], [serviceAccount.id, { id, label }]);
        assert.equal((await window.store.readAllStored()).length, 2);
      });

      it('P2: each gets new tokens as who it is', async () => {
        const renewed = await window.refresher.refreshNow(user);
        const info = await box.control.tokenInfo(renewed.pair.accessToken);
        assert.deepEqual([info.live, info.userId], [true, SEED.userId]);
      });

      it('P2: signs out the one that is removed, and leaves the other its session and the secrets', async () => {
        const signedOut = await window.remover.signOut(server.app(AS_USER), false);
        assert.deepEqual(
          signedOut.map(({ session }) => session.id),
          [user.id],
        );
        assert.deepEqual(await liveOf(box, tokens()), [serviceAccount.pair.accessToken]);
        assert.deepEqual(
          (await window.store.all()).map(({ id }) => id),
          [serviceAccount.id],
        );
        assert.equal(await secret(), kind.clientSecret);
        await window.refresher.refreshNow(serviceAccount);
      });

      it('P2: signs out every session with the last, of whomever, and forgets the secrets', async () => {
        await window.remover.signOut(server.app(AS_USER), true);
        assert.deepEqual(await liveOf(box, tokens()), []);
        assert.equal(await secret(), kind.clientSecret);
        await window.remover.forget(kind.clientId);
        assert.equal(await secret(), undefined);
      });

      it('keeps a secret that Box refused while a session needs it', async () => {
        await window.remover.forgetRefused(kind.clientId, window.origins);
        assert.equal(await secret(), kind.clientSecret);
      });

      it(`${kind.credential === 'jwt' ? 'keeps' : 'forgets'} a secret that Box refused, once nobody needs it`, async () => {
        await window.remover.signOut(server.app(AS_USER), true);
        await window.remover.forgetRefused(kind.clientId, window.origins);
        assert.equal(await secret(), kind.credential === 'jwt' ? kind.clientSecret : undefined);
      });
    });
  }
});
