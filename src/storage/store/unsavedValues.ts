import { isDeepStrictEqual } from 'node:util';
import { Emitter } from '../../common/emitter';
import { ABSENT, type Stored } from './envelope';
import { isDeletedIn, type IndexState } from './storeIndex';

/** A value that could not be stored, or a deletion that could not be made. */
export interface UnsavedValue {
  /** Undefined for a deletion. */
  readonly value: object | undefined;
  /** What was stored when it failed: who stored something else meanwhile was later. */
  readonly before: Stored;
  /** The revision of what was stored when it first failed: whatever was stored later has a higher one. */
  readonly original: number;
  /** What an earlier write of this window may still store. */
  readonly pending?: Stored | undefined;
  /** Another window's, which that write would undo. */
  readonly isForeign?: boolean;
}

/** A value that was never stored, because somebody stored or deleted something else under its key. */
export interface OvertakenValue {
  readonly key: string;
  readonly value: object;
}

/** Decides whether a value that could not be stored counts although somebody stored the key meanwhile. */
export type Survives = (key: string, unsaved: object, stored: object) => boolean;

/** The newest values that SecretStorage refused: they count until they can be stored, unless somebody stored the key. */
export class UnsavedValues {
  private readonly values = new Map<string, UnsavedValue>();
  private readonly overtaken = new Emitter<OvertakenValue>();

  /** Fires when a value is given up. */
  readonly onDidOvertake = this.overtaken.event;

  /** @param survives asked where somebody did. */
  constructor(private readonly survives: Survives) {}

  /** The keys of which something is kept. */
  keys(): readonly string[] {
    return [...this.values.keys()];
  }

  /** Whether a value of this window is kept: one of another window's waits for a write that may never settle. */
  get areLeft(): boolean {
    return this.keys().some((key) => this.has(key));
  }

  get(key: string): UnsavedValue | undefined {
    return this.values.get(key);
  }

  /** Whether a value of this window is kept. */
  has(key: string): boolean {
    const unsaved = this.values.get(key);
    return unsaved !== undefined && unsaved.isForeign !== true;
  }

  /**
   * Keeps a value in place of an earlier one.
   * @param pending what a write that has not settled may still store.
   */
  keep(key: string, value: object | undefined, before: Stored, pending?: Stored): void {
    const known = this.values.get(key) ?? { before, original: before.revision };
    this.values.set(key, { value, before: known.before, original: known.original, pending });
  }

  /** Notes that the write which had not settled was made. */
  noteMade(key: string): void {
    const unsaved = this.values.get(key);
    if (unsaved?.pending === undefined) return;
    this.values.set(key, { ...unsaved, before: unsaved.pending, pending: undefined });
  }

  /** Notes that the write which had not settled was not made: it has undone nothing. */
  noteNotMade(key: string): void {
    const unsaved = this.values.get(key);
    if (unsaved?.isForeign === true) this.values.delete(key);
    else if (unsaved !== undefined) this.values.set(key, { ...unsaved, pending: undefined });
  }

  /** Forgets what is kept of a key. */
  forget(key: string): void {
    this.values.delete(key);
  }

  /**
   * What counts under a key, given what is stored there.
   * @param index what the windows have announced; undefined where not all do.
   */
  newest(key: string, stored: Stored, index: IndexState | undefined): Stored {
    const unsaved = this.values.get(key);
    if (unsaved === undefined) return stored;
    // Made, as it seems; or another window has stored the same, and it is still to come.
    if (isDeepStrictEqual(stored, unsaved.pending)) this.values.set(key, { ...unsaved, before: stored });
    if (!this.isOvertaken(key, unsaved, stored)) return asStored(unsaved, stored);
    this.yieldTo(key, unsaved, stored, index);
    if (unsaved.value !== undefined && unsaved.isForeign !== true) {
      this.overtaken.fire({ key, value: unsaved.value });
    }
    return stored;
  }

  /** A store that may still be made would undo what another window has done: that is kept until then. */
  private yieldTo(key: string, unsaved: UnsavedValue, stored: Stored, index: IndexState | undefined): void {
    const { pending, original } = unsaved;
    const isStored = stored.kind === 'value' && stored.revision > original;
    // SecretStorage may give nothing for a moment.
    const isDeleted = stored.kind === 'absent' && (index === undefined || isDeletedIn(index, key, original));
    if (pending?.kind !== 'value' || !(isStored || isDeleted)) {
      this.values.delete(key);
      return;
    }
    const value = isStored ? stored.value : undefined;
    this.values.set(key, { value, before: stored, original, pending, isForeign: true });
  }

  private isOvertaken(key: string, unsaved: UnsavedValue, stored: Stored): boolean {
    const { value, before, original, pending, isForeign = false } = unsaved;
    if (isDeepStrictEqual(stored, before) || isDeepStrictEqual(stored, pending)) return false;
    // A read that began before the write was made.
    if (stored.revision > 0 && stored.revision <= original) return false;
    if (value === undefined || stored.kind !== 'value') return true;
    if (isDeepStrictEqual(value, stored.value)) return false;
    return isForeign || !this.survives(key, value, stored.value);
  }
}

function asStored({ value }: UnsavedValue, { revision }: Stored): Stored {
  return value === undefined ? ABSENT : { kind: 'value', revision, value };
}
