import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import { projectRoot, workDirectory } from '../../tools/lib/paths';

/** A browser program, and the environment variables that it needs. */
export interface ChromiumProgram {
  readonly path: string;
  readonly env: Readonly<Record<string, string>>;
}

const run = promisify(execFile);
const decompress = promisify(brotliDecompress);
const systemPaths = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const packed = join(projectRoot, 'node_modules/@sparticuz/chromium/bin');
const unpacked = join(workDirectory, 'chromium');

/**
 * Gives the browsers that may be tried, best first: the one that the variable `CHROMIUM_PATH` names and no other;
 * without it the system's, then the one from the package `@sparticuz/chromium`, which is unpacked when its turn comes
 * for the first time (a few seconds).
 */
export async function* findChromiums(): AsyncGenerator<ChromiumProgram> {
  const named = process.env['CHROMIUM_PATH'];
  if (named) {
    yield { path: named, env: {} };
    return;
  }
  for (const path of systemPaths) if (existsSync(path)) yield { path, env: {} };
  if (existsSync(packed)) yield await bundledChromium();
}

async function bundledChromium(): Promise<ChromiumProgram> {
  if (!existsSync(unpacked)) await unpack();
  return {
    path: join(unpacked, 'chromium'),
    env: { LD_LIBRARY_PATH: join(unpacked, 'lib'), FONTCONFIG_FILE: join(unpacked, 'fonts.xml') },
  };
}

/** Unpacks beside the final place and moves it there at the end, so that an interrupted run leaves no half browser. */
async function unpack(): Promise<void> {
  const target = `${unpacked}.${process.pid}`;
  await mkdir(target, { recursive: true });
  await writeFile(join(target, 'chromium'), await readPacked('chromium.br'), { mode: 0o755 });
  for (const archive of ['al2023.tar', 'fonts.tar', 'swiftshader.tar']) {
    const file = join(target, archive);
    await writeFile(file, await readPacked(`${archive}.br`));
    await run('tar', ['-xf', file, '--no-same-owner', '-C', target]);
    await rm(file);
  }
  await writeFile(join(target, 'fonts.xml'), fontConfiguration(unpacked));
  await mkdir(dirname(unpacked), { recursive: true });
  await rename(target, unpacked);
}

async function readPacked(name: string): Promise<Buffer> {
  return decompress(await readFile(join(packed, name)), { maxOutputLength: 2 ** 30 });
}

function fontConfiguration(directory: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir>${directory}/fonts</dir>
  <cachedir>${directory}/font-cache</cachedir>
</fontconfig>
`;
}
