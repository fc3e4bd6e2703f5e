import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { failure, type Counts } from '../../stages/counts';
import { startEmulator } from '../../emulator/src';
import { atExit, removeTreeSync } from '../../../tools/lib/cleanup';
import { projectRoot } from '../../../tools/lib/paths';
import { startServer } from '../../vscode/server';
import type { Settings } from '../../vscode/settings';
import { boxSettings } from '../../vscode/testBed';
import { hostVariables, type HostTest } from './outcome';
import { bundleHostTests, readOutcome, runInBrowser } from './run';

const marks = { passed: '✔', failed: '✘', skipped: '-' } as const;

/** Runs the tests inside the extension host of a browser-served VS Code, and prints them. */
export async function runHostStage(browser: Browser, grep?: string): Promise<Counts> {
  const directory = await mkdtemp(join(tmpdir(), 'box-authentication-host-'));
  const forget = atExit(() => {
    removeTreeSync(directory);
  });
  const emulator = await startEmulator();
  try {
    return await runHostTests(browser, directory, emulator.origin, boxSettings(emulator), grep);
  } finally {
    await emulator.stop();
    removeTreeSync(directory);
    forget();
  }
}

async function runHostTests(
  browser: Browser,
  directory: string,
  emulatorOrigin: string,
  settings: Settings,
  grep?: string,
): Promise<Counts> {
  const outcomeFile = join(directory, 'outcome.json');
  const env = { [hostVariables.outcome]: outcomeFile, [hostVariables.emulator]: emulatorOrigin };
  const server = await startServer({
    directory,
    settings,
    smokeTestDriver: true,
    bare: true,
    env: grep ? { ...env, [hostVariables.grep]: grep } : env,
  });
  try {
    const testsPath = await bundleHostTests();
    const code = await runInBrowser(server, browser, { extensionPath: projectRoot, testsPath });
    return countHostTests(readOutcome(outcomeFile), code);
  } finally {
    await server.stop();
  }
}

/** Prints what ran inside an extension host and counts it; an exit code that contradicts it is one more failure. */
export function countHostTests(tests: readonly HostTest[], exitCode: number): Counts {
  console.log('\n  In the extension host');
  for (const { title, state, milliseconds, error } of tests) {
    console.log(`    ${marks[state]} ${title} (${milliseconds} ms)`);
    if (error !== undefined) console.log(error.replace(/^/gm, '        '));
  }
  const count = (state: HostTest['state']): number => tests.filter((test) => test.state === state).length;
  const failures = tests
    .filter(({ state }) => state === 'failed')
    .map(({ title, error }) => failure(title, error));
  const counts = {
    passed: count('passed'),
    failed: count('failed'),
    skipped: count('skipped'),
    failures,
  };
  if (exitCode === 0 || counts.failed > 0) return counts;
  const message = `VS Code ended the tests with code ${exitCode}.`;
  console.error(message);
  return { ...counts, failed: 1, failures: [message] };
}
