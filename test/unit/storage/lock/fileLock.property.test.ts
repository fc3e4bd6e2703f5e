import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { sleep } from '../../../../src/common/clock';
import { LeaseLostError, LockTimeoutError } from '../../../../src/storage/errors';
import type { Lease } from '../../../../src/storage/lock/fileLock';
import { FakeClock } from '../../support/fakeClock';
import { SAME_VALUES } from '../../support/property';
import { fileError, LockHost, LockMachine } from './lockHost';

/** What is done under the lock: time to decide, a check, and time to write, in ms. */
interface Job {
  readonly startMs: number;
  readonly decideMs: number;
  readonly writeMs: number;
  readonly waitMs: number;
}

/** What happens at a call of the file system, which has this number among those of its host. */
interface Trouble {
  readonly call: number;
  readonly kind: 'fails' | 'fails afterwards' | 'stops' | 'dies';
  readonly code: string;
  readonly stopMs: number;
}

interface HostCourse {
  readonly jobs: readonly Job[];
  readonly troubles: readonly Trouble[];
}

interface Write {
  /** When its task began to decide. */
  readonly decidedFrom: number;
  readonly from: number;
  readonly to: number;
}

const job: fc.Arbitrary<Job> = fc.record({
  startMs: fc.integer({ min: 0, max: 1500 }),
  decideMs: fc.integer({ min: 0, max: 2500 }),
  writeMs: fc.integer({ min: 1, max: 300 }),
  waitMs: fc.integer({ min: 50, max: 9000 }),
});
const trouble: fc.Arbitrary<Trouble> = fc.record({
  call: fc.integer({ min: 1, max: 60 }),
  kind: fc.constantFrom('fails', 'fails', 'fails afterwards', 'stops', 'stops', 'dies'),
  code: fc.constantFrom('EMFILE', 'EIO', 'ENOSPC', 'EBUSY', 'ENOMEM'),
  stopMs: fc.integer({ min: 500, max: 7000 }),
});
const hostCourse: fc.Arbitrary<HostCourse> = fc.record({
  jobs: fc.array(job, { minLength: 1, maxLength: 2 }),
  troubles: fc.array(trouble, { maxLength: 4 }),
});
const course = fc.array(hostCourse, { minLength: 2, maxLength: 3 });

/** More than any course takes, in ms: two waits, work and stops, and what makes a holder dead. */
const QUIET_MS = 60_000;

/** Runs jobs on several hosts of one folder, and notes what they write. */
class Run {
  readonly folder = mkdtempSync(join(tmpdir(), 'box-authentication-lock-'));
  readonly machine = new LockMachine(new FakeClock());
  readonly writes: Write[] = [];

  async play(courses: readonly HostCourse[]): Promise<void> {
    const ends = courses.map((each) => this.playHost(each));
    await this.machine.until(Promise.race([Promise.all(ends), sleep(this.machine.clock, QUIET_MS)]));
    await this.machine.until(this.newHost().files.withLock('session', () => Promise.resolve()));
    await this.machine.pass(6000);
  }

  async end(): Promise<void> {
    await this.machine.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private newHost(): LockHost {
    return new LockHost(this.folder, this.machine);
  }

  private async playHost({ jobs, troubles }: HostCourse): Promise<void> {
    const host = this.newHost();
    host.fault = (_call, when, count) => {
      for (const each of troubles) if (each.call === count) cause(host, each, when);
    };
    await Promise.all(jobs.map((each) => this.playJob(host, each)));
  }

  private async playJob(host: LockHost, { startMs, decideMs, writeMs, waitMs }: Job): Promise<void> {
    await sleep(host.clock, startMs);
    const { stops } = host;
    const asked = this.now();
    let hasBegun = false;
    const noteBegin = (): void => {
      if (!hasBegun && host.stops === stops) assert.ok(this.now() - asked <= waitMs, 'it waits too long');
      hasBegun = true;
    };
    const task = async (lease: Lease): Promise<void> => {
      noteBegin();
      const decidedFrom = this.now();
      await sleep(host.clock, decideMs);
      await lease.check();
      await this.write(host, decidedFrom, writeMs);
    };
    await host.lock.withLock('session', task, { waitMs }).catch((error: unknown) => {
      if (!(error instanceof LockTimeoutError) && !(error instanceof LeaseLostError)) throw error;
      noteBegin();
    });
  }

  /** A write of a host that is stopped meanwhile may come too late, whatever a lock does. */
  private async write(host: LockHost, decidedFrom: number, ms: number): Promise<void> {
    const { stops } = host;
    const from = this.now();
    await sleep(host.clock, ms);
    if (host.stops === stops) this.writes.push({ decidedFrom, from, to: this.now() });
  }

  private now(): number {
    return this.machine.clock.monotonic();
  }
}

/** Whether nothing was written while the other was decided and written. */
function isApart(write: Write, other: Write): boolean {
  return write.to <= other.decidedFrom || write.from >= other.to;
}

function cause(host: LockHost, { kind, code, stopMs }: Trouble, when: 'before' | 'after'): void {
  if (kind === 'fails' && when === 'before') throw fileError(code);
  if (kind === 'fails afterwards' && when === 'after') throw fileError(code);
  if (kind === 'stops' && when === 'after') host.stop(stopMs);
  if (kind === 'dies' && when === 'after') host.kill();
}

describe('FileLock, whatever happens to its hosts', () => {
  it('lets one write at a time, makes nobody wait too long, and leaves no file', async () => {
    await fc.assert(
      fc.asyncProperty(course, async (courses) => {
        const run = new Run();
        try {
          await run.play(courses);
          for (const one of run.writes) {
            for (const other of run.writes) assert.ok(one === other || isApart(one, other), 'two at a time');
          }
          assert.deepEqual(readdirSync(run.folder), []);
        } finally {
          await run.end();
        }
      }),
      { ...SAME_VALUES, numRuns: Number(process.env['LOCK_COURSES'] ?? 40) },
    );
  });
});
