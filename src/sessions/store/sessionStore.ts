import { isDeepStrictEqual } from 'node:util';
import type { BoxBaseUrls } from '../../box/endpoints';
import { Emitter } from '../../common/emitter';
import { errorText } from '../../common/errorText';
import type { Log } from '../../common/log';
import { SecretStorageError, StaleWindowError } from '../../storage/errors';
import type { Lease } from '../../storage/lock/lock';
import type { RecordStore } from '../../storage/recordStore';
import { NO_CHANGES, sessionChanges, type LiveSessions, type SessionChanges } from './sessionChanges';
import { endedAs, isLive, isOf, signInOf, type LiveSession, type SessionRecord } from './sessionRecord';
import type { SignOutMarks } from '../lifecycle/signOutMarks';

/** Dependencies of {@link SessionStore}. */
export interface SessionStoreDependencies {
  readonly records: RecordStore<SessionRecord>;
  /** The Box that the settings name, or undefined while they name none. */
  readonly origins: () => BoxBaseUrls | undefined;
  readonly marks: SignOutMarks;
  /** Reads which sign-ins are being given up as SecretStorage knows it, and notes them as marks. */
  readonly readMarks: (records: readonly SessionRecord[]) => Promise<void>;
  /** Whether this window has an old view, and neither gives nor stores anything until it is reloaded. */
  readonly isStale: () => boolean;
  /** Waits shortly for an old view to be brought up to date. @throws StaleWindowError */
  readonly untilCurrent: () => Promise<void>;
  readonly log: Log;
}

/**
 * This window's view of the stored sessions: read once, then kept up to date by its own writes and by those of
 * other windows. A sign-in that was given up is not in it from that moment on, whatever is still stored.
 */
export class SessionStore {
  private readonly records = new Map<string, SessionRecord>();
  /** Counts the writes to each record, so that a read begun before a write does not undo it. */
  private readonly revisions = new Map<string, number>();
  /** What this window is storing of each. */
  private readonly writing = new Map<string, Promise<void>>();
  /** Those that were read while all were: what came of that is at least as new. */
  private readonly readMeanwhile = new Set<string>();
  private published: LiveSessions = new Map();
  private loading: Promise<void> | undefined;
  private isLoaded = false;
  private own: { readonly origins: BoxBaseUrls | undefined } | undefined;

  private readonly changes = new Emitter<SessionChanges>();
  private readonly returns = new Emitter<SessionRecord>();

  /** Fires after every change, with the usable sessions' difference (which may be empty). */
  readonly onDidChange = this.changes.event;

  /** Fires when a record is stored although its sign-in was given up, as by a host that does not see the marks. */
  readonly onDidReturn = this.returns.event;

  constructor(private readonly dependencies: SessionStoreDependencies) {
    dependencies.marks.onDidChange(() => {
      this.publish();
    });
  }

  /** Reads what is stored, once. A later call waits for the same read; one that failed is tried again. */
  load(): Promise<void> {
    this.loading ??= this.readAll().catch((error: unknown) => {
      this.loading = undefined;
      throw error;
    });
    return this.loading;
  }

  /** Sessions of the Box that the settings name, usable or ended. Loaded first. @throws StaleWindowError */
  async all(): Promise<readonly SessionRecord[]> {
    await this.load();
    await this.dependencies.untilCurrent();
    return this.known();
  }

  /** @throws StaleWindowError where this window must give nothing */
  ensureCurrent(): void {
    if (this.dependencies.isStale()) throw new StaleWindowError();
  }

  /** The same without waiting: none before the first load. */
  known(): readonly SessionRecord[] {
    const own = this.ownOrigins();
    if (own === undefined) return [];
    return this.seen().filter((record) => isOf(record, own));
  }

  /** One of them by its id. */
  find(id: string): SessionRecord | undefined {
    const own = this.ownOrigins();
    const record = this.records.get(id);
    if (own === undefined || record === undefined || !isOf(record, own)) return undefined;
    return this.asSeen(record);
  }

  /** A record as it was last seen, of whatever Box, given up or not. */
  recordOf(id: string): SessionRecord | undefined {
    return this.records.get(id);
  }

  /** Every session of an app, of whatever Box. Loaded first. */
  async ofApp(clientId: string): Promise<readonly SessionRecord[]> {
    await this.load();
    return this.seen().filter((record) => record.clientId === clientId);
  }

  /** Whether an app's secret may be needed for a session, given up or not: a refresh of it may be under way. */
  async needsSecret(clientId: string): Promise<boolean> {
    await this.load();
    return [...this.records.values()].some((record) => record.clientId === clientId && isLive(record));
  }

  /** Reads one record anew. Gives it as far as it may be used. @throws SecretStorageError or StaleWindowError */
  async readStored(id: string): Promise<SessionRecord | undefined> {
    const record = await this.readRecord(id);
    return record && this.asSeen(record);
  }

  /** The same, given up or not. @throws SecretStorageError or StaleWindowError */
  async readRecord(id: string): Promise<SessionRecord | undefined> {
    const revision = this.revisions.get(id);
    const record = await this.dependencies.records.read(id);
    this.readMeanwhile.add(id);
    if (this.revisions.get(id) === revision) this.see(id, record);
    return this.records.get(id);
  }

  /** Reads what others changed. Gives the sessions of the Box that the settings name. @throws as {@link readStored} */
  async readAllStored(): Promise<readonly SessionRecord[]> {
    await this.load();
    const revisions = new Map(this.revisions);
    const stored = await this.readRecords();
    for (const id of new Set([...stored.keys(), ...this.records.keys()])) {
      if (this.revisions.get(id) === revisions.get(id)) this.see(id, stored.get(id));
    }
    return this.known();
  }

  /**
   * Stores a record, and only then shows it.
   * @param lease of the lock under which it was decided.
   * @throws StaleWindowError, NewerRecordError or LeaseLostError
   */
  async write(record: SessionRecord, lease?: Lease): Promise<void> {
    await this.change(record.id, record, () => this.dependencies.records.write(record.id, record, lease));
  }

  /** The same for a new sign-in, whose caller gives it up where it cannot be stored. @throws as {@link write} */
  async add(record: SessionRecord, lease: Lease): Promise<void> {
    try {
      await this.write(record, lease);
    } catch (error) {
      if (error instanceof StaleWindowError) this.dependencies.records.withdraw(record.id);
      throw error;
    }
  }

  /** Removes a record from the store and from here. @throws as {@link write}; it then stays */
  async remove(id: string, lease?: Lease): Promise<void> {
    await this.change(id, undefined, () => this.dependencies.records.remove(id, lease));
  }

  /** Whether the sign-in that a session came from was given up: signed out, revoked, or replaced by another. */
  isGivenUp(session: SessionRecord): boolean {
    return this.isOver(session.id) || this.dependencies.marks.kindOf(session) !== undefined;
  }

  /** Whether a session is signed out, or its tokens are revoked. */
  isOver(id: string): boolean {
    return this.signInOf(id) === undefined;
  }

  /** The sign-in that a session comes from; undefined where it was given up. */
  signInOf(id: string): string | undefined {
    const record = this.records.get(id);
    const seen = record && this.asSeen(record);
    return seen === undefined || seen.ended === 'revoked' ? undefined : signInOf(seen);
  }

  /** Whether nothing newer of a session is announced, so that what Box says of it is final. */
  async isNewest(id: string): Promise<boolean> {
    return this.dependencies.records.isNewest(id);
  }

  /** Whether what this window last wrote of a session is stored, and not only in memory. */
  isSaved(id: string): boolean {
    return this.dependencies.records.isSaved(id);
  }

  /** Sign-ins that were given up, of which this window keeps in memory what no other can see. */
  givenUpUnsaved(): readonly SessionRecord[] {
    const { marks } = this.dependencies;
    return [...this.records.values()].filter(
      (record) => !this.isSaved(record.id) && marks.kindOf(record) !== undefined,
    );
  }

  /** Takes note that a SecretStorage key changed, perhaps through another window. */
  async secretChanged(key: string): Promise<void> {
    const id = this.dependencies.records.nameOf(key);
    if (id === undefined) return;
    // Who stored it while this window did may have been later.
    await this.writing.get(id)?.catch(() => undefined);
    await this.readRecord(id).catch((error: unknown) => {
      this.dependencies.log.warn(`A session that changed elsewhere could not be read: ${errorText(error)}`);
    });
  }

  /** Tells what became usable or not when the settings named another Box. */
  originsChanged(): void {
    this.own = undefined;
    this.publish();
  }

  private async readAll(): Promise<void> {
    const { marks } = this.dependencies;
    this.readMeanwhile.clear();
    await marks.refresh();
    const stored = await this.readRecords();
    for (const [id, record] of stored) {
      if (!this.revisions.has(id) && !this.readMeanwhile.has(id)) this.records.set(id, record);
    }
    this.published = this.live();
    this.isLoaded = true;
    this.changes.fire({ ...NO_CHANGES, loaded: [...this.published.values()] });
  }

  /** What is stored. Where SecretStorage fails nothing is: what is signed in meanwhile is kept in memory. */
  private async readRecords(): Promise<ReadonlyMap<string, SessionRecord>> {
    const { records, readMarks, log } = this.dependencies;
    try {
      const stored = await records.readAll();
      if (stored.size > 0) await readMarks([...stored.values()]);
      return stored;
    } catch (error) {
      if (!(error instanceof SecretStorageError)) throw error;
      log.error(`The stored sessions cannot be read now: ${errorText(error)}`);
      return new Map(this.records);
    }
  }

  /** The Box that the settings name. Read once per task: asking VS Code costs more than everything else here. */
  private ownOrigins(): BoxBaseUrls | undefined {
    if (this.own === undefined) {
      this.own = { origins: this.dependencies.origins() };
      queueMicrotask(() => {
        this.own = undefined;
      });
    }
    return this.own.origins;
  }

  /** The records as they may be shown. */
  private seen(): readonly SessionRecord[] {
    return [...this.records.values()]
      .map((record) => this.asSeen(record))
      .filter((record) => record !== undefined);
  }

  private asSeen(record: SessionRecord): SessionRecord | undefined {
    const kind = this.dependencies.marks.kindOf(record);
    if (kind === 'signedOut') return undefined;
    return kind === 'revoked' && isLive(record) ? endedAs(record, 'revoked') : record;
  }

  private async change(
    id: string,
    record: SessionRecord | undefined,
    store: () => Promise<void>,
  ): Promise<void> {
    this.revise(id);
    const storing = store();
    this.writing.set(id, storing);
    try {
      await storing;
    } finally {
      if (this.writing.get(id) === storing) this.writing.delete(id);
    }
    this.revise(id);
    this.see(id, record);
  }

  private revise(id: string): void {
    this.revisions.set(id, (this.revisions.get(id) ?? 0) + 1);
  }

  private see(id: string, record: SessionRecord | undefined): void {
    if (isDeepStrictEqual(this.records.get(id), record)) return;
    if (record === undefined) this.records.delete(id);
    else this.records.set(id, record);
    this.publish();
    if (record !== undefined && this.asSeen(record) !== record) this.returns.fire(record);
  }

  private live(): LiveSessions {
    return new Map(
      this.known()
        .filter(isLive)
        .map((session): [string, LiveSession] => [session.id, session]),
    );
  }

  private publish(): void {
    if (!this.isLoaded) return;
    const live = this.live();
    const changes = sessionChanges(this.published, live);
    this.published = live;
    this.changes.fire(changes);
  }
}
