import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BrowserStorage, PageSecrets } from '../../support/servedSecrets';
import { MemorySecrets } from '../../support/memorySecrets';
import { Trouble, type Page } from './host';

/** How windows, what they store in, and the folder belong together. */
export type TopologyName = 'desktop' | 'noKeyring' | 'containers' | 'served';

/** A page with its number, and what it stores in. */
export interface OpenPage extends Page {
  readonly slot: number;
  /** Pages with the same see one store in the end. */
  readonly store: object;
}

/** Makes the pages of one topology. */
export class Topology {
  private readonly folders = [newFolder(), newFolder()] as const;
  private readonly keyring = new MemorySecrets();
  private readonly browsers = [new BrowserStorage(), new BrowserStorage()] as const;

  /** @param lateness how late hosts hear of what others stored where they do, in ms. */
  constructor(
    readonly name: TopologyName,
    private readonly lateness: number,
  ) {}

  /** The folders that exist in it. */
  get usedFolders(): readonly string[] {
    return this.name === 'containers' ? this.folders : [this.folders[0]];
  }

  /** Whether the hosts of one store share a folder too. */
  get sharesFolder(): boolean {
    return this.name !== 'containers';
  }

  /** Whether sessions go without a word to the folder: with their page, or from another folder. */
  get losesSessions(): boolean {
    return this.name === 'containers' || this.name === 'noKeyring';
  }

  /** Opens a page; one that was there with the same number is gone. */
  open(slot: number): OpenPage {
    const parts = { slot, trouble: new Trouble(), folder: this.folders[0], lateness: 0 };
    switch (this.name) {
      case 'desktop':
        return { ...parts, ...shared(this.keyring, this.keyring), lateness: this.lateness };
      case 'noKeyring': {
        const secrets = new MemorySecrets();
        return { ...parts, ...shared(secrets, secrets) };
      }
      case 'containers': {
        const folder = this.folders[slot % 2 === 0 ? 0 : 1];
        return {
          ...parts,
          secrets: this.keyring,
          store: this.keyring,
          folder,
          realm: folder,
          lateness: this.lateness,
        };
      }
      case 'served': {
        const browser = this.browsers[slot % 2 === 0 ? 0 : 1];
        return { ...parts, ...shared(new PageSecrets(browser), browser), memory: browser.memory };
      }
    }
  }

  /** The texts that a page would find if it was loaded now. */
  found(page: OpenPage): ReadonlyMap<string, string> {
    return page.store instanceof BrowserStorage ? page.store.secrets : page.secrets.values;
  }

  /** Removes the folders. */
  remove(): void {
    for (const folder of this.folders) rmSync(folder, { recursive: true, force: true });
  }
}

function shared(secrets: MemorySecrets, store: object): Pick<OpenPage, 'secrets' | 'store' | 'realm'> {
  return { secrets, store, realm: store };
}

function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'box-authentication-scenario-'));
}
