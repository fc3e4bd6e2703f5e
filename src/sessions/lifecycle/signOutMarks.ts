import { createHash } from 'node:crypto';
import { readdir, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { Emitter, type Disposable } from '../../common/emitter';
import { errorText } from '../../common/errorText';
import type { Log } from '../../common/log';
import type { FolderWatcher } from '../../storage/folderWatcher';
import { signInOf, type SessionRecord } from '../store/sessionRecord';
import type { Storage } from '../../storage/module';
import { removeOldDrafts, writeWhole } from '../../common/wholeFile';

const text = v.pipe(v.string(), v.nonEmpty());

const markSchema = v.looseObject({
  /** Id of the session. */
  session: text,
  /** Id of the sign-in that made it. */
  signIn: text,
  /** Whether the session is to go, or to stay in need of a new sign-in. */
  kind: v.picklist(['signedOut', 'revoked']),
  /** Id of the store that has the session, which alone can tell when the mark is no longer needed. */
  store: v.optional(text),
});

/** Notes that a sign-in was given up. It holds no secret. */
export type SignOutMark = Readonly<v.InferOutput<typeof markSchema>>;

/** Dependencies of {@link SignOutMarks}. */
export interface SignOutMarksDependencies {
  /** The folder in which the marks are. */
  readonly folder: string;
  readonly storage: Pick<Storage, 'storeId' | 'isAnotherStore'>;
  /** Makes what tells of changes in that folder. */
  readonly watcher: (changed: () => void) => FolderWatcher;
  readonly log: Log;
}

/**
 * Which sign-ins were signed out or revoked, as files that all windows of a machine see. A mark is made before anything
 * is waited for; from then on no window shows, uses or rewrites the sign-in. It goes when the record is gone and the
 * revocation settled.
 */
export class SignOutMarks implements Disposable {
  private readonly change = new Emitter<undefined>();
  private readonly made = new Emitter<SignOutMark>();
  private readonly known = new Map<string, SignOutMark>();
  /** Those of this window, until it has finished them. */
  private readonly begun = new Map<string, SignOutMark>();
  /** Those whose file could not be made yet. */
  private readonly unstored = new Map<string, SignOutMark>();
  private readonly watcher: FolderWatcher;

  /** Fires when a sign-in was given up, in whatever window. */
  readonly onDidChange = this.change.event;

  /** Fires with each mark that this window makes, whether Box could be told yet or not. */
  readonly onDidAdd = this.made.event;

  constructor(private readonly dependencies: SignOutMarksDependencies) {
    this.watcher = dependencies.watcher(() => void this.refresh());
  }

  /** Begins to follow other windows. Never fails. */
  async begin(): Promise<void> {
    await Promise.all([this.watcher.begin(), this.refresh()]);
    void removeOldDrafts(this.dependencies.folder);
  }

  dispose(): void {
    this.watcher.dispose();
  }

  /** What became of the sign-in of a record; undefined where it was not given up. */
  kindOf(record: SessionRecord): SignOutMark['kind'] | undefined {
    return this.known.get(keyOf({ session: record.id, signIn: signInOf(record) }))?.kind;
  }

  /** Whether other windows cannot see a mark that was made here. */
  get isUnstored(): boolean {
    return this.unstored.size > 0;
  }

  /** Makes a mark, here at once and for other windows within milliseconds. Never fails. */
  async add(mark: SignOutMark): Promise<void> {
    this.begun.set(keyOf(mark), mark);
    this.note([mark]);
    this.made.fire(mark);
    await this.store(mark);
  }

  /** Takes note of marks that came another way. */
  note(marks: readonly SignOutMark[]): void {
    const unknown = marks.filter((mark) => this.known.get(keyOf(mark))?.kind !== mark.kind);
    for (const mark of unknown) {
      // What is signed out stays so, whatever else was done about it.
      const isGone = this.known.get(keyOf(mark))?.kind === 'signedOut';
      if (!isGone) this.known.set(keyOf(mark), mark);
    }
    if (unknown.length > 0) this.change.fire(undefined);
  }

  /** Looks at the folder now, and makes what could not be made before. Never fails. */
  async refresh(): Promise<void> {
    for (const mark of [...this.unstored.values()]) await this.store(mark);
    this.note(await this.all());
  }

  /** The marks that are there, and those that this window has not finished. */
  async all(): Promise<readonly SignOutMark[]> {
    const names = await readdir(this.dependencies.folder).catch(() => []);
    const marks = await Promise.all(names.filter((name) => NAME.test(name)).map((name) => this.read(name)));
    return [...marks.filter((mark) => mark !== undefined), ...this.begun.values()];
  }

  /** Removes a mark whose record is gone and whose revocation is settled, unless another store has it. Never fails. */
  async remove(mark: SignOutMark): Promise<void> {
    if (mark.store !== undefined && (await this.dependencies.storage.isAnotherStore(mark.store))) return;
    for (const marks of [this.begun, this.unstored]) marks.delete(keyOf(mark));
    await unlink(join(this.dependencies.folder, nameOf(mark))).catch(() => undefined);
  }

  private async store(mark: SignOutMark): Promise<void> {
    const { folder, storage, log } = this.dependencies;
    const named = { ...mark, store: storage.storeId() };
    try {
      await writeWhole(join(folder, nameOf(mark)), JSON.stringify(named));
      this.unstored.delete(keyOf(mark));
    } catch (error) {
      this.unstored.set(keyOf(mark), mark);
      log.warn(`Other windows learn of the sign-out from SecretStorage only: ${errorText(error)}`);
    }
  }

  private async read(name: string): Promise<SignOutMark | undefined> {
    try {
      return v.parse(markSchema, JSON.parse(await readFile(join(this.dependencies.folder, name), 'utf8')));
    } catch {
      return undefined;
    }
  }
}

const NAME = /^[\da-f]{32}$/;

function keyOf({ session, signIn }: Pick<SignOutMark, 'session' | 'signIn'>): string {
  return `${session} ${signIn}`;
}

/** The name of a mark's file. */
function nameOf(mark: SignOutMark): string {
  return createHash('sha256').update(keyOf(mark)).digest('hex').slice(0, 32);
}
