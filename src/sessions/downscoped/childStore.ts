import type { BoxClient } from '../../box/client';
import { errorText } from '../../common/errorText';
import type { Log } from '../../common/log';
import type { Lock } from '../../storage/lock/lock';
import type { RecordStore } from '../../storage/recordStore';
import { merged, unexpired, type Child, type Children, type Family } from './childRecord';
import { childrenLock } from '../store/lockNames';

/** Dependencies of {@link ChildStore}. */
export interface ChildStoreDependencies {
  readonly records: RecordStore<Children>;
  /** Tells the time by Box's clock. */
  readonly box: Pick<BoxClient, 'serverTime'>;
  /** One that all windows share. */
  readonly lock: Lock;
  readonly log: Log;
}

/** The tokens of one session that may live. */
export interface LivingChildren {
  /** Undefined where there are none. */
  readonly family: Family | undefined;
  readonly tokens: readonly Child[];
}

/** The tokens made from sessions: one record for each session, and in memory what could not be stored yet. */
export class ChildStore {
  private readonly unstored = new Map<string, LivingChildren>();
  /** Those in a record that SecretStorage refused: it is kept in memory, until another window stores one in its place. */
  private readonly refused = new Map<string, LivingChildren>();
  /** Stores under way, by session. */
  private readonly storing = new Map<string, Promise<void>>();

  /** @param onDidStore called with the id of a session whose tokens were stored, or could not be. */
  constructor(
    private readonly dependencies: ChildStoreDependencies,
    private readonly onDidStore: (sessionId: string) => void,
  ) {}

  /**
   * Takes a token, and stores it behind the caller's back, in one write with those that come meanwhile. What cannot be
   * stored is tried again with the next one of the session, and by {@link storeAgain}.
   */
  add(sessionId: string, family: Family, child: Child): void {
    const tokens = this.unstored.get(sessionId)?.tokens ?? [];
    this.unstored.set(sessionId, { family, tokens: merged(tokens, [child]) });
    this.begin(sessionId);
  }

  /** Tries to store what could not be stored before. */
  storeAgain(): void {
    for (const id of this.unstored.keys()) this.begin(id);
  }

  /** Stores tokens of this window once more, where another window has stored a record without them. */
  overtaken(key: string): void {
    const id = this.dependencies.records.nameOf(key);
    const refused = id === undefined ? undefined : this.refused.get(id);
    if (id === undefined || refused?.family === undefined) return;
    this.refused.delete(id);
    for (const token of refused.tokens) this.add(id, refused.family, token);
  }

  /** The tokens of a session that may live, stored or not. Throws what SecretStorage throws. */
  async living(sessionId: string): Promise<LivingChildren> {
    const record = await this.dependencies.records.read(sessionId);
    const unstored = this.unstored.get(sessionId);
    const all = merged(record?.tokens ?? [], unstored?.tokens ?? []);
    return {
      family: record ?? unstored?.family,
      tokens: unexpired(all, this.dependencies.box.serverTime()),
    };
  }

  /** Forgets tokens of a session. Throws what SecretStorage throws. */
  async forget(sessionId: string, tokens: ReadonlySet<string>): Promise<void> {
    if (tokens.size === 0) return;
    for (const kept of [this.unstored, this.refused]) forgetIn(kept, sessionId, tokens);
    await this.change(sessionId, (all) => all.filter(({ token }) => !tokens.has(token)));
  }

  /** Forgets the tokens of a session that have ended by themselves. Throws what SecretStorage throws. */
  async forgetEnded(sessionId: string): Promise<void> {
    const { records, box } = this.dependencies;
    const stored = (await records.read(sessionId))?.tokens ?? [];
    if (unexpired(stored, box.serverTime()).length === stored.length) return;
    await this.change(sessionId, (all) => all);
  }

  /** The records, by session. Throws what SecretStorage throws. */
  records(): Promise<ReadonlyMap<string, Children>> {
    return this.dependencies.records.readAll();
  }

  /** The client IDs of the apps that the tokens belong to, stored or not. Throws what SecretStorage throws. */
  async clientIds(): Promise<ReadonlySet<string>> {
    const families = [...this.unstored.values()].map(({ family }) => family);
    const all = [...(await this.dependencies.records.readAll(true)).values(), ...families];
    return new Set(all.flatMap((family) => (family === undefined ? [] : [family.clientId])));
  }

  /** Whether something is being stored. */
  get isBusy(): boolean {
    return this.storing.size > 0;
  }

  /** Resolves when nothing is being stored. */
  async idle(): Promise<void> {
    while (this.isBusy) await Promise.allSettled(this.storing.values());
  }

  private begin(id: string): void {
    if (!this.storing.has(id)) this.storing.set(id, this.store(id));
  }

  /** Stores what waits, and what comes meanwhile. */
  private async store(id: string): Promise<void> {
    try {
      while (this.unstored.has(id)) await this.change(id, (tokens) => tokens);
    } catch (error) {
      this.dependencies.log.warn(`Tokens made from session ${id} are in memory only: ${errorText(error)}`);
    } finally {
      this.storing.delete(id);
      this.onDidStore(id);
    }
  }

  /** Changes what is stored, together with what is not yet, while no other window does. */
  private async change(id: string, change: (tokens: readonly Child[]) => readonly Child[]): Promise<void> {
    const { records, box, lock } = this.dependencies;
    await lock.withLock(childrenLock(id), async (lease) => {
      const record = await records.read(id);
      const unstored = this.unstored.get(id);
      const all = merged(record?.tokens ?? [], unstored?.tokens ?? []);
      const tokens = [...unexpired(change(all), box.serverTime())];
      const family = unstored?.family ?? record;
      if (records.isSaved(id)) this.refused.delete(id);
      if (tokens.length > 0 && family !== undefined)
        await records.write(id, { ...record, ...family, tokens }, lease);
      else if (record !== undefined) await records.remove(id, lease);
      this.noteRefused(id, unstored);
      forgetIn(this.unstored, id, new Set(all.map(({ token }) => token)));
    });
  }

  private noteRefused(id: string, written: LivingChildren | undefined): void {
    if (this.dependencies.records.isSaved(id)) this.refused.delete(id);
    else if (written !== undefined) {
      const tokens = merged(this.refused.get(id)?.tokens ?? [], written.tokens);
      this.refused.set(id, { ...written, tokens });
    }
  }
}

function forgetIn(kept: Map<string, LivingChildren>, id: string, tokens: ReadonlySet<string>): void {
  const known = kept.get(id);
  const left = known?.tokens.filter(({ token }) => !tokens.has(token)) ?? [];
  if (known === undefined || left.length === 0) kept.delete(id);
  else kept.set(id, { ...known, tokens: left });
}
