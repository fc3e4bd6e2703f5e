import type { Memory } from '../../../src/storage/memory';
import { MemorySecrets } from './memorySecrets';

/** A browser as a served VS Code uses it: it keeps the secrets, whole, and what its pages share. */
export class BrowserStorage {
  /** What a page finds when it is loaded. */
  secrets: ReadonlyMap<string, string> = new Map();
  /** What extensions keep that is not secret: all pages see it at once. */
  readonly memory: Memory;
  private readonly shared = new Map<string, unknown>();

  constructor() {
    this.memory = new SharedMemory(this.shared);
  }

  /** Forgets everything, as when a person clears the site data. */
  clear(): void {
    this.secrets = new Map();
    this.shared.clear();
  }
}

/**
 * The SecretStorage of one page: a copy of the browser's from when the page was loaded, written back whole with each
 * change. Nobody else hears of it.
 */
export class PageSecrets extends MemorySecrets {
  constructor(private readonly browser: BrowserStorage) {
    super();
    for (const [key, value] of browser.secrets) this.values.set(key, value);
  }

  override async store(key: string, value: string): Promise<void> {
    await super.store(key, value);
    this.browser.secrets = new Map(this.values);
  }

  override async delete(key: string): Promise<void> {
    await super.delete(key);
    this.browser.secrets = new Map(this.values);
  }
}

class SharedMemory implements Memory {
  constructor(private readonly values: Map<string, unknown>) {}

  get(key: string): unknown {
    return this.values.get(key);
  }

  update(key: string, value: unknown): Promise<void> {
    if (value === undefined) this.values.delete(key);
    else this.values.set(key, value);
    return Promise.resolve();
  }
}
