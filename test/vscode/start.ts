import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SEED, startEmulator, type Emulator } from '../emulator/src';
import { atExit, exitWithParent, removeTreeDetached } from '../../tools/lib/cleanup';
import { packExtension } from '../../tools/lib/extensionPackage';
import { canServeVSCode } from './paths';
import { startServer } from './server';
import { boxSettings } from './testBed';

/**
 * `npm start`: a Box emulator, and where it can run a VS Code in the browser with the extension installed and one app
 * configured. Runs until it is interrupted, then leaves nothing behind.
 */
async function main(): Promise<void> {
  exitWithParent();
  console.log('Building the extension…');
  const vsix = await packageToTry();
  const emulator = await startEmulator();
  console.log(canServeVSCode() ? await serveVSCode(vsix, emulator) : explainDesktop(vsix, emulator));
}

/** Packs the extension with the emulator's client secret built in. What is in `dist` stays as it is. */
async function packageToTry(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'box-authentication-start-'));
  atExit(() => {
    removeTreeDetached(folder);
  });
  const { vsix } = await packExtension(join(folder, 'package'), SEED.clientSecret);
  const file = join(folder, 'box-authentication.vsix');
  await writeFile(file, vsix);
  return file;
}

async function serveVSCode(vsix: string, emulator: Emulator): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'box-authentication-start-'));
  atExit(() => {
    removeTreeDetached(directory);
  });
  const server = await startServer({
    directory,
    extensions: [vsix],
    settings: boxSettings(emulator),
    trustedDomains: [emulator.origin],
  });
  return `
VS Code with Box Authentication is ready:

  ${server.windowUrl()}

1. Open that address and press F1, then choose "Box: Sign In".
2. On the Box page, sign in as ${SEED.userLogin} or ${SEED.personalUserLogin}, with any password.
3. Press F1 again and choose "Box: Copy Access Token", or click the account in the status bar.

${aboutEmulator(emulator)}
Press Ctrl+C to stop. Everything is removed then.
`;
}

function explainDesktop(vsix: string, emulator: Emulator): string {
  return `
A Box emulator is ready. VS Code in the browser runs on Linux only; use the one on your desktop:

1. Install the extension:  code --install-extension ${vsix}
2. Add these to the user settings:

${JSON.stringify(boxSettings(emulator), null, 2)}

3. Press F1 and choose "Box: Sign In".
4. On the Box page, sign in as ${SEED.userLogin} or ${SEED.personalUserLogin}, with any password.

${aboutEmulator(emulator)}
Press Ctrl+C to stop.
`;
}

function aboutEmulator({ origin }: Emulator): string {
  return `Box is an emulator at ${origin}: no Box account is needed, and nothing leaves this computer.`;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
