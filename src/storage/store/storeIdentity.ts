import { randomUUID } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { sleep, type Clock } from '../../common/clock';
import type { OwnSecrets } from './ownSecrets';

/** What waiting for an identity takes. */
interface IdentityWaiting {
  readonly clock: Clock;
  readonly hasStores: () => Promise<boolean>;
}

/** Longest wait for an identity that another window has stored, in ms. */
const ARRIVAL_MS = 2000;
const POLL_MS = 50;

/** The key under which a store keeps its identity. */
export const STORE_KEY = 'store';

const id = v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/));
const version = v.pipe(v.number(), v.integer(), v.minValue(1));
/** Loose in its version too: what a later release keeps in it beside is kept. */
const identitySchema = v.looseObject({
  version,
  id,
  /** The shared folder of the host that made the store. */
  folder: id,
  /** Whether hosts with another folder use the store too, as dev containers do. */
  isShared: v.optional(v.boolean(), false),
});

/** An identity of a later release, in a form that cannot be read. */
const laterSchema = v.looseObject({ version: v.pipe(version, v.minValue(2)) });

type Identity = v.InferOutput<typeof identitySchema>;

/**
 * Tells one store from another by a random id that is kept in it: windows that read the same id see the same store. It
 * is made with the first thing that is stored, because some systems ask for a keyring then.
 */
export class StoreIdentity {
  private id: string | undefined;
  private isRead = false;
  private folderId: Promise<string> | undefined;
  private isJoined = false;

  /**
   * @param folder one that the windows of this machine share.
   * @param waiting where an id may be on its way from another window: whether there are stores at all, and the clock.
   */
  constructor(
    private readonly own: OwnSecrets,
    private readonly folder: string,
    private readonly waiting?: IdentityWaiting,
  ) {}

  /** The id as last read; undefined where the store has none yet. */
  get known(): string | undefined {
    return this.id;
  }

  /** Whether the store has an id and knows of this host's folder, or has an identity that a later release must read. */
  get isReady(): boolean {
    return this.isJoined;
  }

  /** The id, read once. Gives undefined where the store has none. @throws SecretStorageError */
  async read(): Promise<string | undefined> {
    if (this.isRead) return this.id;
    const identity = await this.readIdentity();
    this.isRead = true;
    this.id = identity?.id;
    return this.id;
  }

  /** Forgets what was read, because it may have changed. */
  forget(): void {
    this.isRead = false;
    this.isJoined = false;
  }

  /**
   * Makes sure, under the lock, that the store has an id and knows that hosts with this folder use it.
   * @returns the id; undefined where a later release keeps one in a form that cannot be read.
   * @throws SecretStorageError
   */
  async join(): Promise<string | undefined> {
    if (this.isJoined) return this.id;
    const [text, folder] = await Promise.all([this.arrival(), this.ownFolderId()]);
    const identity = parse(identitySchema, text);
    const isLater = identity === undefined && parse(laterSchema, text) !== undefined;
    const joined = isLater ? undefined : joinedBy(folder, identity);
    if (joined !== undefined && joined.isShared !== identity?.isShared) {
      await this.own.putText(STORE_KEY, JSON.stringify(joined));
    }
    this.id = joined?.id;
    this.isRead = true;
    this.isJoined = true;
    return this.id;
  }

  /** Whether hosts with another folder use the store: what they write is not in our index. @throws SecretStorageError */
  async isShared(): Promise<boolean> {
    return (await this.readIdentity())?.isShared ?? false;
  }

  /** On a desktop, an id that another window has just stored may be on its way. */
  private async arrival(): Promise<string | undefined> {
    const { own, waiting } = this;
    const text = await own.readText(STORE_KEY);
    if (text !== undefined || waiting === undefined || !(await waiting.hasStores())) return text;
    for (let waited = 0; waited < ARRIVAL_MS; waited += POLL_MS) {
      await sleep(waiting.clock, POLL_MS);
      const arrived = await own.readText(STORE_KEY);
      if (arrived !== undefined) return arrived;
    }
    return undefined;
  }

  private async readIdentity(): Promise<Identity | undefined> {
    return parse(identitySchema, await this.own.readText(STORE_KEY));
  }

  /** A random id of the folder, since two containers may give it the same path. */
  private ownFolderId(): Promise<string> {
    this.folderId ??= this.makeFolderId().catch(() => randomUUID());
    return this.folderId;
  }

  private async makeFolderId(): Promise<string> {
    const file = join(this.folder, 'folder-id');
    await mkdir(this.folder, { recursive: true });
    await writeFile(file, randomUUID(), { flag: 'wx', mode: 0o600 }).catch(() => undefined);
    return v.parse(id, await readFile(file, 'utf8'));
  }
}

/** The identity when a host with this folder uses the store too: a new one where there is none. */
function joinedBy(folder: string, identity: Identity | undefined): Identity {
  if (identity === undefined) return { version: 1, id: randomUUID(), folder, isShared: false };
  return { ...identity, isShared: identity.isShared || identity.folder !== folder };
}

function parse<T>(schema: v.GenericSchema<unknown, T>, text: string | undefined): T | undefined {
  const result = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), text);
  return result.success ? result.output : undefined;
}
