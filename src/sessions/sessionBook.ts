import type { BoxOrigins } from '../box/endpoints';
import { Emitter } from '../emitter';
import type { Log } from '../log';
import type { RecordStore } from '../storage/recordStore';
import { sessionChanges, type LiveSessions, type SessionChanges } from './sessionChanges';
import { isLive, isOf, mainToken, type SessionRecord } from './sessionRecord';

/** What the book needs from outside. */
export interface SessionBookDependencies {
  readonly store: RecordStore<SessionRecord>;
  /** The Box that the settings name, or undefined while they name none. */
  readonly origins: () => BoxOrigins | undefined;
  /** Tokens whose revocation is pending: a session whose main token is one was being signed out when its window ended. */
  readonly signedOut: () => Promise<ReadonlySet<string>>;
  readonly log: Log;
}

/**
 * This window's view of the stored sessions: read once, then kept up to date by its own writes and by those of
 * other windows.
 */
export class SessionBook {
  private readonly records = new Map<string, SessionRecord>();
  /** Counts the writes to each record, so that a read begun before a write does not undo it. */
  private readonly revisions = new Map<string, number>();
  /** Those that were read while all were: what came of that is at least as new. */
  private readonly readMeanwhile = new Set<string>();
  private readonly hidden = new Set<string>();
  private published: LiveSessions = new Map();
  private loading: Promise<void> | undefined;

  private readonly change = new Emitter<SessionChanges>();

  /** Fires after every change, with the usable sessions' difference (which may be empty). */
  readonly onDidChange = this.change.event;

  constructor(private readonly dependencies: SessionBookDependencies) {}

  /** Reads what is stored, once. A later call waits for the same read; one that failed is tried again. */
  load(): Promise<void> {
    this.loading ??= this.readAll().catch((error: unknown) => {
      this.loading = undefined;
      throw error;
    });
    return this.loading;
  }

  /** Sessions of the Box that the settings name, usable or ended. Loaded first. */
  async all(): Promise<readonly SessionRecord[]> {
    await this.load();
    return this.known();
  }

  /** The same without waiting: none before the first load. */
  known(): readonly SessionRecord[] {
    return this.shown([...this.records.values()]);
  }

  /** One of them by its id. */
  find(id: string): SessionRecord | undefined {
    const record = this.records.get(id);
    return record && this.shown([record])[0];
  }

  /** Every session of an app, of whatever Box. Loaded first. */
  async ofApp(clientId: string): Promise<readonly SessionRecord[]> {
    await this.load();
    return [...this.records.values()].filter((record) => record.clientId === clientId);
  }

  /** Reads one record anew, past this window's view. @throws StaleWindowError */
  async readStored(id: string): Promise<SessionRecord | undefined> {
    const revision = this.revisions.get(id);
    const record = await this.dependencies.store.read(id);
    this.readMeanwhile.add(id);
    if (this.revisions.get(id) === revision) this.see(id, record);
    return this.records.get(id);
  }

  /** Reads every record anew, past this window's view. Gives those of the Box that the settings name. */
  async readAllStored(): Promise<readonly SessionRecord[]> {
    await this.load();
    const revisions = new Map(this.revisions);
    const stored = await this.dependencies.store.readAll();
    for (const [id, record] of stored) {
      if (this.revisions.get(id) === revisions.get(id)) this.see(id, record);
    }
    return this.known();
  }

  /** Stores a record, and only then shows it. @throws StaleWindowError */
  async write(record: SessionRecord): Promise<void> {
    this.revise(record.id);
    await this.dependencies.store.write(record.id, record);
    this.revise(record.id);
    this.see(record.id, record);
  }

  /** Stops showing a session that is about to be removed; its record stays until then. */
  hide(id: string): void {
    this.hidden.add(id);
    this.publish();
  }

  /** Shows a session again whose removal failed. */
  unhide(id: string): void {
    this.hidden.delete(id);
    this.publish();
  }

  /** Whether a session is on its way out. */
  isHidden(id: string): boolean {
    return this.hidden.has(id);
  }

  /** Whether somebody has given a session up, or is about to: signed out, or its tokens revoked. */
  isGivenUp(id: string): boolean {
    const record = this.records.get(id);
    return record === undefined || this.hidden.has(id) || record.ended === 'revoked';
  }

  /** Removes a record from the store and from here. @throws StaleWindowError; it then stays */
  async remove(id: string): Promise<void> {
    this.revise(id);
    await this.dependencies.store.remove(id);
    this.revise(id);
    this.hidden.delete(id);
    this.see(id, undefined);
  }

  /** Takes note that a SecretStorage key changed, perhaps through another window. */
  async secretChanged(key: string): Promise<void> {
    const id = this.dependencies.store.nameOf(key);
    if (id === undefined) return;
    await this.readStored(id).catch((error: unknown) => {
      this.dependencies.log.warn(`A session that changed elsewhere could not be read: ${String(error)}`);
    });
  }

  /** Tells what became usable or not when the settings named another Box. */
  originsChanged(): void {
    this.publish();
  }

  /** Those of the Box that the settings name which are not on their way out. */
  private shown(records: readonly SessionRecord[]): readonly SessionRecord[] {
    const origins = this.dependencies.origins();
    if (origins === undefined) return [];
    return records.filter((record) => isOf(record, origins) && !this.hidden.has(record.id));
  }

  private async readAll(): Promise<void> {
    const { store, signedOut } = this.dependencies;
    this.readMeanwhile.clear();
    // In this order: a sign-out stores its revocation before it removes the session.
    const stored = await store.readAll();
    const gone = stored.size > 0 ? await signedOut() : new Set<string>();
    const halfGone = [...stored].filter(([, record]) => isLive(record) && gone.has(mainToken(record.pair)));
    for (const [id] of halfGone) this.hidden.add(id);
    for (const [id, record] of stored) {
      if (!this.revisions.has(id) && !this.readMeanwhile.has(id)) this.records.set(id, record);
    }
    this.publish();
    await Promise.all(halfGone.map(([id, record]) => this.finishRemoval(id, record)));
  }

  /** Removes a session unless somebody signed in anew meanwhile. One that cannot be removed stays hidden. */
  private async finishRemoval(id: string, gone: SessionRecord): Promise<void> {
    const { store, log } = this.dependencies;
    try {
      const stored = await store.read(id);
      if (JSON.stringify(stored?.pair) !== JSON.stringify(gone.pair)) {
        this.see(id, stored);
        this.unhide(id);
        return;
      }
      log.info(`Finished the sign-out of session ${id}, which had been cut off`);
      await this.remove(id);
    } catch (error) {
      log.warn(`A session that was signed out could not be removed: ${String(error)}`);
    }
  }

  private revise(id: string): void {
    this.revisions.set(id, (this.revisions.get(id) ?? 0) + 1);
  }

  private see(id: string, record: SessionRecord | undefined): void {
    if (JSON.stringify(this.records.get(id)) === JSON.stringify(record)) return;
    if (record === undefined) this.records.delete(id);
    else this.records.set(id, record);
    this.publish();
  }

  private publish(): void {
    const live = new Map(
      this.known()
        .filter(isLive)
        .map((session) => [session.id, session]),
    );
    const changes = sessionChanges(this.published, live);
    this.published = live;
    this.change.fire(changes);
  }
}
