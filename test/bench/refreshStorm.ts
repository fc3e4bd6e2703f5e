import { SEED } from '../emulator/src';
import { Scene } from '../e2e/ui/scene';
import type { StormRecord } from '../fixtures/consumer/records';
import { eventually } from '../vscode/poll';
import type { SecretsMode } from '../vscode/profile';
import type { Workbench } from '../vscode/workbench';
import { recordsOf, signInWithConsumer } from './consumer';
import { exactly, round, type Measurement, type Verdict } from './measurement';

const calls = 1000;
const shortLifeSeconds = 3;
const longLifeSeconds = 3600;
const patienceMs = 60_000;

/** Where a storm breaks loose. */
interface Weather {
  readonly windows: number;
  readonly secrets: SecretsMode;
}

/** What came of it. */
interface Aftermath {
  readonly calls: number;
  readonly refreshRequests: number;
  readonly distinctTokens: number;
  readonly failed: number;
  readonly failures: readonly string[];
  /** From the first call of the slowest window to its last answer. */
  readonly milliseconds: number;
}

const storms: Readonly<Record<string, Weather>> = {
  oneWindow: { windows: 1, secrets: 'browser' },
  fourWindows: { windows: 4, secrets: 'browser' },
  fourWindowsDesktop: { windows: 4, secrets: 'desktop' },
};

/** How many refresh requests a thousand calls at once make when the token has ended, in one window and over four. */
export const refreshStorm: Measurement = {
  name: 'refreshStorm',
  async run() {
    const results: Record<string, Aftermath> = {};
    const budgets: Record<string, Verdict> = {};
    for (const [name, weather] of Object.entries(storms)) {
      const result = await unleash(weather);
      results[name] = result;
      budgets[`${name}.refreshRequests`] = exactly(1, result.refreshRequests);
      budgets[`${name}.distinctTokens`] = exactly(1, result.distinctTokens);
      budgets[`${name}.failed`] = exactly(0, result.failed);
    }
    return { ...results, budgets };
  },
};

async function unleash({ windows, secrets }: Weather): Promise<Aftermath> {
  const scene = await Scene.open({ secrets, settings: { 'consumer.stormCalls': calls / windows } });
  await signInWithConsumer(scene);
  const workbenches = await newWindows(scene, windows);
  await letTokenEnd(scene);
  const before = await scene.box.counters();
  const records = await stormIn(workbenches, scene);
  const after = await scene.box.counters();
  return { ...summarize(records), refreshRequests: after.refreshRequests - before.refreshRequests };
}

/** In a window that has handed out a token, it would be refreshed ahead of its end: so the first one begins anew. */
async function newWindows(scene: Scene, count: number): Promise<readonly Workbench[]> {
  await scene.workbench.reload();
  const workbenches = [scene.workbench];
  while (workbenches.length < count) workbenches.push(await scene.profile.openWindow());
  for (const workbench of workbenches) {
    await workbench.statusBarItem('box-authentication.account').expectText(SEED.userLogin);
  }
  return workbenches;
}

/** Exchanges the token for one with a short life, and waits until that is over. */
async function letTokenEnd({ box, workbench }: Scene): Promise<void> {
  await box.set({ rotation: 'strict', accessTtl: shortLifeSeconds });
  const { refreshes } = await box.counters();
  await workbench.runCommand('Box: Refresh Access Token');
  await eventually('the refresh', async () => (await box.counters()).refreshes > refreshes);
  const tokens = await box.issuedSecrets();
  await eventually('the new token to end', async () => {
    const infos = await Promise.all(tokens.map((token) => box.tokenInfo(token)));
    return infos.some(({ kind, live }) => kind === 'access' && !live);
  });
  await box.set({ accessTtl: longLifeSeconds });
}

async function stormIn(workbenches: readonly Workbench[], { bed }: Scene): Promise<readonly StormRecord[]> {
  const count = workbenches.length;
  await recordsOf(bed, 'stormReady', {
    count,
    during: async () => {
      for (const workbench of workbenches) await workbench.runCommand('Consumer: Storm');
    },
  });
  return recordsOf(bed, 'storm', { count, during: () => bed.startStorms(), timeoutMs: patienceMs });
}

function summarize(records: readonly StormRecord[]): Omit<Aftermath, 'refreshRequests'> {
  const total = (value: (record: StormRecord) => number): number =>
    records.reduce((sum, record) => sum + value(record), 0);
  return {
    calls: total((record) => record.calls),
    distinctTokens: new Set(records.flatMap(({ accessTokenSha256 }) => accessTokenSha256)).size,
    failed: total(({ failed }) => failed),
    failures: [...new Set(records.flatMap(({ failures }) => failures))],
    milliseconds: round(Math.max(...records.map(({ milliseconds }) => milliseconds))),
  };
}
