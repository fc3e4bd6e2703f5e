import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTests } from '@vscode/test-electron';
import { format, report } from '../stages/counts';
import { startEmulator, type Emulator } from '../emulator/src';
import { atExit, removeTreeSync } from '../../tools/lib/cleanup';
import { projectRoot } from '../../tools/lib/paths';
import { quietSettings } from '../vscode/settings';
import { boxSettings } from '../vscode/testBed';
import { packageExtension } from '../vscode/vsix';
import { hostVariables } from './host/outcome';
import { bundleHostTests, readOutcome } from './host/run';
import { countHostTests } from './host/stage';

/**
 * `npm run test:desktop`: the extension host's tests in VS Code for the desktop, on any platform. The first run
 * downloads VS Code; on Linux without a display, run it under `xvfb-run`.
 */
async function main(): Promise<void> {
  await packageExtension();
  const directory = await mkdtemp(join(tmpdir(), 'box-authentication-desktop-'));
  atExit(() => {
    removeTreeSync(directory);
  });
  const emulator = await startEmulator();
  try {
    const counts = await runIn(directory, emulator);
    report(counts);
    console.log(format(counts));
    process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;
  } finally {
    await emulator.stop();
  }
}

async function runIn(directory: string, emulator: Emulator): Promise<ReturnType<typeof countHostTests>> {
  const outcomeFile = join(directory, 'outcome.json');
  const userData = join(directory, 'data');
  await mkdir(join(userData, 'User'), { recursive: true });
  await writeFile(
    join(userData, 'User/settings.json'),
    JSON.stringify({ ...quietSettings, ...boxSettings(emulator) }),
  );
  const exitCode = await runTests({
    extensionDevelopmentPath: projectRoot,
    extensionTestsPath: await bundleHostTests(),
    extensionTestsEnv: {
      [hostVariables.outcome]: outcomeFile,
      [hostVariables.emulator]: emulator.origin,
    },
    launchArgs: [
      '--user-data-dir',
      userData,
      '--extensions-dir',
      join(directory, 'extensions'),
      '--disable-gpu',
    ],
  }).catch((error: unknown) => {
    // A failed test ends VS Code with an error too, which the outcome explains better.
    if (readOutcome(outcomeFile).length === 0) console.error(error);
    return 1;
  });
  return countHostTests(readOutcome(outcomeFile), exitCode);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
