import { exitWithParent } from '../../tools/lib/cleanup';
import { canServeVSCode } from '../vscode/paths';
import { format, sum, type Counts } from './counts';
import { runStage, type Stage } from './stage';

const counting = ['--reporter', './test/stages/countingReporter.ts'];
/** Leaves out what `test:generated` runs. */
const withoutGenerated = ['--ignore', 'test/unit/**/*.property.test.ts'];

/** What runs at a time with what: a processor each. Both take about as long. */
const lanes: readonly (readonly Stage[])[] = [
  [{ title: 'Unit tests', script: 'test:unit', args: [...counting, ...withoutGenerated], kind: 'tests' }],
  [
    { title: 'Types', script: 'typecheck', kind: 'check' },
    { title: 'Lint and format', script: 'lint', kind: 'check' },
    { title: 'Spelling', script: 'spell', kind: 'check' },
    { title: 'Generated scenarios', script: 'test:generated', args: counting, kind: 'tests' },
    { title: 'Emulator conformance', script: 'test:conformance', args: counting, kind: 'tests' },
    { title: 'Package', script: 'package', kind: 'check' },
  ],
];

const inVSCode: Stage = {
  title: 'Tests in a real VS Code',
  script: 'test:e2e',
  args: ['--packaged'],
  kind: 'tests',
};

/** `npm test`: every check and test that this machine can run, then one line with the counts. */
async function main(): Promise<void> {
  exitWithParent();
  const counts = (await Promise.all(lanes.map(runLane))).flat();
  if (canServeVSCode()) counts.push(await runStage(inVSCode));
  else
    console.log(
      '\nLeft out: the tests in a browser-served VS Code, which run on Linux. Run: npm run test:desktop',
    );
  const total = sum(counts);
  if (total.failures.length > 0) console.error(`\nFailed:\n${total.failures.join('\n')}`);
  console.log(`\n${format(total)}`);
  process.exitCode = total.failed > 0 ? 1 : 0;
}

async function runLane(stages: readonly Stage[]): Promise<readonly Counts[]> {
  const counts: Counts[] = [];
  for (const stage of stages) counts.push(await runStage(stage, 'atEnd'));
  return counts;
}

void main();
