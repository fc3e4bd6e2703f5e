import assert from 'node:assert/strict';
import '../../support/vscodeStub';
import { registerCommands, type CommandDependencies } from '../../../../src/ui/commands/commands';
import { Notifications } from '../../../../src/ui/messages/notifications';
import { FakeClock } from '../../support/fakeClock';
import { RecordingLog } from '../../support/recordingLog';
import { useEditor } from '../../support/standInEditor';

/** Commands about an account, which the caller may not name. */
const OF_ACCOUNT = [
  'signOut',
  'copyAccessToken',
  'copyAccessTokenAs',
  'refreshAccessToken',
  'revokeTokens',
  'createDownscopedToken',
  'createAnnotatorToken',
];

/** Something of which every method notes how it is called. */
function recorder(calls: (readonly unknown[])[]): never {
  const handler = {
    get: (_: object, name: string) => (name === 'then' ? undefined : noting(calls, name)),
  };
  return new Proxy({}, handler) as never;
}

function noting(calls: (readonly unknown[])[], name: string): (...given: readonly unknown[]) => void {
  return (...given) => {
    calls.push([name, ...given]);
  };
}

describe('registerCommands', () => {
  const editor = useEditor();
  let calls: (readonly unknown[])[];
  let log: RecordingLog;

  beforeEach(() => {
    calls = [];
    const clock = new FakeClock();
    log = new RecordingLog();
    const actions = {
      accounts: recorder(calls),
      tokens: recorder(calls),
      getStarted: recorder(calls),
      terminals: recorder(calls),
    };
    registerCommands({
      loadActions: () => Promise.resolve({ ...actions, dispose: () => undefined }),
      loadSignIn: () => Promise.reject(new Error('not asked for')),
      loadCheck: () => Promise.reject(new Error('not asked for')),
      notifications: new Notifications({ prepareReload: () => Promise.resolve(), clock, log }),
      log: log as unknown as CommandDependencies['log'],
    });
  });

  for (const command of OF_ACCOUNT) {
    it(`E1: takes no account from whoever runs ${command}, and returns nothing`, async () => {
      const run = editor().registered.get(`box-authentication.${command}`);
      assert.equal(await run?.('12345', { account: '12345' }), undefined);
      assert.deepEqual(calls, [[command]]);
    });
  }

  it('writes what fails to the log by the command’s ID', async () => {
    await editor().registered.get('box-authentication.configureApp')?.();
    assert.match(log.messages('error').join(), /^box-authentication\.configureApp failed .*not asked for/);
    assert.equal((await editor().last()).in, 'error');
  });
});
