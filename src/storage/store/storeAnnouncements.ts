import { errorText } from '../../common/errorText';
import type { Log } from '../../common/log';
import type { OwnSecrets } from './ownSecrets';
import type { StoreIdentity } from './storeIdentity';
import { withKey, type IndexState, type StoreIndex } from './storeIndex';
import type { StoreView } from './storeView';

/** Dependencies of {@link StoreAnnouncements}. */
export interface StoreAnnouncementsDependencies {
  readonly own: OwnSecrets;
  readonly identity: StoreIdentity;
  readonly index: StoreIndex;
  readonly view: StoreView;
  readonly log: Log;
}

/** What the windows of this store tell each other of what they store, by its index. */
export class StoreAnnouncements {
  /** The revisions of what is stored and could not be announced. */
  private readonly unannounced = new Map<string, number>();

  constructor(private readonly dependencies: StoreAnnouncementsDependencies) {}

  /** Whether something could not be announced yet. */
  get areLeft(): boolean {
    return this.unannounced.size > 0;
  }

  /** The index as it is; undefined where there is none that can be read. */
  async read(): Promise<IndexState | undefined> {
    const { identity, index } = this.dependencies;
    const id = await identity.read().catch(() => identity.known);
    return id === undefined ? undefined : index.read(id).catch(() => undefined);
  }

  /** The same; undefined also where hosts with another folder use the store, which announce nothing here. */
  async readComplete(): Promise<IndexState | undefined> {
    const isShared = await this.dependencies.identity.isShared().catch(() => true);
    return isShared ? undefined : this.read();
  }

  /** The index to change: a new one where there is none. Undefined where one is there that cannot be read now. */
  async readToChange(): Promise<IndexState | undefined> {
    const { identity, index } = this.dependencies;
    if (identity.known === undefined) return undefined;
    return index.readToChange(identity.known).catch(() => undefined);
  }

  /** Tells other windows. Where that cannot be done, each is on its own. @returns whether it was done */
  async announce(state: IndexState | undefined): Promise<boolean> {
    const { identity, index, log } = this.dependencies;
    if (state === undefined || identity.known === undefined) return false;
    try {
      await index.write(identity.known, state);
      return true;
    } catch (error) {
      log.debug(`Other windows are not told of a change yet: ${errorText(error)}`);
      return false;
    }
  }

  /** Has other windows give higher numbers to what they store from now on. */
  async reserve(revision: number): Promise<void> {
    const state = await this.readToChange();
    await this.announce(state && { ...state, counter: Math.max(state.counter, revision) });
  }

  /** Notes what is to be announced later. */
  later(key: string, revision: number): void {
    this.unannounced.set(key, revision);
  }

  /** Announces, under the lock, what could not be before and is still stored. Throws what the file system throws. */
  async announceAgain(): Promise<void> {
    const { own, identity, index, view } = this.dependencies;
    if (identity.known === undefined) return;
    await view.beforeWrite();
    let state = await index.readToChange(identity.known);
    for (const [key, revision] of this.unannounced) {
      const stored = await own.peek(key);
      if (stored.revision === revision) state = withKey(state, key, revision);
    }
    await index.write(identity.known, state);
    this.unannounced.clear();
  }

  /**
   * Whether nothing newer than what is here is announced for a key, and everybody who could store something announces
   * it here.
   */
  async isNewest(key: string): Promise<boolean> {
    const { own, identity } = this.dependencies;
    try {
      const [index, stored, isShared] = await Promise.all([this.read(), own.read(key), identity.isShared()]);
      return index !== undefined && !isShared && index.keys[key] === stored.revision;
    } catch {
      return false;
    }
  }
}
