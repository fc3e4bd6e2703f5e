import { launchBrowser, NoBrowserError } from './browser';

/** Tells by its exit code whether a browser for the tests starts here. */
async function main(): Promise<void> {
  const browser = await launchBrowser();
  console.log(`Chromium ${browser.version()} starts.`);
  await browser.close();
}

main().catch((error: unknown) => {
  console.error(error instanceof NoBrowserError ? error.message : error);
  process.exitCode = 1;
});
