import { dirname, join, posix, relative, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';

const SOURCE = resolve('src');
const OUTPUT = resolve('dist');

/** Files of their own, which are loaded with `import()` when somebody first needs them and not when a window starts. */
const ON_DEMAND = [
  'box/nodeFetch',
  'box/grants',
  'sessions/mcpServer',
  'sessions/tokenFormats',
  'ui/jwtConfigPrompt',
  'ui/narrowTokens',
];

/** A file of its own because several files need the same one: an error must be of one class wherever it is caught. */
const SHARED = ['box/errors'];

/** `npm run build`: `dist/extension.js`, and beside it what is apart. */
async function main(): Promise<void> {
  for (const entry of ['extension', ...SHARED, ...ON_DEMAND]) await bundle(entry);
}

async function bundle(entry: string): Promise<void> {
  await build({
    entryPoints: [join(SOURCE, `${entry}.ts`)],
    outfile: join(OUTPUT, `${entry}.js`),
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    supported: { 'dynamic-import': false },
    // `fetch-blob` wants the polyfill only where `ReadableStream` is missing, which no supported VS Code lacks.
    external: ['vscode', 'web-streams-polyfill'],
    logLevel: 'warning',
    plugins: [leaveApart(entry)],
  });
}

/** Leaves the files that are apart out of a bundle, which then loads them from where they are in `dist`. */
function leaveApart(entry: string): Plugin {
  const home = dirname(join(OUTPUT, entry));
  return {
    name: 'leave-apart',
    setup: (plugin) => {
      plugin.onResolve({ filter: /^\./ }, ({ path, resolveDir, kind }) => {
        const name = relative(SOURCE, resolve(resolveDir, path)).replaceAll('\\', '/');
        const isApart = kind === 'dynamic-import' ? ON_DEMAND.includes(name) : SHARED.includes(name);
        if (!isApart || name === entry) return undefined;
        const target = relative(home, join(OUTPUT, `${name}.js`)).replaceAll('\\', '/');
        return { path: target.startsWith('.') ? target : `./${posix.normalize(target)}`, external: true };
      });
    },
  };
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
