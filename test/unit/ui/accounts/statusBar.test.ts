import '../../support/vscodeStub';
import assert from 'node:assert/strict';
import { Settings } from '../../../../src/apps/settings';
import { Emitter } from '../../../../src/common/emitter';
import { PreferredAccount } from '../../../../src/sessions/store/preferredAccount';
import type { SessionStore } from '../../../../src/sessions/store/sessionStore';
import type { SessionRecord } from '../../../../src/sessions/store/sessionRecord';
import type { AccountAccess } from '../../../../src/terminal/terminalHost';
import { AccountStatusBarItem } from '../../../../src/ui/accounts/statusBar';
import { FakeClock } from '../../support/fakeClock';
import { storeOf, sessionOf } from '../../support/sessions';
import { useEditor, type StatusBarItem } from '../../support/standInEditor';

const MINUTE_MS = 60_000;
const ann = sessionOf('ann');
const ben = sessionOf('ben', { signedInAt: ann.signedInAt + 1 });

describe('AccountStatusBarItem', () => {
  const editor = useEditor();
  let clock: FakeClock;
  let isWanted: unknown;
  let access: AccountAccess;
  const given = new Emitter<undefined>();
  const terminal = { accessTo: () => access, onDidChange: given.event };
  let preferred: PreferredAccount;
  let store: SessionStore;
  let account: AccountStatusBarItem;

  beforeEach(() => {
    clock = new FakeClock(ann.pair.issuedAt);
    isWanted = true;
    access = { given: 0, isAllowed: false, denials: [] };
    const values = new Map<string, unknown>();
    preferred = new PreferredAccount({
      get: (key) => values.get(key),
      update: (key, value) => Promise.resolve(void values.set(key, value)),
    });
  });

  /** Shows the item over these sessions. */
  const show = async (...sessions: readonly SessionRecord[]): Promise<StatusBarItem> => {
    store = storeOf(...sessions);
    const settings = new Settings(() => isWanted);
    account = new AccountStatusBarItem({ store, preferred, settings, terminal, clock });
    await store.load();
    account.update();
    const [item] = editor().statusBar;
    assert.ok(item);
    return item;
  };

  const tooltip = ({ tooltip: shown }: StatusBarItem): string =>
    typeof shown === 'object' ? shown.value : (shown ?? '');

  it('offers to sign in while nobody is', async () => {
    const item = await show();
    assert.deepEqual(
      [item.text, item.command, item.isShown],
      ['$(account) Box: Sign In', 'box-authentication.signIn', true],
    );
    assert.deepEqual(item.accessibilityInformation, {
      label: 'Box: Not signed in. Sign in',
      role: 'button',
    });
    assert.deepEqual(clock.pending, []);
  });

  it('shows who is signed in, and leads to the account', async () => {
    const item = await show(ann);
    assert.deepEqual(
      [item.text, item.command, item.isShown],
      ['$(account) ann@example.com', 'box-authentication.showAccount', true],
    );
    assert.deepEqual(item.accessibilityInformation, {
      label: 'Box: Signed in as ann@example.com. Show account',
      role: 'button',
    });
  });

  it('warns that somebody needs to sign in again, and leads to the account', async () => {
    const item = await show({ ...ann, pair: null, ended: 'refused' });
    assert.deepEqual(
      [item.text, item.command],
      ['$(warning) Box: Sign In', 'box-authentication.showAccount'],
    );
    assert.deepEqual(item.accessibilityInformation, {
      label: 'Box: ann@example.com needs to sign in again. Show account',
      role: 'button',
    });
    assert.deepEqual(clock.pending, []);
  });

  it('names a service account as VS Code does: its login says nothing', async () => {
    const robot = { id: 'ann', label: 'Service account (Nightly)' };
    const subject = { type: 'enterprise', id: '27' } as const;
    const item = await show({ ...ann, account: robot, subject, credential: 'jwt' });
    assert.equal(item.text, '$(account) Service account (Nightly)');
  });

  it('shows the account that signed in last, or the one that is preferred', async () => {
    const item = await show(ann, ben);
    assert.match(item.text, /ben/);
    await preferred.set('ann');
    assert.match(item.text, /ann/);
    await preferred.set(undefined);
    assert.match(item.text, /ben/);
  });

  it('shows a session that works before one that has ended', async () => {
    const narrow = sessionOf('ann', { id: 'narrow', scopes: ['root_readonly'] });
    const item = await show({ ...ann, pair: null, ended: 'refused' }, narrow);
    assert.equal(item.text, '$(account) ann@example.com');
  });

  it('follows what is written to the sessions', async () => {
    const item = await show();
    await store.write(ann);
    assert.equal(item.text, '$(account) ann@example.com');
    await store.write({ ...ann, pair: null, ended: 'revoked' });
    assert.equal(item.text, '$(warning) Box: Sign In');
  });

  it('counts the life that is left in its tooltip', async () => {
    const item = await show(ann);
    assert.match(tooltip(item), /60 minutes left/);
    await clock.advance(3 * MINUTE_MS);
    assert.match(tooltip(item), /57 minutes left/);
    await clock.advance(57 * MINUTE_MS);
    assert.match(tooltip(item), /will be refreshed the next time it’s used/);
  });

  it('counts in its tooltip what programs in terminals were given', async () => {
    const item = await show(ann);
    assert.doesNotMatch(tooltip(item), /Terminals/);
    access = { given: 0, isAllowed: true, denials: [] };
    given.fire(undefined);
    assert.match(tooltip(item), /Tokens given to terminals in this window: 0/);
    access = { given: 3, isAllowed: false, denials: [] };
    given.fire(undefined);
    assert.match(tooltip(item), /Tokens given to terminals in this window: 3/);
  });

  it('shows what Box calls somebody as text and not as Markdown', async () => {
    const name = '[Ann](command:workbench.action.quit)';
    const item = await show({ ...ann, user: { ...ann.user, name } });
    assert.doesNotMatch(tooltip(item), /(?<!\\)\[|(?<!\\)\]|@/);
    assert.match(tooltip(item), /ann&#64;example/);
  });

  it('is hidden while the setting says so, and does not count then', async () => {
    isWanted = false;
    const item = await show(ann);
    assert.deepEqual([item.isShown, clock.pending], [false, []]);
    isWanted = true;
    account.update();
    assert.equal(item.isShown, true);
    isWanted = false;
    account.update();
    assert.deepEqual([item.isShown, clock.pending], [false, []]);
  });

  it('goes with its window, and leaves no timer', async () => {
    const item = await show(ann);
    account.dispose();
    assert.deepEqual([item.isShown, clock.pending], [false, []]);
  });
});
