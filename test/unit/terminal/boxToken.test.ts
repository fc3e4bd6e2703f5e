import assert from 'node:assert/strict';
import { VARIABLES } from '../../../src/terminal/protocol';
import { SEED } from '../../emulator/src';
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

  describe('exits', () => {
    const expectExit = async (exit: number, args: readonly string[], err: RegExp): Promise<void> => {
      const ended = await bed.run(args);
      assert.deepEqual([ended.exit, ended.out], [exit, '']);
      assert.match(ended.err, /^box-token: [^\n]+\n$/);
      assert.match(ended.err, err);
    };

    it('1 where Box cannot be reached', async () => {
      await window.signIn();
      await window.letTokensExpire();
      await box.control.fault({
        endpoint: 'token',
        kind: 'json',
        status: 400,
        body: { error: 'invalid_client' },
      });
      await expectExit(1, [], /explained: /);
    });

    it('2 for wrong usage, be it seen here or in the window', async () => {
      await window.signIn();
      await expectExit(2, ['--unknown'], /There is no option --unknown/);
      await expectExit(2, ['--resource', 'https://app.box.com/file/12'], /resource_alone/);
      await expectExit(2, ['--scope', 'item_preview', '--scope', 'root_readonly'], /mixed/);
      assert.equal(bed.questions.length, 0);
    });

    it('3 where nobody is signed in, where nobody is of that name, and where the session has ended', async () => {
      await expectExit(3, [], /signed_out/);
      const session = await window.signIn();
      await expectExit(3, ['--account', 'nobody@example.com'], /unknown_account/);
      await window.signOut.revoke(session.id);
      await expectExit(3, [], /ended/);
      assert.equal(bed.questions.length, 0);
    });

    it('3 where no session was granted the scopes', async () => {
      await window.signIn({ scopes: ['root_readonly'] });
      await expectExit(3, ['--scope', 'root_readwrite'], /no_session/);
    });

    it('4 where the person denies it, or the workspace is not trusted', async () => {
      await window.signIn();
      bed.isTrusted = false;
      await expectExit(4, [], /untrusted_workspace/);
      assert.equal(bed.questions.length, 0);
      bed.isTrusted = true;
      bed.answer = () => Promise.resolve('deny');
      await expectExit(4, [], /denied/);
      await expectExit(4, [], /denied/);
      assert.equal(bed.questions.length, 1);
    });

    it('4 where the person does not answer for a minute', async () => {
      await window.signIn();
      let isAsked: () => void;
      const asked = new Promise<void>((resolve) => (isAsked = resolve));
      bed.answer = () => {
        isAsked();
        return new Promise(() => undefined);
      };
      const ended = bed.run([]);
      await asked;
      await window.clock.advance(60_000);
      assert.deepEqual([(await ended).exit, (await ended).out], [4, '']);
    });

    it('5 where there is no access, where the window is gone, and where it does not know the terminal', async () => {
      await window.signIn();
      const terminal = bed.environment.applied();
      const bare = await bed.run([], { PATH: terminal['PATH'], BOX_TOKEN_NODE: terminal['BOX_TOKEN_NODE'] });
      assert.deepEqual([bare.exit, bare.out], [5, '']);
      assert.match(bare.err, /no access to Box/);
      const noNode = await bed.run([], { PATH: terminal['PATH'] });
      assert.deepEqual([noNode.exit, noNode.err], [5, bare.err]);
      const stale = await bed.run([], { ...terminal, BOX_TOKEN_KEY: 'a'.repeat(43) });
      assert.deepEqual([stale.exit, stale.out], [5, '']);
      bed.dispose();
      await new Promise((resolve) => setTimeout(resolve, 50));
      const gone = await bed.run([], terminal);
      assert.deepEqual([gone.exit, gone.out], [5, '']);
      assert.match(gone.err, /is gone or was reloaded/);
      assert.equal(bed.questions.length, 0);
    });
  });

  describe('run', () => {
    const node = process.execPath;
    beforeEach(() => window.signIn());

    it('gives a command the environment of the caller, less what leads to the window, plus the token', async () => {
      const caller: Record<string, string | undefined> = {
        ...bed.environment.applied(),
        PWD: process.cwd(),
        ELECTRON_RUN_AS_NODE: 'mine',
        NODE_OPTIONS: '--no-warnings',
        BOX_ACCESS_TOKEN: 'former',
        ODD: 'a\nb ü',
      };
      const { exit, out, err } = await bed.run(['run', '--', '/usr/bin/env', '-0'], caller);
      assert.deepEqual([exit, err], [0, '']);
      const child = new Map(
        out
          .split('\0')
          .filter(Boolean)
          .map((each) => split(each)),
      );
      const [session] = window.store.known();
      const { BOX_TOKEN_ADDRESS: address, BOX_TOKEN_KEY: key, ...kept } = caller;
      assert.ok(address !== undefined && key !== undefined);
      assert.deepEqual(
        [...child].sort(),
        Object.entries({ ...kept, BOX_ACCESS_TOKEN: session?.pair?.accessToken }).sort(),
      );
    });

    it('lets an Electron that is started be one: what the launcher sets is gone', async () => {
      const { out } = await bed.run(['run', '--', '/usr/bin/env']);
      assert.doesNotMatch(out, /ELECTRON_RUN_AS_NODE|NODE_OPTIONS|KEPT/);
    });

    it('passes arguments, streams and the exit code on', async () => {
      const script =
        'process.stdout.write(process.argv.slice(1).join("|")); console.error("e"); process.exit(42)';
      const args = ['run', '--', node, '-e', script, '--', 'a b', '--json', '', '$HOME'];
      assert.deepEqual(await bed.run(args), { exit: 42, out: 'a b|--json||$HOME', err: 'e\n' });
    });

    it('says what the command is to the person', async () => {
      await bed.run(['run', '--', node, '-e', '']);
      assert.equal(bed.questions[0]?.program, 'node');
    });

    it('exits as a shell does where the command is not there', async () => {
      const { exit, err } = await bed.run(['run', '--', 'no-such-command-here']);
      assert.equal(exit, 127);
      assert.match(err, /^box-token: The command was not found\..*\n$/);
    });

    it('tells a shell of a command that ended by SIGPIPE, which Node.js ignores', async () => {
      const { exit } = await bed.run(['run', '--', 'sh', '-c', 'kill -PIPE $$']);
      assert.equal(exit, 141);
    });

    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR2'] as const) {
      it(`passes ${signal} on, and ends as the command does`, async () => {
        const script = `process.on('${signal}', () => { console.log('got it'); process.exit(9); }); console.log('ready'); setInterval(() => {}, 1000)`;
        const started = bed.start(['run', '--', node, '-e', script]);
        await started.prints('ready');
        started.child.kill(signal);
        assert.deepEqual(await started.ended, { exit: 9, out: 'ready\ngot it\n', err: '' });
      });
    }

    it('ends by the signal that ends the command', async () => {
      const started = bed.start([
        'run',
        '--',
        node,
        '-e',
        'process.kill(process.pid, "SIGTERM"); setInterval(() => {}, 1000)',
      ]);
      assert.equal((await started.ended).exit, 'SIGTERM');
    });
  });
});

function split(variable: string): [string, string] {
  const at = variable.indexOf('=');
  return [variable.slice(0, at), variable.slice(at + 1)];
}
