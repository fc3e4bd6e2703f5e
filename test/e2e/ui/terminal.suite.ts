import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { SEED } from '../../emulator/src';
import { searchFiles } from '../../vscode/files';
import { eventually } from '../../vscode/poll';
import { searchProcesses } from '../../vscode/processes';
import type { CommandResult, Terminals } from '../../vscode/terminal';
import { restartExtensionHost } from './records';
import { Scene } from './scene';
import { shareSignedIn } from './sharedScene';

const QUESTION = /Allow “.*” to use the Box account/;

/** A program that exits with 40 and the number of times that it was interrupted in a second. */
const countInterrupts = (readyFile: string): string => `
  let times = 0;
  process.on('SIGINT', () => {
    times += 1;
    if (times === 1) setTimeout(() => process.exit(40 + times), 1000);
  });
  setTimeout(() => process.exit(1), 30_000);
  require('node:fs').writeFileSync('${readyFile}', '');
`;

describe('box-token in a terminal', () => {
  const withAccess = { 'box-authentication.terminalAccess': true };
  const shared = shareSignedIn({ settings: () => withAccess });
  let scene: Scene;
  let terminals: Terminals;

  /** Runs a command, and answers the question that it brings. */
  const runAndAnswer = async (
    command: string,
    answer: string,
    about: RegExp = QUESTION,
  ): Promise<CommandResult> => {
    const started = await terminals.start(command);
    await scene.workbench.dialog.answer(about, answer);
    return started.result();
  };

  const token = ({ exit, out, err }: CommandResult): string => {
    assert.deepEqual([exit, err], [0, '']);
    assert.match(out, /^\S+\n$/);
    return out.trim();
  };

  const expectLive = async (accessToken: string): Promise<void> => {
    assert.equal((await scene.box.tokenInfo(accessToken)).live, true);
  };

  /** VS Code reads a new file of tasks in its own time: until it has, its list is without them. */
  const chooseTask = async (label: string): Promise<void> => {
    const { quickInput } = scene.workbench;
    await eventually(`the task ${label}`, async () => {
      await scene.workbench.runCommand('Tasks: Run Task');
      try {
        await quickInput.row(label).click({ timeout: 2000 });
        return true;
      } catch {
        await quickInput.dismiss();
        return false;
      }
    });
  };

  /** While a command of `box-token run` lives, no other process has a token, and none in its arguments. */
  const expectHiddenInProcesses = async (): Promise<void> => {
    const [lives, mayEnd] = [await terminals.resultFile(), await terminals.resultFile()];
    const running = await terminals.start(
      `box-token run -- sh -c 'echo $$ >${lives}; until [ -e ${mayEnd} ]; do sleep 0.1; done'`,
    );
    const pid = Number(
      await eventually('the command', () => existsSync(lives) && readFileSync(lives, 'utf8').trim()),
    );
    const found = (await scene.box.issuedSecrets()).flatMap(searchProcesses);
    writeFileSync(mayEnd, '');
    assert.equal((await running.result()).exit, 0);
    const own = found.filter(
      ({ where, ...each }) => where === 'environment' && [each.pid, each.parent].includes(pid),
    );
    assert.ok(own.length > 0, 'the command itself was not found');
    assert.deepEqual(
      found.filter((each) => !own.includes(each)),
      [],
    );
  };

  beforeEach(async () => {
    scene = await shared.use();
    ({ terminals } = scene.workbench);
  });
  afterEach(async function () {
    // What is on the screen is kept of a test that failed.
    if (this.currentTest?.state !== 'failed') await terminals.close();
  });

  it('asks, and gives what was allowed: once, or in this window', async () => {
    await terminals.openWith('box-token');
    const started = await terminals.start('box-token');
    const { message, detail, buttons } = await scene.workbench.dialog.answer(QUESTION, 'Allow Once');
    assert.equal(message, `Allow “bash” to use the Box account ${SEED.userLogin}?`);
    assert.match(detail, /everything that this account/);
    assert.deepEqual(buttons.toSorted(), ['Allow Once', 'Allow in This Window', 'Deny'].toSorted());
    const first = token(await started.result());
    await expectLive(first);

    assert.equal(token(await runAndAnswer('box-token', 'Allow in This Window')), first);
    assert.equal(token(await terminals.run('box-token')), first);
    const header = await terminals.run('box-token --header');
    assert.equal(header.out, `Authorization: Bearer ${first}\n`);

    const json = await runAndAnswer(
      'box-token --json --scope item_preview --resource https://app.box.com/file/12',
      'Allow Once',
    );
    const { access_token, account } = JSON.parse(json.out) as Record<string, string>;
    assert.equal(account, SEED.userLogin);
    assert.notEqual(access_token, first);
    await expectLive(access_token ?? '');
  });

  it('gives nothing where it was denied, until the person wants to be asked again', async () => {
    // A new host has been allowed nothing.
    await restartExtensionHost(scene.bed, scene.workbench);
    await scene.status.expectText(SEED.userLogin);
    await terminals.openWith('box-token');
    const denied = await runAndAnswer('box-token', 'Deny');
    assert.deepEqual([denied.exit, denied.out], [4, '']);
    assert.match(denied.err, /^box-token: You denied .*Show Account\.\n$/);
    assert.equal((await terminals.run('box-token')).exit, 4);

    await scene.workbench.runCommand('Box: Show Account');
    await scene.workbench.quickInput.pick('Ask Again for Terminals');
    await scene.workbench.notifications.expect('asked again');
    await expectLive(token(await runAndAnswer('box-token', 'Allow Once')));
  });

  it('runs a command with the token in its environment, and tells wrong usage from what is missing', async () => {
    await terminals.openWith('box-token');
    const run = await runAndAnswer(
      `box-token run -- sh -c 'echo "$BOX_ACCESS_TOKEN"; env | grep -c "^BOX_TOKEN_\\(KEY\\|ADDRESS\\)="; exit 7'`,
      'Allow in This Window',
    );
    const [accessToken = '', count] = run.out.split('\n');
    assert.deepEqual([run.exit, count, run.err], [7, '0', '']);
    await expectLive(accessToken);
    const environment = await terminals.run('env');
    assert.ok(environment.out.includes('BOX_TOKEN_ADDRESS='));
    assert.ok(!environment.out.includes('ELECTRON_RUN_AS_NODE'));
    for (const secret of await scene.box.issuedSecrets()) assert.ok(!environment.out.includes(secret));

    await expectHiddenInProcesses();

    assert.equal((await terminals.run('box-token --whatever')).exit, 2);
    assert.equal((await terminals.run('box-token --account nobody@example.com')).exit, 3);
    assert.match((await terminals.run('env -u BOX_TOKEN_KEY box-token')).err, /no access to Box/);

    await scene.workbench.runCommand('Box: Show Account');
    await scene.workbench.quickInput.pick('Stop Terminal Access');
    await scene.workbench.notifications.expect('no access to Box anymore');
    const stopped = await terminals.run('box-token');
    assert.deepEqual([stopped.exit, stopped.out], [5, '']);
    assert.match(stopped.err, /Open a new terminal\.\n$/);
  });

  it('gives many callers one token after an expiry, by one refresh, and says so in the status bar', async () => {
    await terminals.openWith('box-token');
    await runAndAnswer('box-token', 'Allow in This Window');
    const before = (await scene.box.counters()).refreshes;
    await scene.workbench.runCommand('Box: Refresh Access Token');
    await eventually('the refresh', async () => (await scene.box.counters()).refreshes === before + 1);
    const run = await terminals.run('for i in $(seq 100); do box-token & done; wait');
    const tokens = run.out.trim().split('\n');
    assert.deepEqual([tokens.length, new Set(tokens).size], [100, 1]);
    await expectLive(tokens[0] ?? '');
    assert.match(await scene.status.tooltip(), /Tokens.given.to.terminals.in.this.window:.101/);
  });

  it('knows a terminal from before a reload no more', async () => {
    await terminals.openWith('box-token');
    const reloaded = await terminals.resultFile();
    const asking = await terminals.start(`until [ -e ${reloaded} ]; do sleep 0.1; done; box-token`);
    await scene.workbench.reload();
    await scene.status.expectText(SEED.userLogin);
    writeFileSync(reloaded, '');
    const old = await asking.result();
    assert.deepEqual([old.exit, old.out], [5, '']);
    assert.match(old.err, /Open a new terminal\.\n$/);
  });

  it('works in a task', async () => {
    const file = await terminals.resultFile();
    // No other test allows this kind of token for the whole window, so that the question comes.
    await scene.bed.server.writeTasks([
      {
        label: 'Ask Box',
        type: 'shell',
        command: `box-token --scope item_preview > ${file}`,
        problemMatcher: [],
      },
    ]);
    await chooseTask('Ask Box');
    await scene.workbench.dialog.answer(QUESTION, 'Allow Once');
    const given = await eventually('the token', () => existsSync(file) && readFileSync(file, 'utf8').trim());
    await expectLive(given);
  });

  it('lets Ctrl+C reach a command once, even where no stream of it is the terminal', async () => {
    await terminals.openWith('box-token');
    await runAndAnswer('box-token', 'Allow in This Window');
    for (const input of ['/dev/tty', '/dev/null']) {
      const [program, ready] = [await terminals.resultFile(), await terminals.resultFile()];
      writeFileSync(program, countInterrupts(ready));
      // A trap keeps the shell from ending by the signal.
      const started = await terminals.start(`trap : INT; box-token run -- node ${program} <${input}`);
      await eventually('the command', () => existsSync(ready));
      await terminals.interrupt();
      assert.equal((await started.result()).exit, 41, input);
    }
  });

  it('needs no setting in a terminal that was opened for an account, until the account is signed out', async () => {
    scene = await shared.useUp({});
    ({ terminals } = scene.workbench);
    await terminals.open();
    await terminals.openProfile('Box');
    const first = token(await terminals.run('box-token'));
    await expectLive(first);
    assert.equal(await scene.workbench.dialog.isShown(), false);
    await terminals.open();
    assert.notEqual((await terminals.run('box-token')).exit, 0);
    await terminals.openBy(() => scene.workbench.runCommand('Box: Open Terminal with Box Access'));
    assert.equal(token(await terminals.run('box-token')), first);

    const { root } = scene.bed.server.directories;
    assert.deepEqual(await searchFiles(root, await scene.box.issuedSecrets()), []);

    await scene.signOut();
    await scene.status.expectText('Box: Sign In');
    const out = await terminals.run('box-token');
    assert.deepEqual([out.exit, out.out], [3, '']);
    assert.match(out.err, /^box-token: Nobody is signed in .*Box: Sign In.*\n$/);
  });

  it('gives nothing in a folder that is not trusted, until it is', async () => {
    const settings = { ...withAccess, 'security.workspace.trust.enabled': true };
    scene = await Scene.openSignedIn({ settings });
    ({ terminals } = scene.workbench);
    await terminals.openBy(async () => {
      await scene.workbench.runCommand('Terminal: Create New Terminal');
      // On a remote machine VS Code opens it all the same.
      await scene.workbench.dialog.answer(/trust/, 'Cancel');
    });
    const refused = await terminals.run('box-token');
    assert.deepEqual([refused.exit, refused.out], [4, '']);
    assert.match(refused.err, /^box-token: Programs in an untrusted workspace .*\n$/);

    await scene.workbench.runCommand('Workspaces: Manage Workspace Trust');
    await scene.workbench.page.getByRole('button', { name: 'Trust', exact: true }).click();
    await expectLive(token(await runAndAnswer('box-token', 'Allow Once')));
  });
});
