import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exitWithParent } from '../../tools/lib/cleanup';
import { workDirectory } from '../../tools/lib/paths';
import { startEmulator } from '../emulator/src';
import { quietSettings, type Settings } from '../vscode/settings';
import { boxSettings } from '../vscode/testBed';
import { bundleHostTests } from './host/run';

/** Where `.vscode/launch.json` tells the tests in the extension host that the emulator is. */
const address = { host: '127.0.0.1', port: 8735 };

/** The user data of the windows that `.vscode/launch.json` opens: the extension beside the emulator, and tests. */
const folders = { window: join(workDirectory, 'debug/window'), tests: join(workDirectory, 'debug/tests') };

/**
 * What F5 needs: the emulator, user settings with its app, and the tests of the extension host, bundled. The settings
 * are the user's, since a workspace can't have them. Runs until it is interrupted.
 */
async function main(): Promise<void> {
  exitWithParent();
  await rm(folders.tests, { recursive: true, force: true });
  const emulator = await startEmulator(address);
  await writeSettings(folders.window, boxSettings(emulator));
  await writeSettings(folders.tests, { ...quietSettings, ...boxSettings(emulator) });
  await bundleHostTests();
  console.log(`The emulator is ready at ${emulator.origin}`);
}

async function writeSettings(folder: string, settings: Settings): Promise<void> {
  await mkdir(join(folder, 'User'), { recursive: true });
  await writeFile(join(folder, 'User/settings.json'), JSON.stringify(settings, null, 2));
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
