import { chromium, type Browser, type BrowserContext } from 'playwright-core';
import { findChromiums, type ChromiumProgram } from './chromium';

/** The command that brings a browser with everything that it needs to Debian and Ubuntu. */
const browserInstallCommand = 'apt-get install -y --no-install-recommends chromium';

/** No browser starts here. The message says which command brings one, then why the last one did not start. */
export class NoBrowserError extends Error {
  constructor(cause?: unknown) {
    super(`No Chromium starts on this machine. Install one with: ${browserInstallCommand}`, { cause });
    this.name = 'NoBrowserError';
  }
}

/** Port 9 (discard) has no listener: whatever is not on loopback fails at once instead of leaving the machine. */
const network = ['--proxy-server=http://127.0.0.1:9', '--proxy-bypass-list=127.0.0.1;127.0.0.2;localhost'];
const quiet = [
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
];
/** Windows of one server share a process: what one has compiled of the workbench, the next one need not. */
const shared = ['--process-per-site'];
/** Most of the workbench's code runs once in a test: what a compiler saves later, it costs more of now. */
const interpreted = ['--js-flags=--no-opt --no-maglev --no-sparkplug'];
/**
 * A script that is compiled while it comes is compiled for each window anew, which is a sixth of the work of opening one.
 * The rest of the list are the features that Playwright disables: Chromium takes one list only.
 */
const disabledFeatures = [
  'ScriptStreaming',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsUpgrades',
  'PaintHolding',
  'ThirdPartyStoragePartitioning',
];
const features = [`--disable-features=${disabledFeatures.join()}`];
const small = ['--disable-dev-shm-usage', '--disable-sync', '--no-first-run'];

/**
 * Starts a headless Chromium that can reach loopback addresses and nothing else.
 *
 * @param isTest whether the scripts of pages run as tests need it; a measurement needs them as people have them.
 * @throws NoBrowserError when none starts.
 */
export async function launchBrowser(isTest = true): Promise<Browser> {
  let cause: unknown;
  for await (const program of findChromiums()) {
    try {
      return await launch(program, isTest ? interpreted : []);
    } catch (error) {
      cause = error;
    }
  }
  throw new NoBrowserError(cause);
}

async function launch({ path, env }: ChromiumProgram, engine: readonly string[]): Promise<Browser> {
  return chromium.launch({
    executablePath: path,
    env: { ...process.env, ...env },
    args: [...network, ...quiet, ...shared, ...engine, ...small, ...features],
  });
}

/** How large windows are, in CSS pixels, and how many device pixels one of those takes. */
export interface ContextOptions {
  readonly width?: number;
  readonly height?: number;
  readonly scale?: number;
}

/**
 * Opens a browser profile of its own, kept in memory, in which pages of the origins may use the clipboard.
 *
 * @param origins The origins that may read and write the clipboard without a prompt.
 */
export async function newContext(
  browser: Browser,
  origins: readonly string[],
  { width = 1280, height = 800, scale = 1 }: ContextOptions = {},
): Promise<BrowserContext> {
  const context = await browser.newContext({
    viewport: { width, height },
    deviceScaleFactor: scale,
    reducedMotion: 'reduce',
  });
  for (const origin of origins) {
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin });
  }
  return context;
}
