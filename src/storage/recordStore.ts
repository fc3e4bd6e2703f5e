import * as v from 'valibot';
import type { Event } from '../common/emitter';
import { errorText } from '../common/errorText';
import type { Log } from '../common/log';
import type { Stored } from './store/envelope';
import type { Lease } from './lock/lock';

/** Where records are kept. */
export interface Secrets {
  readonly onDidChange: Event<{ readonly key: string }>;
  get(key: string): Promise<Stored>;
  all(prefix: string, isStrict?: boolean): Promise<ReadonlyMap<string, Stored>>;
  write(key: string, value: object, lease?: Lease): Promise<void>;
  delete(key: string, lease?: Lease): Promise<void>;
  withdraw(key: string): void;
  /** Moves what is damaged out of the way, unless something else was stored there meanwhile. */
  setAside(key: string, damaged: Stored): Promise<void>;
  isNewest(key: string): Promise<boolean>;
  /** Whether what was last written here is stored, and not only in memory. */
  isSaved(key: string): boolean;
}

/** What was set aside because it is damaged. */
export interface SetAside {
  /** Fires with the key of what was set aside. */
  readonly onDidSetAside: Event<{ readonly key: string }>;
  /** The texts that are kept of keys that begin with a prefix, by the keys under which they are kept now. */
  setAsideTexts(prefix: string): Promise<ReadonlyMap<string, string>>;
  delete(key: string): Promise<void>;
}

/** One kind of record. Each is one secret, so that a damaged one takes no other with it. */
export interface RecordKind<T extends object> {
  /** First part of the key, before the slash. */
  readonly prefix: string;
  /** Loose, so that fields which a later release added survive. */
  readonly schema: v.GenericSchema<unknown, T>;
}

/**
 * Records of one kind in SecretStorage, checked whenever they are read. A damaged record is moved out of the way, whole,
 * and named in the log. One of a later version is left alone: a newer window may be running beside this one.
 */
export class RecordStore<T extends object> {
  constructor(
    private readonly secrets: Secrets,
    private readonly kind: RecordKind<T>,
    private readonly log: Log,
  ) {}

  /** The name of the record that a SecretStorage key holds, or undefined when it is of another kind. */
  nameOf(key: string): string | undefined {
    const prefix = `${this.kind.prefix}/`;
    return key.startsWith(prefix) ? key.slice(prefix.length) : undefined;
  }

  /** The SecretStorage key of a record. */
  keyOf(name: string): string {
    return `${this.kind.prefix}/${name}`;
  }

  /**
   * All records with their names. One that cannot be read now is left out and logged.
   * @param isStrict throws instead: for what is decided on the absence of one.
   * @throws SecretStorageError where nothing can be read, or StaleWindowError
   */
  async readAll(isStrict = false): Promise<Map<string, T>> {
    const all = await this.secrets.all(this.keyOf(''), isStrict);
    const records = new Map<string, T>();
    for (const [key, stored] of all) {
      const record = await this.check(key, stored);
      if (record !== undefined) records.set(key.slice(this.keyOf('').length), record);
    }
    return records;
  }

  /** One record, or undefined when there is none that can be used. @throws SecretStorageError or StaleWindowError */
  async read(name: string): Promise<T | undefined> {
    return this.check(this.keyOf(name), await this.secrets.get(this.keyOf(name)));
  }

  /**
   * Stores a record under its name.
   * @param lease of the lock under which it was decided.
   * @throws NewerRecordError where one of a later version stands there; StaleWindowError; LeaseLostError
   */
  async write(name: string, record: T, lease?: Lease): Promise<void> {
    await this.secrets.write(this.keyOf(name), record, lease);
  }

  /** Gives up a record that could not be stored and is kept in memory. */
  withdraw(name: string): void {
    this.secrets.withdraw(this.keyOf(name));
  }

  /** Removes a record; none of that name is fine. @throws as {@link write} */
  async remove(name: string, lease?: Lease): Promise<void> {
    await this.secrets.delete(this.keyOf(name), lease);
  }

  /** Whether nothing newer of a record is announced than what is stored here. */
  async isNewest(name: string): Promise<boolean> {
    return this.secrets.isNewest(this.keyOf(name));
  }

  /** Whether what was last written or removed here is so in SecretStorage, and not only in memory. */
  isSaved(name: string): boolean {
    return this.secrets.isSaved(this.keyOf(name));
  }

  private async check(key: string, stored: Stored): Promise<T | undefined> {
    if (stored.kind === 'absent') return undefined;
    if (stored.kind === 'newer') {
      this.log.warn(`${key} was written by a newer version of this extension and is left alone`);
      return undefined;
    }
    const record = stored.kind === 'value' ? v.safeParse(this.kind.schema, stored.value) : undefined;
    if (record?.success === true) return record.output;
    await this.setAside(key, stored);
    return undefined;
  }

  private async setAside(key: string, stored: Stored): Promise<void> {
    try {
      await this.secrets.setAside(key, stored);
      this.log.error(`${key} is damaged and was set aside in SecretStorage. Sign in again`);
    } catch (error) {
      this.log.error(`${key} is damaged and could not be set aside: ${errorText(error)}`);
    }
  }
}
