import type { BrowserContext, Page } from 'playwright-core';
import { storeInBrowser } from './browserSecrets';
import { eventually } from './poll';
import { DesktopSecrets, secretKey } from './secrets';
import type { VSCodeServer } from './server';
import { Workbench } from './workbench';

/** How secrets are kept: in the browser, as VS Code does it there, or as on a desktop ({@link DesktopSecrets}). */
export type SecretsMode = 'browser' | 'desktop';

const storageTypes = 'cookies,local_storage,indexeddb,service_workers,cache_storage';

/** One person's browser: windows of VS Code and tabs of Box that share cookies, secrets and storage. */
export class Profile {
  /** The store that windows share, in `desktop` mode only. */
  readonly desktopSecrets: DesktopSecrets | undefined;
  #warmPage: Page | undefined;
  readonly #windows: Workbench[] = [];

  private constructor(
    readonly context: BrowserContext,
    private readonly server: VSCodeServer,
    desktopSecrets?: DesktopSecrets,
  ) {
    this.desktopSecrets = desktopSecrets;
  }

  /** Makes a profile of a browser context that has no pages yet. */
  static async create(context: BrowserContext, server: VSCodeServer, mode: SecretsMode): Promise<Profile> {
    if (mode === 'desktop') {
      const secrets = new DesktopSecrets();
      await secrets.attach(context);
      return new Profile(context, server, secrets);
    }
    return new Profile(context, server);
  }

  /** The windows of VS Code that are open, oldest first. */
  get windows(): readonly Workbench[] {
    return this.#windows.filter(({ page }) => !page.isClosed());
  }

  /** Closes every tab in which no VS Code is. */
  async closeTabs(): Promise<void> {
    const windows = new Set(this.windows.map(({ page }) => page));
    const tabs = this.context.pages().filter((page) => !windows.has(page));
    await Promise.all(tabs.map((tab) => tab.close()));
  }

  /** Opens a window of VS Code and waits until it can be used. */
  async openWindow(): Promise<Workbench> {
    const page = this.#warmPage ?? (await this.context.newPage());
    this.#warmPage = undefined;
    const workbench = new Workbench(page);
    this.#windows.push(workbench);
    await page.goto(this.server.windowUrl());
    await workbench.ready();
    await this.desktopSecrets?.isUsedBy(page);
    return workbench;
  }

  /**
   * Puts secrets in place as if an extension had stored them, under its own keys. To be called before a window opens;
   * in `browser` mode they replace all others.
   */
  async seedSecrets(extensionId: string, secrets: ReadonlyMap<string, string>): Promise<void> {
    if (this.desktopSecrets) {
      for (const [key, value] of secrets) this.desktopSecrets.set(extensionId, key, value);
      return;
    }
    const page = (this.#warmPage ??= await this.#emptyPage(await this.context.newPage()));
    const named = [...secrets].map(([key, value]) => [secretKey(extensionId, key), value] as const);
    await storeInBrowser(page, new Map(named));
  }

  /** Does something that opens a tab of the browser, and gives the tab. */
  async tabOpenedBy(action: () => Promise<void>): Promise<Page> {
    const opened: Page[] = [];
    const remember = (page: Page): void => {
      opened.push(page);
    };
    this.context.on('page', remember);
    try {
      await action();
      return await eventually('a tab to open', () => opened[0]);
    } finally {
      this.context.off('page', remember);
    }
  }

  /**
   * Makes the profile as new, but for one tab that the next window is opened in: its process has compiled the
   * workbench already, which takes a third of the work out of opening a window.
   *
   * @param origins Whose cookies, storage and service workers are removed.
   * @returns This profile.
   */
  async clear(origins: readonly string[]): Promise<this> {
    this.#windows.length = 0;
    const [page = await this.context.newPage(), ...others] = this.context.pages();
    await Promise.all(others.map((other) => other.close()));
    await this.#emptyPage(page);
    await page.evaluate('sessionStorage.clear()');
    const session = await this.context.newCDPSession(page);
    for (const origin of origins) await session.send('Storage.clearDataForOrigin', { origin, storageTypes });
    await session.detach();
    await this.context.clearCookies();
    this.desktopSecrets?.clear();
    this.#warmPage = page;
    return this;
  }

  /** Closes all windows and tabs, and forgets everything that was kept. */
  async close(): Promise<void> {
    await this.context.close();
  }

  /** Brings the page to the server's origin, where no VS Code is. */
  async #emptyPage(page: Page): Promise<Page> {
    await page.goto(`${this.server.origin}/version`);
    return page;
  }
}
