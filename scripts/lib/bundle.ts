import { join, posix, relative, resolve } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';
import { projectRoot } from '../../test/vscode/paths';

const source = join(projectRoot, 'src');

/** Files of their own, which are loaded with `import()` when somebody first needs them and not when a window starts. */
const onDemand = [
  'box/nodeFetch',
  'box/requests',
  'sessions/mcpServer',
  'ui/jwtConfigPrompt',
  'ui/narrowTokens',
  'ui/tokenFormats',
];

/** A file of its own because several files need the same one: an error must be of one class wherever it is caught. */
const shared = ['box/errors'];

/**
 * Bundles the extension: `extension.js`, and beside it what is apart.
 *
 * @param outdir The folder to write to.
 * @returns What went into which file, over all files; paths are relative to the project's root.
 * @throws Error when esbuild fails; it has then printed why.
 */
export async function bundle(outdir: string): Promise<Metafile> {
  const entries = ['extension', ...shared, ...onDemand];
  const reports = await Promise.all(entries.map((entry) => bundleFile(entry, outdir)));
  return reports.reduce((all, { inputs, outputs }) => ({
    inputs: { ...all.inputs, ...inputs },
    outputs: { ...all.outputs, ...outputs },
  }));
}

async function bundleFile(entry: string, outdir: string): Promise<Metafile> {
  const { metafile } = await build({
    absWorkingDir: projectRoot,
    entryPoints: [join(source, `${entry}.ts`)],
    outfile: join(outdir, `${entry}.js`),
    bundle: true,
    minify: true,
    metafile: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    supported: { 'dynamic-import': false },
    // `fetch-blob` wants the polyfill only where `ReadableStream` is missing, which no supported VS Code lacks.
    external: ['vscode', 'web-streams-polyfill'],
    logLevel: 'warning',
    plugins: [leaveApart(entry)],
  });
  return metafile;
}

/** Leaves the files that are apart out of a bundle, which then loads them from where they are beside it. */
function leaveApart(entry: string): Plugin {
  return {
    name: 'leave-apart',
    setup: (plugin) => {
      plugin.onResolve({ filter: /^\./ }, ({ path, resolveDir, kind }) => {
        const name = relative(source, resolve(resolveDir, path)).replaceAll('\\', '/');
        const isApart = kind === 'dynamic-import' ? onDemand.includes(name) : shared.includes(name);
        if (!isApart || name === entry) return undefined;
        const target = posix.relative(posix.dirname(entry), `${name}.js`);
        return { path: target.startsWith('.') ? target : `./${target}`, external: true };
      });
    },
  };
}
