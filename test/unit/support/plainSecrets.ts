import type { Stored } from '../../../src/storage/store/envelope';
import { ABSENT } from '../../../src/storage/store/envelope';
import { Emitter } from '../../../src/common/emitter';
import type { Secrets } from '../../../src/storage/recordStore';

/** What records are kept in, without SecretStorage beneath: for tests of one class alone. */
export class PlainSecrets implements Secrets {
  private readonly change = new Emitter<{ readonly key: string }>();
  readonly values = new Map<string, object>();
  /** How often something was stored. */
  writes = 0;
  /** Makes every write fail while it is set. */
  failure: Error | undefined;

  readonly onDidChange = this.change.event;

  get(key: string): Promise<Stored> {
    const value = this.values.get(key);
    return Promise.resolve(value === undefined ? ABSENT : { kind: 'value', revision: 1, value });
  }

  async all(prefix: string): Promise<ReadonlyMap<string, Stored>> {
    const keys = [...this.values.keys()].filter((key) => key.startsWith(prefix));
    return new Map(await Promise.all(keys.map(async (key) => [key, await this.get(key)] as const)));
  }

  write(key: string, value: object): Promise<void> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    this.writes += 1;
    this.values.set(key, value);
    this.change.fire({ key });
    return Promise.resolve();
  }

  delete(key: string): Promise<void> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    this.values.delete(key);
    this.change.fire({ key });
    return Promise.resolve();
  }

  setAside(): Promise<void> {
    return Promise.resolve();
  }

  isNewest(): Promise<boolean> {
    return Promise.resolve(true);
  }

  withdraw(): void {
    // It stores everything.
  }

  isSaved(): boolean {
    return true;
  }
}
