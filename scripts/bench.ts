import { Harness, packageAll, useHarness } from '../test/e2e/harness';
import { launchBrowser } from '../test/vscode/browser';
import { activation } from './bench/activation';
import type { Measurement } from './bench/measurement';
import { requests } from './bench/requests';
import { silentSession } from './bench/silentSession';
import { sizes } from './bench/sizes';

const measurements: readonly Measurement[] = [sizes, requests, silentSession, activation];

/** `npm run bench`: measures everything and prints one JSON object; what is going on goes to stderr. */
async function main(): Promise<void> {
  const packages = await packageAll(false);
  const browser = await launchBrowser();
  const harness = new Harness(browser, packages);
  useHarness(harness);
  try {
    const results: Record<string, unknown> = { platform: process.platform, node: process.version };
    for (const measurement of measurements) {
      console.error(`Measuring ${measurement.name}…`);
      results[measurement.name] = await measurement.run();
    }
    console.log(JSON.stringify(results, null, 2));
  } finally {
    await harness.stop();
    await browser.close();
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
