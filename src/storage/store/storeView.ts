import type { Stored } from './envelope';
import { isDeletedIn, type IndexState } from './storeIndex';

/** How a window's view of its store is kept no older than the index says. */
export interface StoreView {
  /**
   * What counts under a key.
   * @param own what is stored here.
   * @param index what the windows of this store announced; undefined where there is no index.
   * @throws StaleWindowError where something newer cannot be had within 10 s
   */
  current(key: string, own: Stored, index: IndexState | undefined): Promise<Stored>;
  /** Makes sure, under the lock, that this window may write. @throws StaleWindowError */
  beforeWrite(): Promise<void>;
  /** Whether this window knows that its view is old. */
  isStale(): boolean;
  /** Waits at most 10 s for a view that is old to be brought up to date. @throws StaleWindowError */
  untilCurrent(): Promise<void>;
}

/**
 * Whether the index announces something of a key that is not here yet: a newer value, or its deletion. A value without
 * a number may come from a window that knows no index: not being listed says nothing of it.
 */
export function isBehind(key: string, own: Stored, index: IndexState): boolean {
  const announced = index.keys[key];
  if (announced !== undefined) return own.revision < announced;
  return own.kind !== 'absent' && isDeletedIn(index, key, own.revision);
}
