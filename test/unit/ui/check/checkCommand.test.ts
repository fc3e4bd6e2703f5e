import assert from 'node:assert/strict';
import '../../support/vscodeStub';
import { SettingError, Settings } from '../../../../src/apps/settings';
import { CheckCommand } from '../../../../src/ui/check/checkCommand';
import { FakeClock } from '../../support/fakeClock';
import { useEditor } from '../../support/standInEditor';

const GOOD = { name: 'My app', clientId: 'a'.repeat(32) };
const FAULTY = { name: 'Faulty app', clientId: 'b'.repeat(32), authMethod: 'ccg' };

describe('CheckCommand', () => {
  const editor = useEditor();

  /** Runs the command, and gives the errors that it showed. */
  function run(apps: unknown, appName?: unknown): { ended: Promise<void>; errors: readonly unknown[] } {
    const errors: unknown[] = [];
    const command = new CheckCommand({
      settings: new Settings((name) => (name === 'apps' ? apps : undefined)),
      check: { run: () => Promise.reject(new Error('no app was to be checked')) },
      notifications: { showError: (error) => errors.push(error) },
      versions: () => ({}),
      reportChange: { fire: () => undefined },
      clock: new FakeClock(),
    });
    return { ended: command.run(appName), errors };
  }

  it('shows what is wrong with the settings where no app can be used', async () => {
    const { ended, errors } = run([FAULTY]);
    await ended;
    assert.equal(errors.length, 1);
    assert.ok(errors[0] instanceof SettingError);
    assert.deepEqual(await editor().texts(), []);
  });

  it('offers to configure an app where there is none', async () => {
    const { ended, errors } = run([]);
    const shown = await editor().last();
    assert.match(shown.text, /No Box app is configured yet/);
    shown.answer(undefined);
    await ended;
    assert.deepEqual(errors, []);
  });

  it('asks for the app where none has the name, and tells of the one that cannot be used', async () => {
    const { ended, errors } = run([GOOD, FAULTY], 'Faulty app');
    const shown = await editor().last();
    assert.deepEqual([shown.in, shown.choices.length], ['quickPick', 1]);
    shown.answer(undefined);
    await ended;
    assert.equal(errors.length, 1);
  });
});
