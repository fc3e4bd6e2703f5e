import '../../support/vscodeStub';
import assert from 'node:assert/strict';
import { SEED } from '../../../emulator/src';
import { Settings } from '../../../../src/apps/settings';
import type { Terminal } from '../../../../src/terminal/module';
import { createActions, type Actions } from '../../../../src/ui/commands/module';
import { Notifications } from '../../../../src/ui/messages/notifications';
import { SharedSignIn } from '../../../../src/ui/signIn/sharedSignIn';
import { useEmulatedBox } from '../../support/emulatedBox';
import { SessionWindow, useMachine } from '../../support/sessionWindow';
import { useEditor } from '../../support/standInEditor';

describe('The command Sign Out', () => {
  const box = useEmulatedBox();
  const machine = useMachine();
  const editor = useEditor();
  let window: SessionWindow;
  let actions: Actions;

  beforeEach(async () => {
    window = new SessionWindow(box, machine());
    await window.configureApp();
    const { sessions, clock, log } = window;
    actions = createActions({
      sessions,
      lifecycle: await sessions.loadLifecycle(),
      settings: new Settings(() => undefined),
      terminal: { load: () => Promise.reject(new Error('not asked for')) } as unknown as Terminal,
      loadSignIn: () => Promise.reject(new Error('not asked for')),
      signIns: new SharedSignIn(() => window.signIn()),
      notifications: new Notifications({ prepareReload: () => Promise.resolve(), clock, log }),
      clock,
    });
  });

  afterEach(() => {
    actions.dispose();
  });

  it('ends nothing before it was confirmed', async () => {
    const { id } = await window.signIn();
    const done = actions.accounts.signOut();
    const question = await editor().last();
    assert.equal(question.text, 'Sign out of dana.rivera@example.com?');
    assert.ok(window.store.find(id));
    question.answer(undefined);
    await done;
    assert.ok(window.store.find(id));
    assert.equal((await box.control.counters()).revocations, 0);
  });

  it('says what happens to the tokens, and ends every session of the account', async () => {
    await window.signIn();
    const done = actions.accounts.signOut();
    const { choices, answer } = await editor().last();
    const [{ modal, detail }, button] = choices as [{ modal: boolean; detail: string }, string];
    assert.deepEqual([modal, button], [true, 'Sign Out']);
    assert.match(detail, /revoked at Box/);
    await window.signIn({ scopes: ['root_readonly'] });
    answer(button);
    await done;
    assert.deepEqual(await window.store.all(), []);
    assert.equal((await box.control.counters()).revocations, 2);
  });

  it('does not promise to revoke a developer token', async () => {
    const { accessToken } = await box.control.issuePair(SEED.clientId, SEED.userId);
    await window.developerTokens.add(accessToken, window.origins, new AbortController().signal);
    void actions.accounts.signOut();
    const [options] = (await editor().last()).choices as [{ detail: string }];
    assert.match(options.detail, /works until it expires/);
  });
});
