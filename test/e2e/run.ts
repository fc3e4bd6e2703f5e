import { rm } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { Browser } from 'playwright-core';
import { format, report, sum } from '../../scripts/lib/counts';
import { launchBrowser, NoBrowserError } from '../vscode/browser';
import { exitWithParent } from '../vscode/cleanup';
import { canServeVSCode, failuresDirectory } from '../vscode/paths';
import { Harness, packageAll, useHarness } from './harness';
import { runHostStage } from './host/stage';
import { runUiStage } from './ui/stage';

const { values: options } = parseArgs({
  options: {
    /** Only the tests whose full title matches. */
    grep: { type: 'string' },
    /** The VSIX in `dist` is up to date. */
    packaged: { type: 'boolean', default: false },
  },
});

/** `npm run test:e2e`: every test in a real VS Code, the extension host's first. */
async function main(): Promise<void> {
  exitWithParent();
  if (!canServeVSCode()) {
    console.error('The browser-served VS Code runs on Linux only. Run instead: npm run test:desktop');
    process.exitCode = 1;
    return;
  }
  await rm(failuresDirectory, { recursive: true, force: true });
  const packages = await packageAll(options.packaged);
  const browser = await launchBrowser();
  const harness = new Harness(browser, packages);
  useHarness(harness);
  try {
    await runStages(browser);
  } finally {
    await harness.stop();
    await browser.close();
  }
}

async function runStages(browser: Browser): Promise<void> {
  const counts = sum([await runHostStage(browser, options.grep), await runUiStage(options.grep)]);
  report(counts);
  console.log(format(counts));
  const ranNothing = counts.passed + counts.failed === 0;
  if (ranNothing) console.error('No test ran.');
  process.exitCode = counts.failed > 0 || ranNothing ? 1 : 0;
}

// A server that a failure left running must not keep a finished run from ending.
main().then(
  () => process.exit(),
  (error: unknown) => {
    console.error(error instanceof NoBrowserError ? error.message : error);
    process.exit(1);
  },
);
