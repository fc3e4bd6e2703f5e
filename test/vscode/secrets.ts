import type { BrowserContext, Page } from 'playwright-core';

/**
 * In each page before its own scripts: the store as VS Code's services know one, and a trap for the one assignment by
 * which the workbench takes its own store, which gives it this one instead and learns whom to tell of changes.
 */
const pageSide = `globalThis.desktopSecrets = {
  provider: {
    type: 'persisted',
    get: (key) => globalThis.desktopSecretsGet(key),
    set: (key, value) => globalThis.desktopSecretsSet(key, value),
    delete: (key) => globalThis.desktopSecretsSet(key, undefined),
    keys: () => globalThis.desktopSecretsKeys(),
  },
};
Object.defineProperty(Object.prototype, '_secretStorageProvider', {
  set() {
    const { desktopSecrets } = globalThis;
    Object.defineProperty(this, '_secretStorageProvider', { value: desktopSecrets.provider });
    desktopSecrets.changed = (key) => this.onDidChangeSecretEmitter.fire(key);
  },
});`;

/** VS Code's own key of an extension's secret. */
export function secretKey(extensionId: string, key: string): string {
  return JSON.stringify({ extensionId, key });
}

/** Before a secret is read, before it is stored or deleted, and after. */
export type SecretMoment = 'reading' | 'storing' | 'stored';

/**
 * An emulation of the desktop's SecretStorage: one store for all windows, whose changes every window hears of at once.
 *
 * The browser-served VS Code has no such store: it seals its secrets in the page's localStorage, and windows do not
 * see each other's changes until they reload. This one is held by the test process; a script in the page puts it in the
 * place of VS Code's own. What is tested with it is the extension's side of the desktop's behaviour; Electron's own code
 * is not run.
 */
export class DesktopSecrets {
  /** Everything stored, by VS Code's key: JSON of `{ extensionId, key }`. Tests may change it to corrupt a record. */
  readonly store = new Map<string, string>();
  readonly #pages = new Set<Page>();

  /** Called at each moment of an operation, which waits for it. The key is the extension's own. */
  pass: (moment: SecretMoment, key: string) => void | Promise<void> = () => undefined;

  /** Gives the store to every window that the context opens from now on. */
  async attach(context: BrowserContext): Promise<void> {
    context.on('page', (page) => {
      this.#pages.add(page);
      page.on('close', () => this.#pages.delete(page));
    });
    await context.exposeBinding('desktopSecretsGet', async (_source, key: string) => {
      await this.#pass('reading', key);
      return this.store.get(key);
    });
    await context.exposeBinding('desktopSecretsKeys', () => [...this.store.keys()]);
    await context.exposeBinding('desktopSecretsSet', async ({ page }, key: string, value?: string) => {
      await this.#pass('storing', key);
      if (value === undefined) this.store.delete(key);
      else this.store.set(key, value);
      this.#announce(key, page);
      await this.#pass('stored', key);
    });
    await context.addInitScript(pageSide);
  }

  /** Waits until a window uses the store. @throws Error when it does not within half a minute */
  async isUsedBy(page: Page): Promise<void> {
    await page.waitForFunction('globalThis.desktopSecrets?.changed !== undefined');
  }

  /** The keys and values that one extension has stored, by its own keys. */
  ofExtension(extensionId: string): ReadonlyMap<string, string> {
    const own = [...this.store].flatMap(([key, value]): [string, string][] => {
      const id = JSON.parse(key) as { extensionId: string; key: string };
      return id.extensionId === extensionId ? [[id.key, value]] : [];
    });
    return new Map(own);
  }

  /** Does something once, at the next such moment of a key that begins so, which waits for it. Resolves when it has come. */
  next(moment: SecretMoment, prefix: string, act: () => void | Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      this.pass = (now, key) => {
        if (now !== moment || !key.startsWith(prefix)) return;
        this.pass = () => undefined;
        resolve();
        return act();
      };
    });
  }

  /** Forgets everything. Close the windows first. */
  clear(): void {
    this.store.clear();
    this.pass = () => undefined;
  }

  /** Stores a value as another window would, and tells every window. */
  set(extensionId: string, key: string, value: string): void {
    const id = secretKey(extensionId, key);
    this.store.set(id, value);
    this.#announce(id);
  }

  /** Forgets a value as another window would, and tells every window. */
  remove(extensionId: string, key: string): void {
    const id = secretKey(extensionId, key);
    this.store.delete(id);
    this.#announce(id);
  }

  async #pass(moment: SecretMoment, key: string): Promise<void> {
    // VS Code's own keys are plain texts.
    if (key.startsWith('{')) await this.pass(moment, (JSON.parse(key) as { key: string }).key);
  }

  #announce(key: string, origin?: Page): void {
    const call = `globalThis.desktopSecrets?.changed?.(${JSON.stringify(key)})`;
    for (const page of this.#pages) {
      // A page that closes just now needs no news.
      if (page !== origin) page.evaluate(call).catch(() => undefined);
    }
  }
}
