import { join } from 'node:path';
import { projectRoot } from './lib/paths';
import { bundle } from './lib/bundle';

/** `npm run build`: bundles the extension into `dist`, from where VS Code loads it in development. */
bundle(join(projectRoot, 'dist')).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
