import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join, posix } from 'node:path';
import { build, type BuildOptions, type Metafile } from 'esbuild';
import { projectRoot } from './paths';

/** The file that VS Code loads. */
export const ENTRY = 'extension.mjs';

/** `fetch-blob` has a part that asks for Node's modules by `require`, which ES modules lack. */
const banner = "import{createRequire}from'node:module';const require=createRequire(import.meta.url);";

const parts = 'parts';

/**
 * How the extension is bundled, as ES modules: {@link ENTRY}, and in `parts` what several files share or what is loaded
 * with `import()` when somebody first needs it, so that nothing is there twice.
 *
 * @param outdir The folder to write to.
 * @param emulatorSecret The client secret of an emulator of Box, for what is only built to try the extension out.
 */
export function bundleOptions(
  outdir: string,
  emulatorSecret?: string,
): BuildOptions & { readonly metafile: true } {
  return {
    absWorkingDir: projectRoot,
    entryPoints: ['src/extension.ts'],
    outdir,
    bundle: true,
    splitting: true,
    minify: true,
    metafile: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    outExtension: { '.js': '.mjs' },
    chunkNames: `${parts}/[name]-[hash]`,
    // `fetch-blob` wants the polyfill only where `ReadableStream` is missing, which no supported VS Code lacks.
    define: {
      EMULATOR_CLIENT_SECRET: emulatorSecret === undefined ? 'undefined' : JSON.stringify(emulatorSecret),
    },
    external: ['vscode', 'web-streams-polyfill'],
    logLevel: 'warning',
    plugins: [
      {
        name: 'finish',
        setup: (bundler): void => {
          bundler.onEnd(({ metafile }) => finish(outdir, metafile));
        },
      },
    ],
  };
}

/**
 * Bundles the extension.
 *
 * @param outdir As for {@link bundleOptions}, as is the secret.
 * @returns What went into which file; paths are relative to the project's root.
 * @throws Error when esbuild fails; it has then printed why.
 */
export async function bundle(outdir: string, emulatorSecret?: string): Promise<Metafile> {
  const { metafile } = await build(bundleOptions(outdir, emulatorSecret));
  return metafile;
}

/**
 * Gives `require` to the files that ask for it, and to no others: each window would read it in vain. Removes the parts
 * of earlier builds. Does nothing after a build that failed.
 */
async function finish(outdir: string, metafile: Metafile | undefined): Promise<void> {
  if (metafile === undefined) return;
  await bundleBoxToken(outdir);
  const files = Object.keys(metafile.outputs).map((file) => join(projectRoot, file));
  for (const file of files.filter((name) => name.endsWith('.mjs'))) {
    const text = await readFile(file, 'utf8');
    if (text.includes('typeof require') && !text.startsWith(banner)) await writeFile(file, banner + text);
  }
  await keepParts(
    outdir,
    files.map((file) => basename(file)),
  );
}

/** Removes from a bundle the parts with other names than these. */
export async function keepParts(outdir: string, names: readonly string[]): Promise<void> {
  const folder = join(outdir, parts);
  const stale = (await readdir(folder)).filter((name) => !names.includes(name));
  await Promise.all(stale.map((name) => rm(join(folder, name))));
}

/** An import that is followed when a file is loaded, and not only when somebody calls `import()`. */
const staticImport = /(?:\bfrom|\bimport)\s*"(\.{1,2}\/[^"]+)"/g;

/**
 * How many bytes a window loads at its start: the entry, and all that it imports at once.
 *
 * @param read Gives a file of the bundle by its path in it.
 */
export async function bytesAtStart(read: (path: string) => Buffer | Promise<Buffer>): Promise<number> {
  const seen = new Set<string>();
  const load = async (path: string): Promise<number> => {
    if (seen.has(path)) return 0;
    seen.add(path);
    const content = await read(path);
    const imported = [...content.toString().matchAll(staticImport)].map(([, each = '']) =>
      posix.join(posix.dirname(path), each),
    );
    let bytes = content.length;
    for (const each of imported) bytes += await load(each);
    return bytes;
  };
  return load(ENTRY);
}

/** Bundles the program `box-token` into a folder: one small file, so that it starts fast. No package is in it. */
export async function bundleBoxToken(outdir: string): Promise<void> {
  await build({
    absWorkingDir: projectRoot,
    entryPoints: ['src/terminal/helper/boxToken.ts'],
    outfile: join(outdir, 'box-token.cjs'),
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    logLevel: 'warning',
  });
}
