import { join } from 'node:path';
import { context, type Plugin } from 'esbuild';
import { bundleOptions } from './lib/bundle';
import { exitWithParent } from './lib/cleanup';
import { projectRoot } from './lib/paths';

/** Says when a build begins and ends, and where its errors are, in lines that `.vscode/tasks.json` understands. */
const tell: Plugin = {
  name: 'tell',
  setup: (bundler) => {
    bundler.onStart(() => {
      console.log('[watch] build started');
    });
    bundler.onEnd(({ errors }) => {
      for (const { text, location } of errors) {
        const place = location
          ? `${location.file}:${location.line}:${location.column + 1}`
          : 'src/extension.ts:1:1';
        console.log(`${place}: error: ${text}`);
      }
      console.log('[watch] build finished');
    });
  },
};

/**
 * `npm run watch`: builds into `dist` with every change, readable and with source maps, until it is interrupted. The
 * client secret of an emulator comes from the environment, so that a window beside it asks for none.
 */
async function main(): Promise<void> {
  exitWithParent();
  const options = bundleOptions(join(projectRoot, 'dist'), process.env['BOX_EMULATOR_CLIENT_SECRET']);
  const plugins = [...(options.plugins ?? []), tell];
  const watched = await context({ ...options, minify: false, sourcemap: true, logLevel: 'silent', plugins });
  await watched.watch();
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
