import '../../support/vscodeStub';
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { OAuthError } from '../../../../src/box/errors';
import { SignInError } from '../../../../src/signIn/errors';
import { Notifications } from '../../../../src/ui/messages/notifications';
import { eventually } from '../../support/eventually';
import { FakeClock } from '../../support/fakeClock';
import { RecordingLog } from '../../support/recordingLog';
import { useEditor } from '../../support/standInEditor';

const COMMAND = 'box-authentication.refreshAccessToken';

describe('Notifications', () => {
  const editor = useEditor();
  let log: RecordingLog;
  let clock: FakeClock;
  let notifications: Notifications;

  beforeEach(() => {
    log = new RecordingLog();
    clock = new FakeClock();
    notifications = new Notifications({ prepareReload: () => Promise.resolve(), clock, log });
  });

  const refusal = (): OAuthError => {
    const error = new OAuthError('invalid_client', 'The client credentials are invalid', 400, 'abc123');
    error.appName = 'Example App';
    error.account = 'dana.rivera@example.com';
    return error;
  };

  it('writes what a command met to the log: what, when, for whom, and all that Box said', async () => {
    await notifications.run(COMMAND, () => {
      clock.jump(1500);
      throw refusal();
    });
    assert.deepEqual(log.lines, [
      {
        level: 'error',
        message: `${COMMAND} failed after 1500 ms (app Example App, account dana.rivera@example.com): OAuthError: Box answered invalid_client: The client credentials are invalid (HTTP status 400, request ID abc123)`,
      },
    ]);
    const { text } = await editor().last();
    assert.match(text, /client secret of Example App.*Box request ID: abc123\.$/);
  });

  it('writes the stack of what nobody expected', async () => {
    await notifications.run(COMMAND, () => Promise.reject(new TypeError('it is not a function')));
    assert.match(log.messages('error').join(), /failed after 0 ms: TypeError: it is not a function\n {4}at /);
    assert.match((await editor().last()).text, /Check the log, then try again/);
  });

  it('writes one line of what the person was told already, with the app that was told', async () => {
    await notifications.run(COMMAND, () => {
      const error = new SignInError('timed_out');
      notifications.showProblem(error, 'Example App');
      throw error;
    });
    assert.equal((await editor().texts()).length, 1);
    assert.deepEqual(
      log.messages('error').map((line) => line.replace(/: .*/, '')),
      [`${COMMAND} failed after 0 ms (app Example App)`],
    );
  });

  it('writes one line of a failure that many requests share', async () => {
    const error = refusal();
    const what = 'A request for sessions with root_readonly';
    for (let i = 0; i < 1000; i++) await notifications.describe(error, { what });
    assert.equal(log.lines.length, 1);
    await notifications.describe(error, { what: 'Another request' });
    assert.equal(log.lines.length, 2);
  });

  it('writes what it shows that no command has met', async () => {
    notifications.showError(refusal());
    await editor().last();
    assert.equal(log.messages('error').length, 1);
  });

  it('takes what was called off for no failure', async () => {
    for (const error of [new vscode.CancellationError(), new SignInError('cancelled')]) {
      await notifications.run(COMMAND, () => Promise.reject(error));
    }
    assert.deepEqual(await editor().texts(), []);
    assert.deepEqual(new Set(log.lines.map(({ level }) => level)), new Set(['debug']));
  });

  it('writes to the log what a button could not do, and tells it', async () => {
    const showLog = (): unknown => Promise.reject(new Error('The document is not focused'));
    notifications.showError(new OAuthError('server_error', undefined, 500), undefined, { showLog });
    const { choices, answer } = await editor().last();
    answer(choices.find((choice) => (choice as { action: string }).action === 'showLog'));
    await eventually(() => editor().shown.length === 2);
    assert.match((await editor().last()).text, /unexpected went wrong.*The document is not focused/);
    const [, line] = log.messages('error');
    assert.match(line ?? '', /^The button showLog of a message failed after 0 ms: Error: The doc/);
  });

  it('leads from a message to the log', async () => {
    notifications.showError(new OAuthError('server_error', undefined, 500));
    const { choices, answer } = await editor().last();
    answer(choices.find((choice) => (choice as { action: string }).action === 'showLog'));
    assert.deepEqual(await editor().commands(), ['box-authentication.showLog']);
  });
});
