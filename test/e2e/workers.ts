import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { noCounts, sum, type Counts } from '../stages/counts';
import { atExit } from '../../tools/lib/cleanup';

/** What a worker says: it is ready for a suite, after the one that it has run, if any. */
interface Ready {
  readonly counts?: Counts;
}

/** What a worker is told: which suite to run, or that there is none left. */
interface Order {
  readonly suite?: string;
}

/**
 * Runs suites in processes of their own, as many at a time as there are workers; each takes the next one when it has
 * run one. The output of a suite is printed when it has ended, whole.
 *
 * @param suites In the order in which they are begun: long ones first leave no worker idle at the end.
 * @returns The counts of all. A worker that ends before its time is one failure.
 */
export async function runInWorkers(workers: number, suites: readonly string[]): Promise<Counts> {
  const left = [...suites];
  const counts = await Promise.all(Array.from({ length: workers }, () => runWorker(left)));
  return left.length === 0
    ? sum(counts)
    : sum([...counts, { ...noCounts, failed: left.length, failures: [...left] }]);
}

async function runWorker(left: string[]): Promise<Counts> {
  const worker = fork(process.argv[1] ?? '', ['--worker'], {
    execArgv: process.execArgv,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const forget = atExit(() => {
    worker.kill();
  });
  const output = new Output(worker);
  const counts: Counts[] = [];
  worker.on('message', (ready: Ready) => {
    output.print();
    if (ready.counts !== undefined) counts.push(ready.counts);
    const suite = left.shift();
    worker.send((suite === undefined ? {} : { suite }) satisfies Order);
  });
  const [code] = (await once(worker, 'close')) as [number | null];
  forget();
  output.print();
  return sum(
    code === 0
      ? counts
      : [...counts, { ...noCounts, failed: 1, failures: ['A worker ended before its time.'] }],
  );
}

/** What a worker wrote since it was last printed. */
class Output {
  private readonly chunks: Buffer[] = [];

  constructor({ stdout, stderr }: ChildProcess) {
    for (const stream of [stdout, stderr]) stream?.on('data', (chunk: Buffer) => this.chunks.push(chunk));
  }

  print(): void {
    process.stdout.write(Buffer.concat(this.chunks.splice(0)));
  }
}

/** In a worker: runs the suites that the parent names, until there is none left. */
export async function serveSuites(run: (suite: string) => Promise<Counts>): Promise<void> {
  let counts: Counts | undefined;
  for (;;) {
    const next = once(process, 'message') as Promise<[Order]>;
    process.send?.((counts === undefined ? {} : { counts }) satisfies Ready);
    const [{ suite }] = await next;
    if (suite === undefined) return;
    counts = await run(suite);
  }
}
