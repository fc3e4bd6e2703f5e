import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Clock } from '../../common/clock';
import { Emitter, type Disposable, type Event } from '../../common/emitter';
import { errorText } from '../../common/errorText';
import type { Log } from '../../common/log';
import type { Lock } from '../lock/lock';
import { FolderWatcher, type Watch } from '../folderWatcher';
import type { Memory } from '../memory';
import type { OwnSecrets } from '../store/ownSecrets';
import type { StoreIdentity } from '../store/storeIdentity';
import type { StoreIndex } from '../store/storeIndex';
import { OtherHosts } from './otherHosts';
import { PageView } from './pageView';
import { ReloadMark } from './reloadMark';
import { Staleness } from './staleness';

/** Dependencies of {@link createServedView}. */
export interface ServedViewDependencies {
  readonly own: OwnSecrets;
  readonly identity: StoreIdentity;
  readonly index: StoreIndex;
  readonly lock: Lock;
  readonly folder: string;
  readonly host: string;
  /** What the pages of one browser share and may lose; nothing secret is kept in it. */
  readonly memory: Memory;
  readonly clock: Clock;
  readonly log: Log;
  readonly watch?: Watch | undefined;
}

/** What a window of a served VS Code has beyond a desktop's. */
export interface ServedView extends Disposable {
  readonly view: PageView;
  /** Fires when the view has been old for 10 s: until then a window that holds the newest may only be reloading. */
  readonly onDidStayStale: Event<undefined>;
  /** Fires once when the browser seems to have forgotten its secrets. */
  readonly onDidForget: Event<undefined>;
  /** Begins to follow the other pages, and brings the view up to date. */
  begin(): Promise<void>;
  /** Notes that the person is about to reload the window because its view is old. */
  prepareReload(): Promise<void>;
}

/** Builds the view of a window whose page has its own copy of the store. */
export function createServedView(dependencies: ServedViewDependencies): ServedView {
  const { own, identity, index, lock, folder, host, memory, clock, log, watch } = dependencies;
  const browser = new BrowserMemory(memory);
  const storeId = (): string | undefined => identity.known;
  const hosts = new OtherHosts({ folder: join(folder, 'hosts'), host, own, storeId, browser, log });
  const reload = new ReloadMark(join(folder, 'reload'));
  const onDidHaveStore = (id: string): Promise<void> => browser.setLastStore(id);
  const catchUp = (): void => {
    void view.catchUp();
  };
  const staleness = new Staleness(catchUp, clock);
  const parts = { host, own, identity, index, hosts, reload, staleness, onDidHaveStore, lock, log };
  const view = new PageView(parts);
  const forgot = new Emitter<undefined>();
  const watcher = new FolderWatcher(index.folder, catchUp, clock, watch);
  let cancelLateLook = (): void => undefined;
  /** Gives whether SecretStorage could be read: where not, the view is brought up to date when that works again. */
  const pickUp = async (): Promise<boolean> => {
    try {
      const id = await identity.read();
      if (id !== undefined) await reload.pickUp(id);
      return true;
    } catch (error) {
      log.warn(`This window cannot look for its store yet: ${errorText(error)}`);
      return false;
    }
  };
  const begin = async (): Promise<void> => {
    await hosts.open();
    const isRead = await pickUp();
    await watcher.begin();
    await view.catchUp();
    // Hosts that were killed have left their files, which nobody may ever need to look at.
    void hosts.livingStores().catch(() => undefined);
    if (!isRead || identity.known !== undefined) return;
    cancelLateLook = clock.after(LATE_LOOK_MS, catchUp);
    if (await wasThereOne(browser, index, hosts)) forgot.fire(undefined);
  };
  return {
    view,
    onDidStayStale: staleness.onDidStay,
    onDidForget: forgot.event,
    begin,
    prepareReload: async () => {
      if (identity.known !== undefined) await reload.leave(identity.known);
    },
    dispose: () => {
      staleness.dispose();
      cancelLateLook();
      watcher.dispose();
      view.dispose();
    },
  };
}

/** When a page without a store looks once more for that of its browser, which it then knows, in ms. */
const LATE_LOOK_MS = 10_000;

/** What the pages of one browser share. */
class BrowserMemory {
  private readonly seen = new Set<string>();

  constructor(private readonly memory: Memory) {}

  /**
   * Random ids of the browser. VS Code tells its other pages of one after up to 5 s: pages that are opened meanwhile make
   * one each, and may end up with each other's. So those from before count too.
   */
  ids(): readonly string[] {
    const known = this.memory.get(BROWSER_ID);
    if (typeof known === 'string') this.seen.add(known);
    else {
      const [id = randomUUID()] = this.seen;
      this.seen.add(id);
      void this.memory.update(BROWSER_ID, id);
    }
    return [...this.seen];
  }

  /** The store that this browser had last. */
  get lastStore(): string | undefined {
    const known = this.memory.get(LAST_STORE);
    return typeof known === 'string' ? known : undefined;
  }

  /** Notes a store as the last one, or that it is gone. */
  async setLastStore(id: string | undefined): Promise<void> {
    if (this.lastStore !== id) await this.memory.update(LAST_STORE, id);
  }

  /** Whether the person was told that the sessions of this server are not in this browser. */
  get wasTold(): boolean {
    return this.memory.get(TOLD) === true;
  }

  async noteTold(): Promise<void> {
    await this.memory.update(TOLD, true);
  }
}

const BROWSER_ID = 'browserId';
const LAST_STORE = 'lastStore';
const TOLD = 'toldOfForgottenSecrets';

/**
 * Whether this browser had a store that is gone; or, where it knows of none, whether this server has one that no living
 * window uses, which is told once.
 */
async function wasThereOne(browser: BrowserMemory, index: StoreIndex, hosts: OtherHosts): Promise<boolean> {
  if (browser.lastStore !== undefined) {
    await browser.setLastStore(undefined);
    await browser.noteTold();
    return true;
  }
  if (browser.wasTold) return false;
  const living = await hosts.livingStores();
  for (const id of await index.storeIds()) {
    if (living.has(id)) continue;
    const state = await index.read(id).catch(() => undefined);
    const hasSessions = Object.keys(state?.keys ?? {}).some((key) => key.startsWith('session/'));
    if (!hasSessions) continue;
    await browser.noteTold();
    return true;
  }
  return false;
}
