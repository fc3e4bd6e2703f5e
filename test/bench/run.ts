import { parseArgs } from 'node:util';
import { Harness, packageAll, useHarness } from '../e2e/harness';
import { launchBrowser } from '../vscode/browser';
import { activation } from './activation';
import { goneSessions } from './goneSessions';
import { manySessions } from './manySessions';
import type { Measurement, Result } from './measurement';
import { refreshStorm } from './refreshStorm';
import { requests } from './requests';
import { silentSession } from './silentSession';
import { sizes } from './sizes';
import { tokenInTerminal } from './tokenInTerminal';

const measurements: readonly Measurement[] = [
  sizes,
  requests,
  silentSession,
  activation,
  refreshStorm,
  manySessions,
  goneSessions,
  tokenInTerminal,
];

const { values: options } = parseArgs({
  options: {
    /** Only the measurement of this name; may be given several times. */
    only: { type: 'string', multiple: true },
  },
});

/**
 * `npm run bench`: measures everything and prints one JSON object; what is going on goes to stderr. A budget that is
 * missed is listed, and is no failure.
 */
async function main(): Promise<void> {
  const wanted = wantedMeasurements();
  const packages = await packageAll(false);
  const browser = await launchBrowser(false);
  const harness = new Harness(browser, packages);
  useHarness(harness);
  try {
    const results: Record<string, Result> = {};
    for (const measurement of wanted) {
      console.error(`Measuring ${measurement.name}…`);
      results[measurement.name] = await measurement.run();
    }
    const machine = { platform: process.platform, node: process.version };
    console.log(JSON.stringify({ ...machine, ...results, missed: missedBudgets(results) }, null, 2));
  } finally {
    await harness.stop();
    await browser.close();
  }
}

function wantedMeasurements(): readonly Measurement[] {
  const { only } = options;
  if (!only) return measurements;
  const names = measurements.map(({ name }) => name);
  const unknown = only.filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new Error(`No measurement ${unknown.join()}: there are ${names.join(', ')}.`);
  return measurements.filter(({ name }) => only.includes(name));
}

/** The names of the budgets that are not met, each after its measurement's. */
function missedBudgets(results: Readonly<Record<string, Result>>): readonly string[] {
  return Object.entries(results).flatMap(([name, { budgets = {} }]) =>
    Object.entries(budgets)
      .filter(([, { withinBudget }]) => !withinBudget)
      .map(([budget]) => `${name}.${budget}`),
  );
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
