import '../../support/vscodeStub';
import assert from 'node:assert/strict';
import type { LiveSession } from '../../../../src/sessions/store/sessionRecord';
import type { Terminal } from '../../../../src/terminal/module';
import type { AccountChooser } from '../../../../src/ui/accounts/accountChooser';
import { BoxTerminals } from '../../../../src/ui/terminal/boxTerminals';
import { useEditor } from '../../support/standInEditor';

describe('BoxTerminals', () => {
  const editor = useEditor();
  let granted: (boolean | undefined)[];
  let terminals: BoxTerminals;

  beforeEach(() => {
    granted = [];
    const access = {
      ensureHere: () => undefined,
      terminalFor: (_account: unknown, isGranted?: boolean) => {
        granted.push(isGranted);
        return Promise.resolve({});
      },
    };
    const terminal = { load: () => Promise.resolve(access) } as unknown as Terminal;
    const session = { account: { id: '1', label: 'ann@example.com' } } as LiveSession;
    const accounts = { pickLive: () => Promise.resolve(session) } as unknown as AccountChooser;
    terminals = new BoxTerminals(terminal, accounts);
  });

  it('takes the choice of the profile for the consent', async () => {
    await terminals.profile();
    assert.deepEqual(granted, [true]);
  });

  for (const system of ['linux', 'osx', 'windows']) {
    it(`asks where the workspace makes a profile the default one on ${system}`, async () => {
      editor().workspaceSettings.set(`terminal.integrated.defaultProfile.${system}`, 'Box');
      await terminals.profile();
      assert.deepEqual(granted, [false]);
    });
  }
});
