import { sleep, type Clock } from '../../common/clock';
import type { Stored } from './envelope';
import type { OwnSecrets } from './ownSecrets';
import type { IndexState } from './storeIndex';
import { isBehind, type StoreView } from './storeView';

/** Longest wait for what another window announced, in ms. */
const ARRIVAL_MS = 2000;
const POLL_MS = 50;

/** Dependencies of {@link DesktopView}. */
export interface DesktopViewDependencies {
  readonly own: OwnSecrets;
  readonly readIndex: () => Promise<IndexState | undefined>;
  readonly clock: Clock;
}

/**
 * The view on a desktop, where all windows see one store: what another window announced is on its way, and is waited
 * for once. Then what is stored counts.
 */
export class DesktopView implements StoreView {
  /** For each key, what was last waited for in vain. */
  private readonly waitedFor = new Map<string, number>();

  constructor(private readonly dependencies: DesktopViewDependencies) {}

  async current(key: string, own: Stored, index: IndexState | undefined): Promise<Stored> {
    if (index === undefined || !this.mustWait(key, own, index)) return own;
    const { clock, readIndex } = this.dependencies;
    let [stored, announced] = [own, target(key, index)];
    for (let waited = 0; waited < ARRIVAL_MS; waited += POLL_MS) {
      await sleep(clock, POLL_MS);
      const [now, state] = await Promise.all([this.dependencies.own.read(key), readIndex()]);
      if (state === undefined || !this.mustWait(key, now, state)) return now;
      [stored, announced] = [now, target(key, state)];
    }
    this.waitedFor.set(key, announced);
    return stored;
  }

  beforeWrite(): Promise<void> {
    return Promise.resolve();
  }

  isStale(): boolean {
    return false;
  }

  untilCurrent(): Promise<void> {
    return Promise.resolve();
  }

  private mustWait(key: string, own: Stored, index: IndexState): boolean {
    if (!isBehind(key, own, index)) {
      this.waitedFor.delete(key);
      return false;
    }
    const announced = index.keys[key];
    // What was here already is not on its way: somebody who shares no folder with us replaced or deleted it.
    if (announced !== undefined && this.dependencies.own.seen(key) >= announced) return false;
    return this.waitedFor.get(key) !== target(key, index);
  }
}

/** What the index announces of a key: its revision, or its deletion. */
function target(key: string, index: IndexState): number {
  return index.keys[key] ?? -1;
}
