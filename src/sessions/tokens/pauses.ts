import { randomUUID } from 'node:crypto';
import type { Clock } from '../../common/clock';
import { errorFromSnapshot } from '../../box/errorSnapshot';
import { isRemembered, timeLeft, type PauseFiles, type SharedPause } from './pauseFiles';

/** A pause as this window sees it now. */
export interface Pause {
  /** Of the failure that it began with. */
  readonly id: string;
  /** How many failures in a row there were. */
  readonly failures: number;
  /** The last of them. */
  readonly error: unknown;
  /** What is left of it, in ms, 0 when it is over. */
  readonly left: number;
}

/** How a pause begins. */
export interface NewPause extends Pick<Pause, 'failures' | 'error'> {
  /** In ms. */
  readonly length: number;
}

interface KnownPause extends Omit<Pause, 'left'> {
  /** When it is over, by the monotonic clock, in ms. */
  readonly until: number;
  /** Whether this window alone knows it, has shared it, or was told of it by a file. */
  readonly source: 'memory' | 'ours' | 'theirs';
}

/** Dependencies of {@link Pauses}. */
export interface PausesDependencies {
  readonly files: PauseFiles;
  readonly clock: Clock;
  /** Whether a pause that began here goes on when its file is gone, which otherwise means that a window ended it. */
  readonly outlivesFile: boolean;
}

/**
 * Pauses by key, this window's and those that others share. What this window has seen is measured by the monotonic
 * clock too: neither a clock that jumps ahead ends a pause that began here, nor does one set back prolong any.
 */
export class Pauses {
  private readonly known = new Map<string, KnownPause>();
  private waivedAt: number | undefined;

  constructor(private readonly dependencies: PausesDependencies) {}

  /** The last pause of a key, also when it is over. */
  async last(key: string): Promise<Pause | undefined> {
    const shared = await this.dependencies.files.read(key);
    const known = this.known.get(key);
    if (known !== undefined && this.stands(known, shared)) return this.view(known, shared);
    if (shared !== undefined) return this.view(this.adopt(key, shared), shared);
    this.known.delete(key);
    return undefined;
  }

  /** Begins a pause in the place of the last one. Other windows know of it when the error is one of Box's. */
  async begin(key: string, { failures, error, length }: NewPause): Promise<void> {
    const { files, clock } = this.dependencies;
    const id = randomUUID();
    this.known.set(key, { id, failures, error, until: clock.monotonic() + length, source: 'memory' });
    const { takeErrorSnapshot } = await import('../../box/takeErrorSnapshot');
    const snapshot = takeErrorSnapshot(error);
    if (snapshot === undefined) return;
    const isShared = await files.write(key, { id, failures, at: clock.now(), length, error: snapshot });
    const known = this.known.get(key);
    if (isShared && known?.id === id) this.known.set(key, { ...known, source: 'ours' });
  }

  /** Ends the pause of a key in all windows. */
  async end(key: string): Promise<void> {
    this.known.delete(key);
    await this.dependencies.files.remove(key);
  }

  /** Takes every pause that has begun, in whatever window, for over in this one. */
  waive(): void {
    this.waivedAt = this.dependencies.clock.now();
    for (const [key, pause] of this.known) this.known.set(key, { ...pause, until: 0 });
  }

  /** Whether what this window knows is still so, given what the file says now. */
  private stands(known: KnownPause, shared: SharedPause | undefined): boolean {
    if (shared?.id === known.id) return true;
    const isOwn = known.source === 'memory' || (known.source === 'ours' && this.dependencies.outlivesFile);
    return isOwn && (shared === undefined || this.leftHere(known) > 0);
  }

  private adopt(key: string, shared: SharedPause): KnownPause {
    const { clock } = this.dependencies;
    const now = clock.now();
    const { waivedAt } = this;
    const isWaived = waivedAt !== undefined && shared.at <= waivedAt && waivedAt <= now;
    const known: KnownPause = {
      id: shared.id,
      failures: isRemembered(shared, now) ? shared.failures : 0,
      error: errorFromSnapshot(shared.error),
      until: isWaived ? 0 : clock.monotonic() + timeLeft(shared, now),
      source: 'theirs',
    };
    this.known.set(key, known);
    return known;
  }

  private view(known: KnownPause, shared: SharedPause | undefined): Pause {
    const { id, failures, error, source } = known;
    const here = this.leftHere(known);
    if (source !== 'theirs' || shared === undefined) return { id, failures, error, left: here };
    return { id, failures, error, left: Math.min(here, timeLeft(shared, this.dependencies.clock.now())) };
  }

  private leftHere({ until }: KnownPause): number {
    return Math.max(0, until - this.dependencies.clock.monotonic());
  }
}
