import type { Memory } from '../../../src/storage/memory';

/** What one window remembers, in memory. */
export class PlainMemory implements Memory {
  private readonly values = new Map<string, unknown>();

  get(key: string): unknown {
    return this.values.get(key);
  }

  update(key: string, value: unknown): Promise<void> {
    this.values.set(key, value);
    return Promise.resolve();
  }
}
