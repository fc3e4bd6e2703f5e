import { unlink, utimes } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { errorText } from '../../common/errorText';
import type { Log } from '../../common/log';
import { removeOldDrafts } from '../../common/wholeFile';
import type { Lock } from '../lock/lock';
import type { OwnSecrets } from './ownSecrets';
import { LOCK_LIMITS, STORE_LOCK } from './secretWriter';
import { STORE_KEY, type StoreIdentity } from './storeIdentity';
import { withKey, type IndexState, type StoreIndex } from './storeIndex';

/** How many indexes of stores that nobody uses any more are kept. */
const MOST_INDEXES = 16;

/** Notes that a store is in use, and removes the indexes of stores that were not for the longest time. Never fails. */
export async function keepUsedIndexes(index: StoreIndex, storeId: string): Promise<void> {
  const now = new Date();
  await utimes(index.file(storeId), now, now).catch(() => undefined);
  await removeOldDrafts(index.folder);
  const ids = (await index.storeIds()).filter((id) => id !== storeId);
  if (ids.length <= MOST_INDEXES) return;
  const dated = await Promise.all(ids.map(async (id) => ({ id, usedAt: await index.usedAt(id) })));
  const oldest = dated.toSorted((a, b) => a.usedAt - b.usedAt).slice(0, ids.length - MOST_INDEXES);
  for (const { id } of oldest) await unlink(index.file(id)).catch(() => undefined);
}

/** What {@link tidyIndex} needs. */
export interface IndexTidyingDependencies {
  readonly own: OwnSecrets;
  readonly identity: StoreIdentity;
  readonly index: StoreIndex;
  readonly lock: Lock;
  readonly log: Log;
}

/**
 * Takes out of the index what is not stored: hosts with another folder deleted it. Adds what is stored and missing,
 * unless such a host stored it: a host of this folder ended before it could. Only where windows see one store. Never
 * fails.
 */
export async function tidyIndex(dependencies: IndexTidyingDependencies): Promise<void> {
  const { identity, index, lock, log } = dependencies;
  const id = identity.known;
  if (id === undefined) return;
  await lock
    .withLock(
      STORE_LOCK,
      async (lease) => {
        const state = await index.read(id);
        if (state === undefined) return;
        const tidied = await asStored(state, dependencies);
        if (isDeepStrictEqual(tidied, state)) return;
        await lease.check();
        await index.write(id, tidied);
      },
      LOCK_LIMITS,
    )
    .catch((error: unknown) => {
      log.debug(`The index could not be tidied: ${errorText(error)}`);
    });
}

/** The index as it must be, given what is stored. */
async function asStored(state: IndexState, { own, identity }: IndexTidyingDependencies): Promise<IndexState> {
  const stored = await own.keys();
  const listed = Object.entries(state.keys).filter(([key]) => stored.includes(key));
  let tidied: IndexState = { ...state, keys: Object.fromEntries(listed) };
  const missing = stored.filter((key) => key !== STORE_KEY && state.keys[key] === undefined);
  if (missing.length === 0 || (await identity.isShared())) return tidied;
  for (const key of missing) {
    const { revision } = await own.peek(key);
    if (revision > state.floor) tidied = withKey(tidied, key, revision);
  }
  return tidied;
}
