import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { STORE_KEY } from '../../../../src/storage/store/storeIdentity';
import { SEED } from '../../../emulator/src';
import type { ScenarioTime } from './scenarioTime';
import { FOLDERS } from './host';
import { filesIn, type WindowSlot, type WindowSlots } from './windowSlots';
import type { Topology } from './topology';

/** What is looked at. */
export interface Leftovers {
  readonly slots: WindowSlots;
  readonly time: ScenarioTime;
  readonly topology: Topology;
}

const indexSchema = v.object({ keys: v.record(v.string(), v.number()) });
const markSchema = v.object({ store: v.optional(v.string()) });
const identitySchema = v.object({ id: v.string() });

/** Asserts that files and SecretStorage keys are as many as what lives. */
export async function assertNothingIsLeft(
  { page, window }: WindowSlot,
  { time, topology, slots }: Leftovers,
): Promise<void> {
  const pending = await time.drive(window.revocations.pending());
  assert.equal(pending.size, 0, 'a revocation is still pending');
  const sessions = window.store.known().map(({ id }) => `session/${id}`);
  const keys = [...page.secrets.values.keys()].filter((key) => key !== STORE_KEY);
  const counted = keys.filter((key) => !key.startsWith('app/') && !key.startsWith('account/'));
  const children = counted.filter((key) => key.startsWith('children/'));
  const families = sessions.map((key) => key.replace('session/', 'children/'));
  assert.deepEqual(
    children.filter((key) => !families.includes(key)),
    [],
    'child tokens are kept of a session that is gone',
  );
  const others = counted.filter((key) => !children.includes(key));
  assert.deepEqual(others.sort(), sessions.sort(), 'SecretStorage holds something that nobody needs');
  for (const name of FOLDERS) {
    if (name === 'stores') continue;
    // The pause of a session that went with its page, that a host with another folder signed out, or that could not be
    // removed, is swept later.
    if (name === 'pauses' && (topology.losesSessions || slots.wereFilesEverBad)) continue;
    const living = new Set(slots.all.map((slot) => slot.window.storage.storeId()));
    const files = filesIn(page.folder, name)
      .filter((file) => file !== askedPause(window))
      .filter((file) => name !== 'marks' || living.has(storeOf(join(page.folder, name, file))));
    // A dead host's file goes with the start of the next host that can read the folder.
    const hosts = slots.wereFilesEverBad ? slots.hosts : slots.all;
    const most = name === 'hosts' ? hosts.length : 0;
    // A lock that could not be removed is taken over in seconds, and swept by the next host.
    if (name === 'locks' && slots.wereFilesEverBad) continue;
    assert.ok(files.length <= most, `${name} are left: ${files.join(', ')}`);
  }
  const indexed = indexedKeys(page.folder, page.secrets.values.get(STORE_KEY));
  if (topology.sharesFolder && !slots.mayIndexLack)
    assert.deepEqual(indexed, keys.sort(), 'the index does not list what is stored');
  else
    assert.deepEqual(
      indexed.filter((key) => !keys.includes(key)),
      [],
      'the index lists what is gone',
    );
}

/** The store that a mark names. The marks of one that went with its page stay as long as its index. */
function storeOf(mark: string): string | undefined {
  return v.parse(markSchema, JSON.parse(readFileSync(mark, 'utf8'))).store;
}

/** The one pause of an app that Box asked for: it stays until the app's next success, or is swept an hour later. */
function askedPause({ origins }: WindowSlot['window']): string {
  const key = JSON.stringify([SEED.clientId, origins.api]);
  return `${createHash('sha256').update(key).digest('hex').slice(0, 32)}.json`;
}

function indexedKeys(folder: string, identity: string | undefined): readonly string[] {
  if (identity === undefined) return [];
  const { id } = v.parse(identitySchema, JSON.parse(identity));
  const file = join(folder, 'stores', `${id}.json`);
  if (!existsSync(file)) return [];
  const text = readFileSync(file, 'utf8');
  return Object.keys(v.parse(indexSchema, JSON.parse(text)).keys).sort();
}
