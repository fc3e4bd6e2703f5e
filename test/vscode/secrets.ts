import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { codeServerRoot } from './paths';

const workbenchScript = 'vs/code/browser/workbench/workbench.js';

/** The two places of the workbench script that decide where secrets are kept and who hears of a change. */
const patches: readonly (readonly [find: RegExp, replacement: string])[] = [
  [
    /(secretStorageProvider:)(?=\w+\.remoteAuthority&&)/,
    '$1globalThis.desktopSecrets?globalThis.desktopSecrets.provider:',
  ],
  [
    /(this\._secretStorageProvider=\w+\.options\.secretStorageProvider)(?=,this\._embedderSequencer=)/,
    '$1,globalThis.desktopSecrets&&(globalThis.desktopSecrets.changed=key=>this.onDidChangeSecretEmitter.fire(key))',
  ],
];

const pageSide = `globalThis.desktopSecrets = {
  provider: {
    type: 'persisted',
    get: (key) => globalThis.desktopSecretsGet(key),
    set: (key, value) => globalThis.desktopSecretsSet(key, value),
    delete: (key) => globalThis.desktopSecretsSet(key, undefined),
    keys: () => globalThis.desktopSecretsKeys(),
  },
};`;

/** Before a secret is read, before it is stored or deleted, and after. */
export type SecretMoment = 'reading' | 'storing' | 'stored';

/**
 * An emulation of the desktop's SecretStorage: one store for all windows, whose changes every window hears of at once.
 *
 * The browser-served VS Code has no such store: it seals its secrets in the page's localStorage, and windows do not
 * see each other's changes until they reload. This one is held by the test process; the workbench script is patched on
 * its way to the browser to use it. What is tested with it is the extension's side
 * of the desktop's behaviour; Electron's own code is not run.
 */
export class DesktopSecrets {
  /** Everything stored, by VS Code's key: JSON of `{ extensionId, key }`. Tests may change it to corrupt a record. */
  readonly store = new Map<string, string>();
  readonly #pages = new Set<Page>();

  /** Called at each moment of an operation, which waits for it. The key is the extension's own. */
  pass: (moment: SecretMoment, key: string) => void | Promise<void> = () => undefined;

  /** Gives the store to every window that the context opens from now on. */
  async attach(context: BrowserContext): Promise<void> {
    const script = await patchedScript();
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
    await context.route(`**/${workbenchScript}`, (route) =>
      route.fulfill({
        body: script,
        contentType: 'text/javascript',
        headers: { 'cache-control': 'max-age=3600' },
      }),
    );
  }

  /** The keys and values that one extension has stored, by its own keys. */
  ofExtension(extensionId: string): ReadonlyMap<string, string> {
    const own = [...this.store].flatMap(([key, value]): [string, string][] => {
      const id = JSON.parse(key) as { extensionId: string; key: string };
      return id.extensionId === extensionId ? [[id.key, value]] : [];
    });
    return new Map(own);
  }

  /** Stores a value as another window would, and tells every window. */
  set(extensionId: string, key: string, value: string): void {
    const id = JSON.stringify({ extensionId, key });
    this.store.set(id, value);
    this.#announce(id);
  }

  /** Forgets a value as another window would, and tells every window. */
  remove(extensionId: string, key: string): void {
    const id = JSON.stringify({ extensionId, key });
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

let patched: Promise<string> | undefined;

/** The script has 19 MB: patched once for the whole run. */
async function patchedScript(): Promise<string> {
  patched ??= readFile(join(codeServerRoot, 'lib/vscode/out', workbenchScript), 'utf8').then((script) =>
    patches.reduce(patch, script),
  );
  return patched;
}

function patch(script: string, [find, replacement]: readonly [RegExp, string]): string {
  if (!find.test(script)) throw new Error(`The workbench script no longer has ${String(find)}.`);
  return script.replace(find, replacement);
}
