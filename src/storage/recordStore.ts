import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import type { Log } from '../log';
import { StaleWindowError } from './errors';

/** The part of VS Code's SecretStorage that is used (`secrets.keys` is why VS Code 1.105 is needed). */
export interface SecretStorage {
  keys(): PromiseLike<string[]>;
  get(key: string): PromiseLike<string | undefined>;
  store(key: string, value: string): PromiseLike<void>;
  delete(key: string): PromiseLike<void>;
}

/** One kind of record. Each is one secret, so that a damaged one takes no other with it. */
export interface RecordKind<T> {
  /** First part of the key, before the slash. */
  readonly prefix: string;
  /** Version of the schema, stored as `version` in every record. */
  readonly version: number;
  readonly schema: v.GenericSchema<unknown, T>;
}

/**
 * Records of one kind in SecretStorage, checked whenever they are read.
 * A damaged record is moved out of the way under `set-aside/…`, whole, and named in the log. One of a later version
 * is left alone: a newer version of this extension may be running in another window.
 */
export class RecordStore<T> {
  constructor(
    private readonly secrets: SecretStorage,
    private readonly kind: RecordKind<T>,
    private readonly log: Log,
  ) {}

  /** The name of the record that a SecretStorage key holds, or undefined when it is of another kind. */
  nameOf(key: string): string | undefined {
    const prefix = `${this.kind.prefix}/`;
    return key.startsWith(prefix) ? key.slice(prefix.length) : undefined;
  }

  /**
   * All readable records with their names. One that cannot be read now is left out and logged.
   * @throws StaleWindowError: what is missing then, another window has.
   */
  async readAll(): Promise<Map<string, T>> {
    const names = (await this.secrets.keys())
      .map((key) => this.nameOf(key))
      .filter((name) => name !== undefined);
    const records = await Promise.all(
      names.map((name) =>
        this.read(name).catch((error: unknown) => {
          if (error instanceof StaleWindowError) throw error;
          this.log.error(`Cannot read ${this.key(name)} from SecretStorage: ${String(error)}`);
          return undefined;
        }),
      ),
    );
    const readable = new Map<string, T>();
    for (const [index, name] of names.entries()) {
      const record = records[index];
      if (record !== undefined) readable.set(name, record);
    }
    return readable;
  }

  /** One record, or undefined when there is none that can be used. Throws what SecretStorage throws. */
  async read(name: string): Promise<T | undefined> {
    const stored = await this.secrets.get(this.key(name));
    if (stored === undefined) return undefined;
    const parsed = parseJson(stored);
    if (this.isNewer(parsed)) {
      this.log.warn(`${this.key(name)} was written by a newer version of this extension and is left alone`);
      return undefined;
    }
    const record = v.safeParse(this.kind.schema, parsed);
    if (versionOf(parsed) === this.kind.version && record.success) return record.output;
    await this.setAside(name, stored);
    return undefined;
  }

  /**
   * Stores a record under its name. One of a later version that stands there is set aside, not overwritten. Throws
   * what SecretStorage throws.
   */
  async write(name: string, record: T): Promise<void> {
    const stored = await this.secrets.get(this.key(name));
    if (stored !== undefined && this.isNewer(parseJson(stored))) await this.keepAside(name, stored);
    await this.secrets.store(this.key(name), JSON.stringify({ version: this.kind.version, ...record }));
  }

  /** Removes a record; none of that name is fine. Throws what SecretStorage throws. */
  async remove(name: string): Promise<void> {
    await this.secrets.delete(this.key(name));
  }

  private isNewer(parsed: unknown): boolean {
    return (versionOf(parsed) ?? 0) > this.kind.version;
  }

  private async setAside(name: string, stored: string): Promise<void> {
    const key = this.key(name);
    const asideKey = await this.keepAside(name, stored);
    // Another window may have put a sound record there meanwhile.
    if ((await this.secrets.get(key)) === stored) await this.secrets.delete(key);
    this.log.error(`${key} is damaged and was set aside in SecretStorage as ${asideKey}. Sign in again`);
  }

  private async keepAside(name: string, stored: string): Promise<string> {
    const asideKey = `set-aside/${this.key(name)}/${randomUUID()}`;
    await this.secrets.store(asideKey, stored);
    return asideKey;
  }

  private key(name: string): string {
    return `${this.kind.prefix}/${name}`;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function versionOf(parsed: unknown): number | undefined {
  const result = v.safeParse(v.object({ version: v.number() }), parsed);
  return result.success ? result.output.version : undefined;
}
