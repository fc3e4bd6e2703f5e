import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, type Clock } from '../../../src/box/clock';
import { FileLock, type Lease } from '../../../src/storage/fileLock';
import { RecordingLog } from '../support/recordingLog';
import { type Course, type Deed, type Task } from './lockPlan';

/** How much faster than the machine's the clock of a process runs, so that nobody waits for a crashed holder. */
const SPEED = 100;
/** The same for a process that hangs: the minute for which it shows that it lives passes sooner. */
const HANGING_SPEED = 500;
/** Longer than a holder may be silent, and shorter than it may hold, in real ms at the usual speed. */
const TOIL_MS = 400;
const NAME = 'session';

/** A process that wants the lock. */
class Process {
  readonly lock: FileLock;
  /** Whether it has died: it shows no sign of life any more. */
  hasCrashed = false;
  private announce: () => void = () => undefined;
  /** Resolves when it dies. */
  readonly end = new Promise<void>((resolve) => {
    this.announce = resolve;
  });
  /** Whether its lock, once it has it, is taken for a dead one's sooner than it takes to toil. */
  readonly isHasty: boolean;
  /** Whether it waits for the lock. */
  isWaiting = false;
  /** Whether it runs a task under the lock, and nothing has happened to the lock since. */
  isHolder = false;

  constructor(
    folder: string,
    readonly tasks: readonly Task[] = [],
  ) {
    this.isHasty = tasks.some(({ deeds }) => deeds.some(({ deed }) => deed === 'hang'));
    const speed = this.isHasty ? HANGING_SPEED : SPEED;
    const clock: Clock = {
      ...systemClock,
      after: (ms, callback) =>
        systemClock.after(ms / speed, () => {
          if (!this.hasCrashed) callback();
        }),
    };
    this.lock = new FileLock({ folder, clock, log: new RecordingLog() });
  }

  /** Dies, and never comes back from it. */
  crash(): Promise<never> {
    this.hasCrashed = true;
    this.announce();
    return new Promise(() => undefined);
  }
}

/** What several processes do with one lock, held against what a lock is for. */
export class LockCourse {
  private readonly root = mkdtempSync(join(tmpdir(), 'box-authentication-lock-'));
  private readonly folder = join(this.root, 'locks');
  private readonly file = join(this.folder, `${NAME}.lock`);
  private readonly processes: readonly Process[];
  private stepper: Process | undefined;
  private tasksDone = 0;
  private isRuined = false;

  constructor(private readonly course: Course) {
    this.processes = course.processes.map((tasks) => new Process(this.folder, tasks));
  }

  /** Throws an AssertionError as soon as something is not as it must be. */
  async run(): Promise<void> {
    try {
      mkdirSync(this.folder);
      if (this.course.left !== undefined) writeFileSync(this.file, this.course.left);
      await Promise.all(this.processes.map((each) => this.live(each)));
      if (this.isRuined) return;
      // Whoever comes last clears up after those that crashed.
      await new Process(this.folder).lock.withLock(NAME, () => Promise.resolve());
      assert.deepEqual(readdirSync(this.folder), [], 'a file is left behind');
    } finally {
      for (const each of this.processes) each.hasCrashed = true;
      rmSync(this.root, { recursive: true, force: true, maxRetries: 9 });
    }
  }

  private async live(process: Process): Promise<void> {
    for (const task of process.tasks) {
      const answer = {};
      const failure = new Error('The failure of a task');
      process.isWaiting = true;
      const run = process.lock.withLock(NAME, async (lease) => {
        await this.perform(process, task, lease);
        if (task.end === 'throw') throw failure;
        if (task.end === 'crash') await process.crash();
        return answer;
      });
      const outcome = await Promise.race([run.catch((error: unknown) => error), process.end]);
      if (process.hasCrashed) return;
      assert.equal(outcome, task.end === 'throw' ? failure : answer, 'the lock gave what is not the task’s');
    }
  }

  /** Runs under the lock. */
  private async perform(process: Process, { toils, deeds }: Task, lease: Lease): Promise<void> {
    process.isWaiting = false;
    if (!this.isRuined) {
      assert.ok(!this.processes.some(({ isHolder }) => isHolder), 'two processes have the lock');
      assert.equal(this.stepper, undefined, 'a process has the lock while another runs a guarded step');
      process.isHolder = true;
    }
    if (toils && !process.isHasty) await new Promise((resolve) => setTimeout(resolve, TOIL_MS));
    for (const deed of deeds) await this.perpetrate(process, deed, lease);
    process.isHolder = false;
    if (this.tasksDone++ === this.course.ruinedAfter) this.ruin();
  }

  private async perpetrate(process: Process, deed: Deed, lease: Lease): Promise<void> {
    switch (deed.deed) {
      case 'work':
        return this.pass(deed.turns);
      case 'step':
        return this.step(process, deed.turns, deed.fails, lease);
      case 'lose':
        // Nobody else has it, so nobody is in the midst of a step.
        if (process.isHolder && !this.isRuined) this.lose(process, deed.isReplaced);
        return;
      case 'hang':
        process.isHolder = false;
        return this.hang();
    }
  }

  private async step(process: Process, turns: number, fails: boolean, lease: Lease): Promise<void> {
    const answer = {};
    const failure = new Error('The failure of a step');
    const run = lease.whileHeld(async () => {
      if (!this.isRuined) assert.equal(this.stepper, undefined, 'two guarded steps overlap');
      this.stepper = process;
      await this.pass(turns);
      this.stepper = undefined;
      if (fails) throw failure;
      return answer;
    });
    const outcome = await run.catch((error: unknown) => error);
    assert.equal(outcome, fails ? failure : answer, 'the lock gave what is not the step’s');
  }

  private lose(process: Process, isReplaced: boolean): void {
    process.isHolder = false;
    if (isReplaced) writeFileSync(this.file, 'a process that crashed');
    else rmSync(this.file, { force: true });
  }

  /** Stands still until somebody else has taken the lock, or nobody wants it. */
  private async hang(): Promise<void> {
    const owner = readable(this.file);
    const isWanted = (): boolean => this.processes.some(({ isWaiting }) => isWaiting);
    while (isWanted() && readable(this.file) === owner)
      await new Promise((resolve) => setTimeout(resolve, 5));
  }

  /** Takes so long as the file system takes to answer so many times. */
  private async pass(turns: number): Promise<void> {
    for (let turn = 0; turn < turns; turn++) await stat(this.root);
  }

  /** Puts a file where the folder was. */
  private ruin(): void {
    this.isRuined = true;
    while (readable(this.folder) === undefined) {
      try {
        rmSync(this.folder, { recursive: true, force: true });
        writeFileSync(this.folder, '');
      } catch {
        // Somebody made the folder again meanwhile.
      }
    }
  }
}

/** What a file holds, or undefined where there is none. */
function readable(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
