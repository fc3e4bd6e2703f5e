import assert from 'node:assert/strict';
import { signInOf } from '../../../../src/sessions/store/sessionRecord';
import { useEmulatedBox } from '../../support/emulatedBox';
import { SERVER_KINDS, ServerSessions } from '../../support/serverSessions';
import { SessionWindow, useMachine } from '../../support/sessionWindow';

describe('NewSessions', () => {
  const box = useEmulatedBox();
  const machine = useMachine();
  let window: SessionWindow;

  beforeEach(async () => {
    window = new SessionWindow(box, machine());
    await window.configureApp();
  });

  const areLive = async (tokens: readonly (string | undefined)[]): Promise<boolean[]> => {
    const infos = await Promise.all(tokens.map((token = '') => box.control.tokenInfo(token)));
    return infos.map(({ live }) => live);
  };

  it('leaves the pair of a session that it replaces alive, until the session is signed out', async () => {
    const first = await window.signIn();
    const second = await window.signIn();
    assert.equal(second.id, first.id);
    const tokens = [first.pair, second.pair].flatMap((pair) => [pair.accessToken, pair.refreshToken]);
    assert.deepEqual(await areLive(tokens), [true, true, true, true]);

    assert.deepEqual(await window.signOut.run(second.id), { state: 'revoked' });
    assert.deepEqual(await areLive(tokens), [false, false, false, false]);
  });

  it('remembers that pair through refreshes', async () => {
    const first = await window.signIn();
    const second = await window.signIn();
    await window.refresher.refreshNow(second);
    assert.deepEqual(await areLive([first.pair.refreshToken]), [true]);
    await window.signOut.run(second.id);
    assert.deepEqual(await areLive([first.pair.refreshToken]), [false]);
  });

  it('names each sign-in, also where it replaces another, and keeps the name over refreshes', async () => {
    const first = await window.signIn();
    const second = await window.signIn();
    assert.notEqual(signInOf(first), signInOf(second));
    const refreshed = await window.refresher.refreshNow(second);
    assert.equal(signInOf(refreshed), signInOf(second));
  });

  it('gives a record from before sign-ins had names the same name in every window', async () => {
    const { signIn, ...older } = await window.signIn();
    assert.notEqual(signIn, undefined);
    await window.store.write(older);
    const other = new SessionWindow(box, machine());
    const [stored] = await other.store.all();
    assert.equal(stored && signInOf(stored), `at-${older.signedInAt}`);
    assert.equal(signInOf(older), `at-${older.signedInAt}`);
  });

  for (const kind of SERVER_KINDS) {
    it(`keeps the tokens of a ${kind.credential} session that it replaces, to revoke them`, async () => {
      const server = new ServerSessions(box, kind);
      await server.configure(window);
      const first = await server.signIn(window);
      const second = await server.signIn(window);
      assert.equal(second.id, first.id);
      await window.signOut.run(second.id);
      assert.deepEqual(await areLive([first.pair.accessToken, second.pair.accessToken]), [false, false]);
    });
  }

  it('makes one session of two sign-ins that two windows finish at the same time', async () => {
    const other = new SessionWindow(box, machine());
    await Promise.all([window.store.load(), other.store.load()]);
    const [here, there] = await Promise.all([window.signIn(), other.signIn()]);
    assert.equal(here.id, there.id);
    assert.equal(window.secrets.keysBelow('session/').length, 1);
  });
});
