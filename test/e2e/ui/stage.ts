import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import Mocha from 'mocha';
import type { Counts } from '../../../scripts/lib/counts';
import { saveFailure } from '../failures';
import { harness } from '../harness';

const timeoutMs = 60_000;

/** Runs the suites of this folder, which drive VS Code as a person does. */
export async function runUiStage(grep?: string): Promise<Counts> {
  const mocha = new Mocha({
    ui: 'bdd',
    timeout: timeoutMs,
    forbidOnly: true,
    reporter: 'spec',
    rootHooks: { afterEach: keepEvidence },
    ...(grep ? { grep } : {}),
  });
  for (const file of readdirSync(__dirname).sort()) {
    if (file.endsWith('.suite.ts')) mocha.addFile(join(__dirname, file));
  }
  return new Promise((resolve) => {
    const runner = mocha.run((failed) => {
      const { passes = 0, pending = 0 } = runner.stats ?? {};
      resolve({ passed: passes, failed, skipped: pending });
    });
  });
}

async function keepEvidence(this: Mocha.Context): Promise<void> {
  const test = this.currentTest;
  if (test?.state !== 'failed') return;
  console.log(`      Kept in ${await saveFailure(test.fullTitle(), harness().beds)}`);
}
