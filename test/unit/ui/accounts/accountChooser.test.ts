import '../../support/vscodeStub';
import assert from 'node:assert/strict';
import { PreferredAccount } from '../../../../src/sessions/store/preferredAccount';
import type { SessionRecord } from '../../../../src/sessions/store/sessionRecord';
import { AccountChooser } from '../../../../src/ui/accounts/accountChooser';
import { storeOf, sessionOf } from '../../support/sessions';
import { useEditor, type Shown } from '../../support/standInEditor';

const WHICH = 'Which account?';
const ann = sessionOf('ann');
const ben = sessionOf('ben', { signedInAt: ann.signedInAt + 1 });
const endedBen: SessionRecord = { ...ben, pair: null, ended: 'refused' };

describe('AccountChooser', () => {
  const editor = useEditor();
  let preferred: PreferredAccount;

  beforeEach(() => {
    const values = new Map<string, unknown>();
    preferred = new PreferredAccount({
      get: (key) => values.get(key),
      update: (key, value) => Promise.resolve(void values.set(key, value)),
    });
  });

  const chooser = (...sessions: readonly SessionRecord[]): AccountChooser =>
    new AccountChooser(storeOf(...sessions), preferred);

  /** Chooses the row of a list that begins with a text. */
  const choose = ({ choices, answer }: Shown, start: string): void => {
    const rows = choices as readonly { readonly label: string }[];
    answer(rows.find(({ label }) => label.startsWith(start)));
  };

  it('takes the only account without a question', async () => {
    assert.deepEqual(await chooser(ann).pickLive(WHICH), ann);
    assert.equal((await chooser(ann).pick(WHICH))?.id, 'ann');
    assert.deepEqual(await editor().texts(), []);
  });

  it('takes the session of an account that can do most and still works', async () => {
    const narrow = sessionOf('ann', { id: 'narrow', scopes: ['root_readonly'] });
    const ended: SessionRecord = { ...ann, pair: null, ended: 'refused' };
    assert.equal((await chooser(narrow, ann).pickLive(WHICH))?.id, ann.id);
    assert.equal((await chooser(narrow, ended).pickLive(WHICH))?.id, narrow.id);
  });

  it('asks where there are several, the one that signed in last first', async () => {
    const picked = chooser(ann, ben).pickLive(WHICH);
    const list = await editor().last();
    assert.deepEqual([list.in, list.text], ['quickPick', WHICH]);
    assert.deepEqual(
      (list.choices as readonly { readonly label: string }[]).map(({ label }) => label),
      ['ben@example.com', 'ann@example.com'],
    );
    choose(list, 'ann');
    assert.equal((await picked)?.id, ann.id);
  });

  it('gives none where the list is closed', async () => {
    const picked = chooser(ann, ben).pickLive(WHICH);
    (await editor().last()).answer(undefined);
    assert.equal(await picked, undefined);
  });

  it('takes the preferred account without a question for what loses nothing', async () => {
    await preferred.set('ann');
    assert.equal((await chooser(ann, ben).pickLive(WHICH))?.id, ann.id);
    assert.deepEqual(await editor().texts(), []);
  });

  it('asks all the same for anything else', async () => {
    await preferred.set('ann');
    const picked = chooser(ann, ben).pick(WHICH);
    choose(await editor().last(), 'ben');
    assert.equal((await picked)?.id, 'ben');
  });

  it('asks when the preferred account is gone', async () => {
    await preferred.set('eve');
    const picked = chooser(ann, ben).pickLive(WHICH);
    choose(await editor().last(), 'ben');
    assert.equal((await picked)?.id, ben.id);
  });

  it('takes the account that a menu is about before the preferred one', async () => {
    await preferred.set('ann');
    const accounts = chooser(ann, ben);
    assert.equal((await accounts.pickLive(WHICH, 'ben'))?.id, ben.id);
    assert.equal((await accounts.pick(WHICH, 'ben'))?.id, 'ben');
    assert.deepEqual(await editor().texts(), []);
  });

  for (const how of ['pick', 'pickLive'] as const) {
    it(`takes no other account for the one of a menu that is gone by now, and says so (${how})`, async () => {
      assert.equal(await chooser(ann)[how](WHICH, 'ben'), undefined);
      const message = await editor().last();
      assert.deepEqual([message.in, message.choices], ['information', ['Sign In']]);
      assert.match(message.text, /has been signed out/);
      assert.equal(editor().shown.length, 1);
      message.answer('Sign In');
      assert.deepEqual(await editor().commands(), ['box-authentication.signIn']);
    });
  }

  it('rejects where the account has ended, naming its session', async () => {
    await assert.rejects(chooser(ann, endedBen).pickLive(WHICH, 'ben'), (error) => {
      const { code, appName, session } = error as Record<string, unknown>;
      assert.deepEqual([code, appName], ['ended', 'Example App']);
      assert.equal((session as SessionRecord).id, ben.id);
      return true;
    });
  });

  it('gives an ended account to whoever does not need a token', async () => {
    assert.equal((await chooser(endedBen).pick(WHICH))?.id, 'ben');
  });

  it('tells that nobody is signed in, and signs in when that is wanted', async () => {
    assert.equal(await chooser().pickLive(WHICH), undefined);
    const message = await editor().last();
    assert.deepEqual([message.in, message.choices], ['information', ['Sign In']]);
    assert.match(message.text, /You aren’t signed in to Box/);
    assert.equal(editor().shown.length, 1);
    assert.deepEqual(await editor().commands(), []);
    message.answer('Sign In');
    assert.deepEqual(await editor().commands(), ['box-authentication.signIn']);
  });

  it('does not sign in when that message is closed', async () => {
    await chooser().pick(WHICH);
    (await editor().last()).answer(undefined);
    assert.deepEqual(await editor().commands(), []);
  });
});
