import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Mocha from 'mocha';
import { failure, type Counts } from '../../stages/counts';
import { saveFailure } from '../failures';
import { harness } from '../harness';

const timeoutMs = 120_000;

/** The suites of `npm run test:soak`. */
export const soakSuites: readonly string[] = ['crowd.suite.ts'];

/**
 * The order of the suites, of which those that follow each other use the same windows. A suite that needs new windows
 * follows one that leaves none.
 */
const order = [
  'windows',
  'methods',
  'crowd',
  'pages',
  'signIn',
  'signOut',
  'example',
  'tokens',
  'credentials',
  'getSession',
  'terminal',
  'mcp',
  'network',
  'kill',
  'storage',
  'promises',
  'accountMenu',
  'consumer',
  'checkApp',
  'configuration',
  'walkthrough',
  'signInHelp',
  'secrecy',
  'languages',
  'rival',
].map((name) => `${name}.suite.ts`);

/** The suites of this folder, which drive VS Code as a person does. */
export function uiSuites(): readonly string[] {
  const all = readdirSync(__dirname).filter((file) => file.endsWith('.suite.ts'));
  return [...order, ...all.filter((file) => !order.includes(file))];
}

/** How long a suite is, in bytes, which tells about how long it takes. */
export function lengthOf(suite: string): number {
  return statSync(join(__dirname, suite)).size;
}

/** Runs one of the suites, and prints how long it took. */
export async function runUiSuite(file: string): Promise<Counts> {
  const start = performance.now();
  const counts = await run(newMocha().addFile(join(__dirname, file)));
  console.log(`  ${file}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
  return counts;
}

/** Runs the tests whose titles match, of all suites. */
export function runUiStage(grep: string): Promise<Counts> {
  const mocha = newMocha(grep);
  for (const file of uiSuites()) mocha.addFile(join(__dirname, file));
  return run(mocha);
}

function newMocha(grep?: string): Mocha {
  return new Mocha({
    ui: 'bdd',
    timeout: timeoutMs,
    forbidOnly: true,
    reporter: 'spec',
    rootHooks: { afterEach: keepEvidence },
    ...(grep !== undefined && { grep }),
  });
}

/** What ran last. It takes what is thrown too late, until the next one does. */
let former: Mocha | undefined;

function run(mocha: Mocha): Promise<Counts> {
  return new Promise((resolve) => {
    const failures: string[] = [];
    const runner = mocha.run((failed) => {
      const { passes = 0, pending = 0 } = runner.stats ?? {};
      resolve({ passed: passes, failed, skipped: pending, failures });
    });
    runner.on('fail', (test, { message }: Error) => {
      failures.push(failure(test.fullTitle(), message));
    });
    former?.dispose();
    former = mocha;
  });
}

async function keepEvidence(this: Mocha.Context): Promise<void> {
  const test = this.currentTest;
  if (test?.state !== 'failed') return;
  console.log(`      Kept in ${await saveFailure(test.fullTitle(), harness().beds)}`);
}
