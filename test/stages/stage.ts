import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { atExit } from '../../tools/lib/cleanup';
import { projectRoot, workDirectory } from '../../tools/lib/paths';
import { countsVariable, noCounts, read, sum, type Counts } from './counts';

/** One part of `npm test`. */
export interface Stage {
  readonly title: string;
  /** The npm script that does the work. */
  readonly script: string;
  readonly args?: readonly string[];
  /** A `check` counts as one test; `tests` counts what it writes for us. */
  readonly kind: 'check' | 'tests';
}

/**
 * Runs a stage and counts. A stage of tests that ran none counts as one failure.
 *
 * @param output `live` shows the stage's output as it comes; `atEnd` shows it in one piece, for stages that run at a time.
 */
export async function runStage(
  { title, script, args = [], kind }: Stage,
  output: 'live' | 'atEnd' = 'live',
): Promise<Counts> {
  const heading = `\n── ${title}`;
  if (output === 'live') console.log(heading);
  const start = performance.now();
  const countsFile = join(workDirectory, `counts-${script.replaceAll(':', '-')}.json`);
  await mkdir(workDirectory, { recursive: true });
  rmSync(countsFile, { force: true });
  const { succeeded, printed } = await runScript(script, args, countsFile, output);
  if (output === 'atEnd') process.stdout.write(`${heading}\n${printed}`);
  const counts = kind === 'check' ? { ...noCounts, passed: 1 } : (read(countsFile) ?? noCounts);
  console.log(`── ${title}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
  if (kind === 'tests' && counts.passed + counts.failed === 0) return fail(`${title} ran nothing.`);
  if (succeeded || counts.failed > 0) return counts;
  const failed = fail(`${title} failed.`);
  return kind === 'check' ? failed : sum([counts, failed]);
}

function fail(message: string): Counts {
  console.error(message);
  return { ...noCounts, failed: 1, failures: [message] };
}

async function runScript(
  script: string,
  args: readonly string[],
  countsFile: string,
  output: 'live' | 'atEnd',
): Promise<{ succeeded: boolean; printed: string }> {
  const child = spawn('npm', ['run', '--silent', script, ...(args.length > 0 ? ['--', ...args] : [])], {
    cwd: projectRoot,
    stdio: output === 'live' ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
    env: { ...process.env, [countsVariable]: countsFile },
  });
  const forget = atExit(() => {
    child.kill();
  });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => chunks.push(chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  forget();
  return { succeeded: code === 0, printed: Buffer.concat(chunks).toString() };
}
