import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { projectRoot } from '../../test/vscode/paths';

/** The file that VS Code loads. */
export const ENTRY = 'extension.mjs';

/** `fetch-blob` has a part that asks for Node's modules by `require`, which ES modules lack. */
const banner = "import{createRequire}from'node:module';const require=createRequire(import.meta.url);";

/**
 * Bundles the extension as ES modules: {@link ENTRY}, and in `parts` what several files share or what is loaded with
 * `import()` when somebody first needs it, so that nothing is there twice.
 *
 * @param outdir The folder to write to.
 * @returns What went into which file; paths are relative to the project's root.
 * @throws Error when esbuild fails; it has then printed why.
 */
export async function bundle(outdir: string): Promise<Metafile> {
  const { metafile } = await build({
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
    chunkNames: 'parts/[name]-[hash]',
    // `fetch-blob` wants the polyfill only where `ReadableStream` is missing, which no supported VS Code lacks.
    external: ['vscode', 'web-streams-polyfill'],
    logLevel: 'warning',
  });
  await giveRequire(outdir);
  await bundleBoxToken(outdir);
  return metafile;
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

/** Gives `require` to the parts that ask for it, and to no others: each window would read it in vain. */
async function giveRequire(outdir: string): Promise<void> {
  for (const name of await readdir(outdir, { recursive: true })) {
    const file = join(outdir, name);
    if (!name.endsWith('.mjs')) continue;
    const text = await readFile(file, 'utf8');
    if (text.includes('typeof require')) await writeFile(file, banner + text);
  }
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
