import { Emitter, type Disposable } from '../../common/emitter';
import { errorText } from '../../common/errorText';
import type { Log } from '../../common/log';
import { open, seal, type Stored } from '../store/envelope';
import { StaleWindowError } from '../errors';
import type { Lock } from '../lock/lock';
import type { OwnSecrets } from '../store/ownSecrets';
import type { StoreIdentity } from '../store/storeIdentity';
import { STORE_KEY } from '../store/storeIdentity';
import { withKey, type IndexState, type StoreIndex } from '../store/storeIndex';
import { isBehind, type StoreView } from '../store/storeView';
import type { OtherHosts } from './otherHosts';
import type { ReloadMark } from './reloadMark';
import type { Staleness } from './staleness';

/** Dependencies of {@link PageView}. */
export interface PageViewDependencies {
  /** Name of this host. */
  readonly host: string;
  readonly own: OwnSecrets;
  readonly identity: StoreIdentity;
  readonly index: StoreIndex;
  readonly hosts: OtherHosts;
  readonly reload: ReloadMark;
  readonly staleness: Staleness;
  /** Told of the store that this page has. */
  readonly onDidHaveStore: (storeId: string) => Promise<void>;
  readonly lock: Lock;
  readonly log: Log;
}

/**
 * The view in a served VS Code, where each page has its own copy of the whole store and writes it back whole. A view
 * that is behind the index is old: the newest comes from another living host, or this window neither gives nor stores
 * anything until it is reloaded.
 */
export class PageView implements StoreView, Disposable {
  private readonly change = new Emitter<readonly string[]>();
  private running: Promise<boolean> | undefined;
  private next: Promise<boolean> | undefined;

  /** Fires with the keys that came from other hosts. */
  readonly onDidCatchUp = this.change.event;

  constructor(private readonly dependencies: PageViewDependencies) {}

  async current(key: string, own: Stored, index: IndexState | undefined): Promise<Stored> {
    if (index === undefined || !isBehind(key, own, index)) return own;
    if (!(await this.catchUp())) await this.untilCurrent();
    return this.dependencies.own.peek(key);
  }

  async beforeWrite(): Promise<void> {
    if (!(await this.catchUpLocked())) throw new StaleWindowError();
  }

  isStale(): boolean {
    return this.dependencies.staleness.isStale;
  }

  untilCurrent(): Promise<void> {
    return this.dependencies.staleness.untilOver();
  }

  dispose(): void {
    this.dependencies.hosts.dispose();
  }

  /**
   * Brings the whole view up to date. One run at a time, and one more for all who ask meanwhile.
   * @returns false where the newest cannot be had.
   */
  catchUp(): Promise<boolean> {
    this.next ??= (this.running ?? Promise.resolve(true)).then(() => {
      this.next = undefined;
      const run = this.dependencies.lock
        .withLock(LOCK, () => this.catchUpLocked())
        .catch((error: unknown) => {
          this.dependencies.log.warn(`This window could not be brought up to date: ${errorText(error)}`);
          return !this.isStale();
        });
      this.running = run;
      return run;
    });
    return this.next;
  }

  private async catchUpLocked(): Promise<boolean> {
    const { identity, index, hosts, own, onDidHaveStore } = this.dependencies;
    const storeId = (await identity.read()) ?? (await this.adopt()) ?? (await this.begin());
    await hosts.publish(storeId);
    if (storeId === undefined) return this.settle([]);
    await onDidHaveStore(storeId);
    const state = await index.readToChange(storeId);
    const behind = await this.behind(state);
    const missing = behind.filter((key) => state.keys[key] !== undefined);
    const texts = await hosts.fetch(
      storeId,
      missing,
      (key, text) => open(text).revision >= (state.keys[key] ?? 0),
    );
    const lost = new Set(missing.filter((key) => !texts.has(key)));
    for (const key of lost) {
      // What is damaged here and gone elsewhere no reload brings back: whoever reads it sets it aside.
      if ((await own.peek(key)).kind !== 'damaged') return this.goStale(storeId, state);
    }
    const had = behind.filter((key) => !lost.has(key));
    for (const key of had) await own.putText(key, texts.get(key), true);
    await this.announceRest(storeId, state);
    return this.settle(had);
  }

  /** The keys of which this page's copy is old. */
  private async behind(state: IndexState): Promise<readonly string[]> {
    const { own } = this.dependencies;
    const behind: string[] = [];
    for (const key of new Set([...(await this.keys()), ...Object.keys(state.keys)])) {
      if (isBehind(key, await own.peek(key), state)) behind.push(key);
    }
    return behind;
  }

  /**
   * Announces what this page has beyond the index, because a host died before it could; and what an earlier version
   * stored, which is given a number first.
   */
  private async announceRest(storeId: string, before: IndexState): Promise<void> {
    const { own, index, host } = this.dependencies;
    let state = before;
    for (const key of await this.keys()) {
      const stored = await own.peek(key);
      if (stored.kind === 'value' && stored.isEarlier === true) {
        const revision = state.counter + 1;
        await own.putText(key, seal(stored.value, revision, host, stored));
        state = withKey(state, key, revision);
      } else if (stored.revision > (state.keys[key] ?? state.floor) && !own.isLate(key)) {
        state = withKey(state, key, stored.revision);
      }
    }
    if (state !== before) await index.write(storeId, state);
  }

  /** A browser's secrets of an earlier version become a store. */
  private async begin(): Promise<string | undefined> {
    const { own, identity } = this.dependencies;
    for (const key of await this.keys()) {
      const stored = await own.peek(key);
      if (stored.kind === 'value' && stored.isEarlier === true) return identity.join();
    }
    return undefined;
  }

  private async keys(): Promise<readonly string[]> {
    return (await this.dependencies.own.keys()).filter((key) => key !== STORE_KEY);
  }

  /** A page that was loaded before another page of its browser stored anything takes that page's store. */
  private async adopt(): Promise<string | undefined> {
    const { own, identity, hosts } = this.dependencies;
    const sessionKeys = (await this.keys()).filter((key) => key.startsWith('session/'));
    const text = await hosts.storeOfBrowser(sessionKeys);
    if (text === undefined) return undefined;
    await own.putText(STORE_KEY, text);
    identity.forget();
    return identity.read();
  }

  private async goStale(storeId: string, state: IndexState): Promise<boolean> {
    const { reload, staleness } = this.dependencies;
    if (reload.take(storeId)) {
      await this.takeAsItIs(storeId, state);
      return this.settle([]);
    }
    staleness.begin();
    return false;
  }

  /** The person reloaded the window because nobody had anything newer: what is stored here is all there is. */
  private async takeAsItIs(storeId: string, state: IndexState): Promise<void> {
    const { own, index, log } = this.dependencies;
    const keys: Record<string, number> = {};
    for (const key of await this.keys()) {
      const { revision } = await own.peek(key);
      if (revision > 0) keys[key] = revision;
    }
    await index.write(storeId, { ...state, floor: state.counter, keys });
    log.warn('Took what this browser has stored, because no other window has anything newer');
  }

  private settle(changed: readonly string[]): boolean {
    this.dependencies.staleness.end();
    if (changed.length > 0) this.change.fire(changed);
    return true;
  }
}

const LOCK = 'secrets';
