import { rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import type { Browser } from 'playwright-core';
import { format, report, sum, type Counts } from '../stages/counts';
import { launchBrowser, NoBrowserError } from '../vscode/browser';
import { exitWithParent } from '../../tools/lib/cleanup';
import { canServeVSCode, failuresDirectory } from '../vscode/paths';
import { Harness, packageAll, packaged, useHarness } from './harness';
import { runHostStage } from './host/stage';
import { soak } from './soak';
import { parseShard, shardOf } from './shard';
import { lengthOf, runUiStage, runUiSuite, soakSuites, uiSuites } from './ui/stage';
import { runInWorkers, serveSuites } from './workers';

const HOST = 'host';
/** The extension host's tests take as long as a suite of this length. */
const hostLength = 3000;

const { values: options } = parseArgs({
  options: {
    /** Only the tests whose full title matches. */
    grep: { type: 'string' },
    /** The VSIX in `dist` is up to date. */
    packaged: { type: 'boolean', default: false },
    /** How many suites run at a time. One alone spends half of its time waiting for VS Code. */
    workers: { type: 'string', default: String(Math.min(2, availableParallelism())) },
    /** Which part of the suites, for several machines: `1/3` is the first of three. */
    shard: { type: 'string' },
    /** Only the tests that last as long as one likes, a minute each. */
    soak: { type: 'boolean', default: false },
    /** Runs the suites that the parent process names. */
    worker: { type: 'boolean', default: false },
  },
});

/** `npm run test:e2e`: every test in a real VS Code. `npm run test:soak`: those that find what takes its time. */
async function main(): Promise<void> {
  exitWithParent();
  if (!canServeVSCode()) {
    console.error('The browser-served VS Code runs on Linux only. Run instead: npm run test:desktop');
    process.exitCode = 1;
    return;
  }
  if (options.shard !== undefined && options.grep !== undefined) throw new Error('Give --shard or --grep.');
  if (options.worker) {
    await withHarness((browser) =>
      serveSuites((suite) => (suite === HOST ? runHostStage(browser) : runUiSuite(suite))),
    );
    return;
  }
  await rm(failuresDirectory, { recursive: true, force: true });
  await packageAll(options.packaged);
  tell(options.grep === undefined ? await runSuites() : await runMatching(options.grep));
}

function runSuites(): Promise<Counts> {
  if (options.soak) soak();
  return runInWorkers(Number(options.workers), options.soak ? soakSuites : suitesOfShard());
}

function suitesOfShard(): readonly string[] {
  const all = [...uiSuites(), HOST];
  if (options.shard === undefined) return all;
  return shardOf(all, parseShard(options.shard), (suite) => (suite === HOST ? hostLength : lengthOf(suite)));
}

function runMatching(grep: string): Promise<Counts> {
  return withHarness(async (browser) => sum([await runHostStage(browser, grep), await runUiStage(grep)]));
}

/** Lets something be done with a browser and with what the suites share, and ends both. */
async function withHarness<T>(use: (browser: Browser) => Promise<T>): Promise<T> {
  const browser = await launchBrowser();
  const harness = new Harness(browser, packaged(), {
    bare: true,
    together: ['consumer', 'example'],
  });
  useHarness(harness);
  try {
    return await use(browser);
  } finally {
    await harness.stop();
    await browser.close();
  }
}

function tell(counts: Counts): void {
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
