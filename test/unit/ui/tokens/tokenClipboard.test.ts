import '../../support/vscodeStub';
import assert from 'node:assert/strict';
import { SettingError, Settings } from '../../../../src/apps/settings';
import { Notifications } from '../../../../src/ui/messages/notifications';
import { TokenClipboard } from '../../../../src/ui/tokens/tokenClipboard';
import { FakeClock } from '../../support/fakeClock';
import { RecordingLog } from '../../support/recordingLog';
import { sessionOf } from '../../support/sessions';
import { useEditor } from '../../support/standInEditor';

const SECONDS = 90;
const ann = sessionOf('ann');
const ben = sessionOf('ben');
const TOKEN = ann.pair.accessToken;

describe('TokenClipboard', () => {
  const editor = useEditor();
  let clock: FakeClock;
  let log: RecordingLog;
  let notifications: Notifications;
  let seconds: unknown;
  let tokens: TokenClipboard;

  beforeEach(() => {
    clock = new FakeClock(ann.pair.issuedAt);
    log = new RecordingLog();
    notifications = new Notifications({ prepareReload: () => Promise.resolve(), clock, log });
    seconds = SECONDS;
    tokens = new TokenClipboard(new Settings(() => seconds), clock, false, notifications);
  });

  it('takes the token off the clipboard after the seconds of the setting, and not before', async () => {
    await tokens.copy(ann);
    await clock.advance(SECONDS * 1000 - 1);
    assert.equal(editor().clipboard, TOKEN);
    await clock.advance(1);
    assert.equal(editor().clipboard, '');
    assert.deepEqual(clock.pending, []);
  });

  it('takes off a text that the token is a part of', async () => {
    await tokens.copyAs('header', ann);
    assert.equal(editor().clipboard.trim(), `Authorization: Bearer ${TOKEN}`);
    await clock.advance(SECONDS * 1000);
    assert.equal(editor().clipboard, '');
  });

  for (const [name, program, where] of [
    ['curl', /^curl "/, false],
    ['curl.exe', /^curl\.exe "/, true],
  ] as const) {
    it(`P7: copies a call of ${name} ${where ? 'on' : 'elsewhere than on'} Windows`, async () => {
      tokens = new TokenClipboard(new Settings(() => seconds), clock, where, notifications);
      await tokens.copyAs('curl', ann);
      assert.match(editor().clipboard, program);
    });
  }

  it('P9: waits a day at most, and says so', async () => {
    seconds = 2_592_000;
    await tokens.copy(ann);
    assert.match((await editor().texts()).join(), /cleared in 86400 seconds/);
    await clock.advance(86_400_000 - 1);
    assert.equal(editor().clipboard, TOKEN);
    await clock.advance(1);
    assert.equal(editor().clipboard, '');
  });

  it('leaves what was copied elsewhere meanwhile', async () => {
    await tokens.copy(ann);
    editor().clipboard = 'a note';
    await clock.advance(SECONDS * 1000);
    assert.equal(editor().clipboard, 'a note');
  });

  it('writes to the log that the token is still there, where the clipboard cannot be cleared', async () => {
    await tokens.copy(ann);
    editor().clipboardFailure = new Error('The document is not focused');
    await clock.advance(SECONDS * 1000);
    assert.match(log.messages('error').join(), /^Clearing the clipboard failed: Error: The document is not/);
    assert.ok(!log.messages().join().includes(TOKEN));
  });

  it('counts anew when the same token is copied again', async () => {
    await tokens.copy(ann);
    await clock.advance(60_000);
    await tokens.copy(ann);
    await clock.advance(SECONDS * 1000 - 1);
    assert.equal(editor().clipboard, TOKEN);
    await clock.advance(1);
    assert.equal(editor().clipboard, '');
  });

  it('takes off the token that was copied last, at its own time', async () => {
    await tokens.copy(ann);
    await clock.advance(60_000);
    await tokens.copy(ben);
    await clock.advance(60_000);
    assert.equal(editor().clipboard, ben.pair.accessToken);
    await clock.advance(30_000);
    assert.equal(editor().clipboard, '');
  });

  it('goes by the setting as it is when the token is copied', async () => {
    seconds = 5;
    await tokens.copy(ann);
    seconds = SECONDS;
    await clock.advance(5000);
    assert.equal(editor().clipboard, '');
  });

  it('never takes it off where the setting is 0, not even the one before', async () => {
    await tokens.copy(ann);
    seconds = 0;
    await tokens.copy(ann);
    assert.deepEqual(clock.pending, []);
    await clock.advance(SECONDS * 1000);
    assert.equal(editor().clipboard, TOKEN);
  });

  it('never takes it off in a browser, which would ask the person', async () => {
    editor().isInBrowser = true;
    await tokens.copy(ann);
    assert.deepEqual(clock.pending, []);
    await clock.advance(SECONDS * 1000);
    assert.equal(editor().clipboard, TOKEN);
  });

  it('P10: leaves no timer behind in a window that closes, where nobody could clear the clipboard any more', async () => {
    await tokens.copy(ann);
    tokens.dispose();
    assert.deepEqual(clock.pending, []);
    await clock.advance(SECONDS * 1000);
    assert.equal(editor().clipboard, TOKEN);
  });

  it('copies nothing while the setting is wrong', async () => {
    seconds = 'soon';
    await assert.rejects(tokens.copy(ann), SettingError);
    assert.equal(editor().clipboard, '');
    assert.deepEqual([clock.pending, await editor().texts()], [[], []]);
  });

  it('says what was copied, until when it works, whose it is, and when it is cleared, but not the token', async () => {
    await tokens.copy(ann);
    const { in: where, text } = await editor().last();
    assert.equal(where, 'information');
    assert.match(
      text,
      /^Access token copied\. It works until .+ \(60 minutes\)\. Account: ann@example\.com\. The clipboard will be cleared in 90 seconds if this window stays open\.$/,
    );
    assert.ok(!text.includes(TOKEN));
  });

  it('says nothing of clearing where the clipboard is not cleared', async () => {
    seconds = 0;
    await tokens.copy(ann);
    seconds = SECONDS;
    editor().isInBrowser = true;
    await tokens.copy(ann);
    for (const text of await editor().texts()) assert.doesNotMatch(text, /cleared/);
  });

  it('says of a token that cannot be renewed that it may end earlier', async () => {
    await tokens.copy(sessionOf('ann', { credential: 'developerToken' }), 'Developer token copied.');
    const { text } = await editor().last();
    assert.match(text, /^Developer token copied\. It works until .+ at the latest\. /);
  });

  it('completes the step of the walkthrough', async () => {
    await tokens.copy(ann);
    assert.deepEqual(editor().ran, [['setContext', 'box-authentication.didCopyToken', true]]);
  });
});
