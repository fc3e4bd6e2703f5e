import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import manifest from '../../../package.json';
import { projectRoot } from '../../../tools/lib/paths';
import { SEED } from '../../emulator/src';
import launch from '../../../.vscode/launch.json';
import tasks from '../../../.vscode/tasks.json';

const read = (file: string): string => readFileSync(join(projectRoot, file), 'utf8');

describe('The editor’s configuration in .vscode', () => {
  const labels = tasks.tasks.map(({ label }) => label);

  it('starts tasks that there are, which run npm scripts and files that there are', () => {
    for (const { preLaunchTask } of launch.configurations) {
      if (preLaunchTask !== undefined) assert.ok(labels.includes(preLaunchTask), preLaunchTask);
    }
    for (const { script, command, dependsOn = [] } of tasks.tasks) {
      if (script !== undefined) assert.ok(script in manifest.scripts, script);
      for (const label of dependsOn) assert.ok(labels.includes(label), label);
      const [, file] = /tsx (\S+)/.exec(command ?? '') ?? [];
      if (file !== undefined) assert.ok(existsSync(join(projectRoot, file)), file);
    }
  });

  it('knows the emulator that its task starts', () => {
    const [, , tests] = launch.configurations;
    const watch = tasks.tasks.find(({ label }) => label === 'watch');
    assert.equal(watch?.options?.env.BOX_EMULATOR_CLIENT_SECRET, SEED.clientSecret);
    const [, host, port] = /host: '([\d.]+)', port: (\d+)/.exec(read('test/e2e/debug.ts')) ?? [];
    assert.equal(tests?.env?.BOX_TEST_EMULATOR, `http://${host}:${port}`);
  });

  it('recommends the same extensions in a dev container', () => {
    const { recommendations } = JSON.parse(read('.vscode/extensions.json')) as { recommendations: string[] };
    const container = JSON.parse(read('.devcontainer/devcontainer.json')) as {
      customizations: { vscode: { extensions: string[] } };
    };
    assert.deepEqual(container.customizations.vscode.extensions, recommendations);
  });
});
