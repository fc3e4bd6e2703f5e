import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { writeWhole } from '../../common/wholeFile';
import { parseJson } from '../../common/json';

const VERSION = 1;
const number = v.pipe(v.number(), v.integer(), v.minValue(0));
const indexSchema = v.looseObject({
  version: v.literal(VERSION),
  /** The number of the newest write. */
  counter: number,
  /** A key that is not listed is deleted if its revision is at or below this. */
  floor: number,
  /** The live keys with their revisions. */
  keys: v.record(v.string(), number),
});

const laterSchema = v.looseObject({ version: v.pipe(v.number(), v.minValue(VERSION + 1)) });

/** What the windows of one store tell each other: which key has which revision. It holds no secret. */
export type IndexState = v.InferOutput<typeof indexSchema>;

/** The index of a store in which nothing was written yet. */
export const EMPTY_INDEX: IndexState = { version: VERSION, counter: 0, floor: 0, keys: {} };

const FILE = /^([\w-]{1,64})\.json$/;

/**
 * One small file for each store in the folder that windows share. It makes a reader wait, or tells it that its view is
 * old; it never restores, overrules or ends anything.
 */
export class StoreIndex {
  /** @param folder where the files are. */
  constructor(readonly folder: string) {}

  /**
   * The index of a store; undefined where there is none that this version can read.
   * @throws what the file system throws, unless the file is missing.
   */
  async read(storeId: string): Promise<IndexState | undefined> {
    const text = await readFile(this.file(storeId), 'utf8').catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    });
    const result = v.safeParse(indexSchema, text === undefined ? undefined : parseJson(text));
    return result.success ? result.output : undefined;
  }

  /**
   * The same to be changed and written: an empty one where there is none.
   * @throws what the file system throws; TypeError where a later version wrote it
   */
  async readToChange(storeId: string): Promise<IndexState> {
    const state = await this.read(storeId);
    if (state !== undefined) return state;
    const text = await readFile(this.file(storeId), 'utf8').catch(() => undefined);
    if (v.is(laterSchema, text === undefined ? undefined : parseJson(text))) {
      throw new TypeError('A later version of this extension wrote the index');
    }
    return EMPTY_INDEX;
  }

  /** Writes an index whole: a reader sees the old one or the new one. Throws what the file system throws. */
  async write(storeId: string, state: IndexState): Promise<void> {
    await writeWhole(this.file(storeId), JSON.stringify(state));
  }

  /** Ids of the stores that have an index. */
  async storeIds(): Promise<readonly string[]> {
    const names = await readdir(this.folder).catch(() => []);
    return names.map((name) => FILE.exec(name)?.[1]).filter((id) => id !== undefined);
  }

  /** When a store was last in use, in ms since the epoch. */
  async usedAt(storeId: string): Promise<number> {
    return (await stat(this.file(storeId)).catch(() => undefined))?.mtimeMs ?? 0;
  }

  /** The file of a store. */
  file(storeId: string): string {
    return join(this.folder, `${storeId}.json`);
  }
}

/** Whether the index announces that a key was deleted which had a revision. */
export function isDeletedIn(index: IndexState | undefined, key: string, revision: number): boolean {
  return index !== undefined && index.keys[key] === undefined && revision > 0 && revision <= index.floor;
}

/** The index after a write of a key. */
export function withKey(state: IndexState, key: string, revision: number): IndexState {
  const counter = Math.max(state.counter, revision);
  return { ...state, counter, keys: { ...state.keys, [key]: revision } };
}

/** The index after a deletion of a key, whose newest revision is given. */
export function withoutKey(state: IndexState, key: string, revision: number): IndexState {
  const { [key]: listed = 0, ...keys } = state.keys;
  const floor = Math.max(state.floor, listed, revision);
  return { ...state, counter: Math.max(state.counter, floor), floor, keys };
}
