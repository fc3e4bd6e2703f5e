import { Scene } from '../e2e/ui/scene';
import { SEED } from '../emulator/src';
import type { Profile } from '../vscode/profile';
import type { TestBed } from '../vscode/testBed';
import type { Workbench } from '../vscode/workbench';
import { ours, readActivations } from './activationTable';
import { endExtensionHost, livingHosts, recordsOf, signInWithConsumer } from './consumer';
import { atMost, median, ratio, round, type Measurement, type Result } from './measurement';
import { secretReads, StoredSessions } from './storedSessions';

const counts = [1, 10, 100] as const;
const windows = 7;
/** VS Code replaces an extension host that ends so often. */
const newHosts = 2;
const timedRounds = 100;
const mostToOne = 1.3;
const patienceMs = 60_000;
const nothing = { load: NaN, activate: NaN };

/** What is measured: times in ms, memory in MB. */
interface Samples {
  /** Loading and calling `activate()`. */
  readonly activation: readonly number[];
  /** The first silent `getSession` in a new extension host, for one account: the stored sessions are read for it. */
  readonly firstGetSession: readonly number[];
  /** One of many later ones, the middle one of a window. */
  readonly getSession: readonly number[];
  /** The same without naming the account: VS Code is given a session of each. */
  readonly getSessionOfAnyAccount: readonly number[];
  /** How often a window read a secret, of whatever extension, while it started. */
  readonly secretReads: readonly number[];
  readonly extensionHostRss: readonly number[];
  readonly extensionHostHeap: readonly number[];
}

type Figure = keyof Samples;

/** What is told of each figure. How far the two are apart shows how noisy the machine was. */
interface Summary {
  readonly median: number;
  readonly least: number;
}

const figures: readonly Figure[] = [
  'activation',
  'firstGetSession',
  'getSession',
  'getSessionOfAnyAccount',
  'secretReads',
  'extensionHostRss',
  'extensionHostHeap',
];

/**
 * What is held against the budget. Of the activation the least: it waits for nothing, but runs while the window is
 * busiest.
 */
const budgeted: readonly (readonly [figure: Figure, which: keyof Summary])[] = [
  ['activation', 'least'],
  ['firstGetSession', 'median'],
  ['getSession', 'median'],
  ['getSessionOfAnyAccount', 'median'],
];

/** What 1, 10 and 100 stored sessions cost: times and memory of windows that are opened in turn. */
export const manySessions: Measurement = {
  name: 'manySessions',
  async run() {
    const scene = await Scene.open({ secrets: 'desktop' });
    await signInWithConsumer(scene);
    const stored = await StoredSessions.of(scene);
    await scene.bed.writeSettings(timing(stored));
    await scene.workbench.page.close();
    await livingHosts(scene.bed);

    const samples = new Map<number, Samples[]>(counts.map((count) => [count, []]));
    for (let window = 0; window < windows; window += 1) {
      for (const count of counts) {
        await stored.fill(count);
        samples.get(count)?.push(await measureWindow(scene));
      }
    }
    return report(new Map([...samples].map(([count, values]) => [count, summarize(values)])));
  },
};

function timing({ session }: StoredSessions): Record<string, unknown> {
  return {
    'consumer.account': session.account,
    'consumer.timedProviders': ['box'],
    'consumer.timedRounds': timedRounds,
    'consumer.timeAtStart': true,
  };
}

async function measureWindow({ bed, profile }: Scene): Promise<Samples> {
  const workbench = await openWindow(bed, profile);
  const readsAtStart = await secretReads(workbench.page);
  const { load, activate } = (await readActivations(workbench, [ours])).get(ours) ?? nothing;
  const firstGetSession: number[] = [];
  // A window that has just been opened is busy for seconds, which would hide what is to be seen.
  for (let host = 0; host < newHosts; host += 1) {
    const { boxAccount = [] } = await timesBy(bed, () => endExtensionHost(bed));
    firstGetSession.push(...boxAccount);
  }
  const { boxAccount = [], box = [] } = await timesBy(bed, () =>
    workbench.runCommand('Consumer: Time Silent Sessions'),
  );
  const { rss, heapUsed } = await memoryOf(bed, workbench);
  await workbench.page.close();
  await livingHosts(bed);
  return {
    activation: [load + activate],
    firstGetSession,
    getSession: [median(boxAccount)],
    getSessionOfAnyAccount: [median(box)],
    secretReads: [readsAtStart],
    extensionHostRss: [rss / 1e6],
    extensionHostHeap: [heapUsed / 1e6],
  };
}

/** Opens a window and waits until our extension has shown the account and the consumer has got its first session. */
async function openWindow(bed: TestBed, profile: Profile): Promise<Workbench> {
  const opened: Workbench[] = [];
  await timesBy(bed, async () => {
    opened.push(await profile.openWindow());
  });
  const [workbench] = opened;
  if (!workbench) throw new Error('No window was opened.');
  await workbench.statusBarItem('box-authentication.account').expectText(SEED.userLogin);
  return workbench;
}

async function timesBy(
  bed: TestBed,
  during: () => Promise<void>,
): Promise<Readonly<Record<string, readonly number[]>>> {
  const [record] = await recordsOf(bed, 'timing', { count: 1, during, timeoutMs: patienceMs });
  return record?.milliseconds ?? {};
}

async function memoryOf(bed: TestBed, workbench: Workbench): Promise<{ rss: number; heapUsed: number }> {
  const [record] = await recordsOf(bed, 'memory', {
    count: 1,
    during: () => workbench.runCommand('Consumer: Record Memory'),
  });
  return record ?? { rss: NaN, heapUsed: NaN };
}

function summarize(samples: readonly Samples[]): Readonly<Record<string, Summary>> {
  return Object.fromEntries(
    figures.map((figure) => {
      const values = samples.flatMap((sample) => sample[figure]);
      return [figure, { median: round(median(values)), least: round(Math.min(...values)) }];
    }),
  );
}

function report(summaries: ReadonlyMap<number, Readonly<Record<string, Summary>>>): Result {
  const toOne = (count: number, figure: Figure): Summary => {
    const [many, one] = [summaries.get(count)?.[figure], summaries.get(1)?.[figure]];
    if (!many || !one) throw new Error(`Nothing was measured with ${count} sessions or with one.`);
    return { median: ratio(many.median, one.median), least: ratio(many.least, one.least) };
  };
  const ratios = (count: number): Record<string, Summary> =>
    Object.fromEntries(figures.map((figure) => [figure, toOne(count, figure)]));
  return {
    windowsEach: windows,
    ...Object.fromEntries([...summaries].map(([count, summary]) => [`sessions${count}`, summary])),
    ratio10To1: ratios(10),
    ratio100To1: ratios(100),
    budgets: Object.fromEntries(
      budgeted.map(([figure, which]) => [figure, atMost(mostToOne, toOne(100, figure)[which])]),
    ),
  };
}
