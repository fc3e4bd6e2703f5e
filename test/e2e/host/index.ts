import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Mocha from 'mocha';
import { hostVariables, type HostTest } from './outcome';

/**
 * Runs every suite beside this file. VS Code calls this inside its extension host, by the name `run`.
 *
 * @throws Error when a test failed, which VS Code turns into its exit code.
 */
export async function run(): Promise<void> {
  const grep = process.env[hostVariables.grep];
  const mocha = new Mocha({ ui: 'bdd', timeout: 20_000, forbidOnly: true, ...(grep ? { grep } : {}) });
  for (const file of readdirSync(__dirname)) {
    if (file.endsWith('.suite.js')) mocha.addFile(join(__dirname, file));
  }
  const tests = await runAll(mocha);
  const outcomeFile = process.env[hostVariables.outcome];
  if (outcomeFile) writeFileSync(outcomeFile, JSON.stringify(tests));
  const failed = tests.filter(({ state }) => state === 'failed').length;
  if (failed > 0) throw new Error(`${failed} tests failed`);
}

async function runAll(mocha: Mocha): Promise<readonly HostTest[]> {
  const tests: HostTest[] = [];
  const add = (test: Mocha.Runnable, state: HostTest['state'], error?: string): void => {
    const base = { title: test.fullTitle(), state, milliseconds: test.duration ?? 0 };
    tests.push(error === undefined ? base : { ...base, error });
  };
  await new Promise<void>((resolve) => {
    mocha
      .run(() => {
        resolve();
      })
      .on('pass', (test) => {
        add(test, 'passed');
      })
      .on('pending', (test) => {
        add(test, 'skipped');
      })
      .on('fail', (test, error: unknown) => {
        add(test, 'failed', error instanceof Error ? (error.stack ?? error.message) : String(error));
      });
  });
  return tests;
}
