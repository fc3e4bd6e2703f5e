import assert from 'node:assert/strict';
import { VARIABLES } from '../../../src/terminal/protocol';
import { SEED } from '../../emulator';
import { useEmulatedBox } from '../support/emulatedBox';
import { assertHoldsNoSecret } from '../support/secrecy';
import { SessionWindow, useMachine } from '../support/sessionWindow';
import { TerminalBed, usePrograms } from './terminalBed';

describe('box-token', function () {
  this.timeout(20_000);
  const box = useEmulatedBox();
  const machine = useMachine();
  const programs = usePrograms();
  let window: SessionWindow;
  let bed: TerminalBed;

  beforeEach(async () => {
    window = new SessionWindow(box, machine());
    await window.configureApp();
    bed = new TerminalBed(window, programs);
    await bed.begin();
  });
  afterEach(() => {
    bed.dispose();
  });

  it('prints a token that Box honors and a line feed, once the person allows it', async () => {
    const { pair } = await window.signIn();
    assert.deepEqual(await bed.run([]), { exit: 0, out: `${pair.accessToken}\n`, err: '' });
    assert.equal(bed.questions.length, 1);
    const [question] = bed.questions;
    assert.equal(question?.accountLabel, SEED.userLogin);
    assert.deepEqual(question.scopes, []);
    assert.match(question.program, /^(node|npm run .*|tsx|MainThread|mocha)/);
  });

  it('prints a header', async () => {
    const { pair } = await window.signIn();
    const { out } = await bed.run(['--header']);
    assert.equal(out, `Authorization: Bearer ${pair.accessToken}\n`);
  });

  it('prints a downscoped token as JSON, and says until when it lives and what it is for', async () => {
    const { pair } = await window.signIn();
    const resource = 'https://app.box.com/file/12';
    const args = ['--json', '--scope', 'item_preview', '--scope=item_download', '--resource', resource];
    const { exit, out, err } = await bed.run(args);
    assert.deepEqual([exit, err], [0, '']);
    const token = JSON.parse(out) as Record<string, string>;
    assert.deepEqual(Object.keys(token), ['access_token', 'token_type', 'expires_at', 'account', 'scope']);
    assert.notEqual(token['access_token'], pair.accessToken);
    assert.equal(token['token_type'], 'Bearer');
    assert.match(token['expires_at'] ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.equal(token['account'], SEED.userLogin);
    assert.equal(token['scope'], 'item_preview item_download');
    assert.equal((await box.control.tokenInfo(token['access_token'] ?? '')).live, true);
    assert.equal(bed.questions[0]?.resource, 'https://api.box.com/2.0/files/12');
  });

  it('has nothing of a token in the environment, the log and the question', async () => {
    const { pair } = await window.signIn();
    await bed.run([]);
    const secrets = [pair.accessToken, pair.refreshToken ?? ''];
    assertHoldsNoSecret([bed.environment, bed.questions, window.log.lines], secrets);
    assertHoldsNoSecret(window.log.lines, [bed.environment.variables.get(VARIABLES.key) ?? '']);
    const [line] = window.log.messages('info').filter((each) => each.startsWith('Gave a token'));
    assert.match(line ?? '', new RegExp(`${SEED.userLogin}.*scopes: everything`));
  });
});
