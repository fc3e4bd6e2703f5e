import { sleep, type Clock } from '../../common/clock';
import type { Unknown } from '../../common/claimFile';
import { LockTimeoutError } from '../errors';
import { signOfLife, type LockFile } from './lockFile';

/** What became of taking a lock. */
export type Taken =
  /** `madeAt` is when the file was made at the earliest, by the monotonic clock in ms; undefined where nobody knows. */
  | { readonly state: 'ours'; readonly madeAt: number | undefined }
  /** There can be no lock. */
  | { readonly state: 'never'; readonly code: string };

/** Dependencies of {@link LockTaking}. */
export interface LockTakingDependencies {
  readonly clock: Clock;
  /** Called when the lock of a dead holder was removed. */
  readonly onRemoveDead: () => void;
}

/** How often a waiting host looks, in ms. */
const POLL_MS = 50;
/** A holder that has not shown for so many looks, some four seconds, is dead. Looks, because a clock can jump. */
const LOOKS_UNTIL_DEAD = 80;

type Step = Taken | 'at once' | 'later';

/** One wait for a lock. */
export class LockTaking {
  private seen: string | undefined;
  private looks = 0;
  private denials = 0;
  private wasGone = false;
  /** Whether the file may have been made although an error was told. */
  private isUnsure = false;

  constructor(
    private readonly file: LockFile,
    private readonly dependencies: LockTakingDependencies,
  ) {}

  /**
   * Tries, at least once, until the lock is ours or there can be none.
   * @param waitMs longest wait, in ms.
   * @throws LockTimeoutError
   */
  async take(waitMs: number): Promise<Taken> {
    const { clock } = this.dependencies;
    const end = clock.monotonic() + waitMs;
    for (;;) {
      const step = await this.step();
      if (typeof step === 'object') return step;
      const left = end - clock.monotonic();
      if (left <= 0) return this.giveUp();
      if (step === 'later') await sleep(clock, Math.min(POLL_MS, left));
    }
  }

  private async step(): Promise<Step> {
    const madeAt = this.dependencies.clock.monotonic();
    const created = await this.file.create();
    if (created.state === 'ours') return { state: 'ours', madeAt };
    if (created.state !== 'unknown') return this.lookAtHolder();
    if (created.isFinal) return { state: 'never', code: created.code };
    this.isUnsure = true;
    // On Windows both a folder that cannot be written and a file that is being deleted give this.
    if (created.code === 'EPERM') return this.deny(created);
    this.denials = 0;
    return 'later';
  }

  private async lookAtHolder(): Promise<Step> {
    const found = await this.file.look();
    if (found.state === 'unknown') return found.isFinal ? this.deny(found) : 'later';
    this.denials = 0;
    if (found.state === 'gone') {
      // What is gone time and again while it cannot be made is a link to nowhere.
      this.wasGone = !this.wasGone;
      return this.wasGone ? 'at once' : 'later';
    }
    this.wasGone = false;
    if (found.content === this.file.owner) return { state: 'ours', madeAt: undefined };
    return this.judge(signOfLife(found));
  }

  private async judge(sign: string): Promise<Step> {
    this.looks = sign === this.seen ? this.looks + 1 : 0;
    this.seen = sign;
    if (this.looks === 0 || this.looks % LOOKS_UNTIL_DEAD !== 0) return 'later';
    // Whoever claimed to remove it before has had the same time again.
    const insists = this.looks > LOOKS_UNTIL_DEAD;
    if (!(await this.file.removeDead(sign, insists))) return 'later';
    this.dependencies.onRemoveDead();
    return 'at once';
  }

  private deny({ code }: Unknown): Step {
    this.denials += 1;
    return this.denials >= LOOKS_UNTIL_DEAD ? { state: 'never', code } : 'later';
  }

  private async giveUp(): Promise<never> {
    if (this.isUnsure && (await this.file.ownership()) === 'ours') await this.file.remove();
    throw new LockTimeoutError();
  }
}
