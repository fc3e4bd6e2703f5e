import { EventEmitter, once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Browser } from 'playwright-core';
import { newContext } from '../../vscode/browser';
import { workDirectory } from '../../../tools/lib/paths';
import type { VSCodeServer } from '../../vscode/server';
import type { HostTest } from './outcome';

const bundleDirectory = join(workDirectory, 'host');
const limitMs = 120_000;

/**
 * Bundles the suites of this folder for the extension host.
 *
 * @returns The file that VS Code is told to run.
 */
export async function bundleHostTests(): Promise<string> {
  await rm(bundleDirectory, { recursive: true, force: true });
  await mkdir(bundleDirectory, { recursive: true });
  const suites = readdirSync(__dirname).filter((file) => file.endsWith('.suite.ts'));
  await build({
    entryPoints: ['index.ts', ...suites].map((file) => join(__dirname, file)),
    outdir: bundleDirectory,
    bundle: true,
    platform: 'node',
    target: 'node22',
    external: ['vscode', 'mocha'],
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  return join(bundleDirectory, 'index.js');
}

/** What VS Code is told to load. */
export interface HostTestPaths {
  /** The folder of the extension under test. */
  readonly extensionPath: string;
  /** The file from {@link bundleHostTests}. */
  readonly testsPath: string;
}

/**
 * Lets a browser-served VS Code, started with the smoke test driver, run tests inside its extension host.
 *
 * @returns The exit code that VS Code gives, which is 0 when the runner ended well.
 * @throws Error when there is none within two minutes.
 */
export async function runInBrowser(
  server: VSCodeServer,
  browser: Browser,
  { extensionPath, testsPath }: HostTestPaths,
): Promise<number> {
  const context = await newContext(browser, [server.origin]);
  try {
    const page = await context.newPage();
    const automation = new EventEmitter();
    await page.exposeFunction('codeAutomationLog', () => undefined);
    await page.exposeFunction('codeAutomationExit', (code: number) => automation.emit('exit', code));
    const exit = once(automation, 'exit', { signal: AbortSignal.timeout(limitMs) });
    const payload: [string, string][] = [
      ['extensionDevelopmentPath', server.remoteUri(extensionPath)],
      ['extensionTestsPath', server.remoteUri(testsPath)],
    ];
    await page.goto(server.windowUrl({ payload }));
    const [code] = (await exit) as [number];
    return code;
  } finally {
    await context.close();
  }
}

/** Reads what the tests inside the extension host wrote; empty when they wrote nothing. */
export function readOutcome(file: string): readonly HostTest[] {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as readonly HostTest[];
  } catch {
    return [];
  }
}
