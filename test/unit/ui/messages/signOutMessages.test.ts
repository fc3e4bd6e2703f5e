import '../../support/vscodeStub';
import assert from 'node:assert/strict';
import { OAuthError, UnreachableError } from '../../../../src/box/errors';
import { SessionError } from '../../../../src/sessions/errors';
import type { SignedOut, SignOutOutcome } from '../../../../src/sessions/lifecycle/signOut';
import { Notifications } from '../../../../src/ui/messages/notifications';
import { tellSignOut, tellWhatLivesOn } from '../../../../src/ui/messages/signOutMessages';
import { FakeClock } from '../../support/fakeClock';
import { RecordingLog } from '../../support/recordingLog';
import { sessionOf } from '../../support/sessions';
import { useEditor } from '../../support/standInEditor';

const REVOKED: SignOutOutcome = { state: 'revoked' };
const LEFT: SignOutOutcome = { state: 'left' };

const pending = (reason: unknown): SignOutOutcome => ({ state: 'pending', reason });
const ann = (outcome: SignOutOutcome, appName = 'Example App'): SignedOut => ({
  session: sessionOf('ann', { appName }),
  outcome,
});

describe('What is told of a sign-out', () => {
  const editor = useEditor();
  const notifications = new Notifications({
    prepareReload: () => Promise.resolve(),
    clock: new FakeClock(),
    log: new RecordingLog(),
  });

  const titles = async (): Promise<string[]> =>
    (await editor().last()).choices.map((choice) => (choice as { title: string }).title);

  it('is that the tokens are revoked, where they are', async () => {
    tellSignOut(notifications, [ann(REVOKED), ann(REVOKED)]);
    assert.deepEqual(await editor().texts(), ['Signed out of ann@example.com and revoked its tokens.']);
    assert.equal((await editor().last()).in, 'information');
  });

  it('is nothing of that where it need not be said, and nothing where nobody was signed out', async () => {
    tellWhatLivesOn(notifications, [ann(REVOKED)]);
    tellWhatLivesOn(notifications, []);
    tellSignOut(notifications, []);
    assert.deepEqual(await editor().texts(), []);
  });

  const reasons: readonly (readonly [reason: unknown, why: RegExp, buttons: readonly string[]])[] = [
    [new UnreachableError('ECONNREFUSED', 'api.box.com'), /api\.box\.com can’t be reached/, ['Show Log']],
    [
      new OAuthError('invalid_client', undefined, 400),
      /rejected.*client secret of Example App/,
      ['Enter Client Secret', 'Configure App', 'Check App…'],
    ],
    [
      new OAuthError('access_denied', undefined, 403),
      /doesn’t let this account use Example App/,
      ['Show Log'],
    ],
    [new SessionError('client_secret_missing', 'Example App'), /isn’t stored on/, ['Enter Client Secret']],
  ];
  for (const tell of [tellSignOut, tellWhatLivesOn]) {
    for (const [reason, why, buttons] of reasons) {
      it(`is the true reason why Box has not confirmed it, with what helps: ${String(reason)} (${tell.name})`, async () => {
        tell(notifications, [ann(REVOKED), ann(pending(reason))]);
        const { in: where, text } = await editor().last();
        assert.equal(where, 'warning');
        assert.match(
          text,
          /^Signed out of ann@example\.com here\. Box hasn’t confirmed yet.*will be retried automatically\. /,
        );
        assert.match(text, why);
        assert.deepEqual(await titles(), buttons);
        assert.equal(editor().shown.length, 1);
      });
    }

    it(`is that a developer token lives on (${tell.name})`, async () => {
      tell(notifications, [ann(LEFT)]);
      assert.deepEqual([(await editor().last()).in, editor().shown.length], ['information', 1]);
      assert.match((await editor().last()).text, /^Removed ann@example\.com here\..*works until it expires/);
    });
  }

  it('names the setting that its button opens', async () => {
    tellSignOut(notifications, [ann(pending(new UnreachableError('CERT_UNTRUSTED', 'api.box.com')))]);
    const { choices, answer } = await editor().last();
    answer(choices[0]);
    await editor().last();
    assert.deepEqual(editor().ran, [['workbench.action.openSettings', 'http.systemCertificates']]);
  });

  it('is said once for each account and app, whatever the request ids', async () => {
    const refused = (id: string): SignOutOutcome =>
      pending(new OAuthError('invalid_client', undefined, 400, id));
    const ben = { session: sessionOf('ben'), outcome: refused('d') };
    tellWhatLivesOn(notifications, [
      ann(refused('a')),
      ann(refused('b')),
      ann(refused('c'), 'Other App'),
      ben,
      ann(LEFT),
    ]);
    const texts = await editor().texts();
    assert.deepEqual(texts.map((text) => /ID: (\w)/.exec(text)?.[1]).sort(), ['a', 'c', 'd', undefined]);
  });
});
