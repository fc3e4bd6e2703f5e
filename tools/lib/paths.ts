import { join, resolve } from 'node:path';

/** The project's root folder. */
export const projectRoot = resolve(__dirname, '../..');

/** Where test runs keep what they build, unpack and leave behind. Ignored by git; safe to delete. */
export const workDirectory = join(projectRoot, '.e2e');

/** Where `npm run package` writes the extension. */
export const extensionVsix = join(projectRoot, 'dist/box-authentication.vsix');
