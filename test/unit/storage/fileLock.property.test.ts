import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { SAME_VALUES } from '../support/property';
import { LockCourse } from './lockCourse';
import { anyCourse, anyTakeover, type Course } from './lockPlan';

const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 40);
const SEED = Number(process.env['PROPERTY_SEED'] ?? SAME_VALUES.seed);
const PATH = process.env['PROPERTY_PATH'];
/** Courses that run beside one another, because most of their time is spent waiting. */
const LANES = PATH === undefined ? 4 : 1;
/** How long a course may take, in real ms, before it counts as a deadlock. */
const LIMIT_MS = 20_000;

describe('FileLock, whatever happens', function () {
  this.timeout((RUNS / LANES) * LIMIT_MS);

  const check = async (courses: fc.Arbitrary<Course>): Promise<void> => {
    const property = fc.asyncProperty(courses, (course) => new LockCourse(course).run());
    // Time plays a part, so that a smaller course which passes by chance would only mislead.
    const shared = { numRuns: RUNS / LANES, timeout: LIMIT_MS, endOnFailure: true };
    const path = PATH === undefined ? {} : { path: PATH };
    const lanes = Array.from({ length: LANES }, (_, lane) =>
      fc.assert(property, { ...shared, ...path, seed: SEED + lane }),
    );
    await Promise.all(lanes);
  };

  it('excludes living holders from one another, and lets everybody have it in the end', () =>
    check(anyCourse));

  it('is taken over by one of many that wait for a dead holder', () => check(anyTakeover));

  describe('between real processes', () => {
    let root: string;
    const children: ChildProcess[] = [];

    beforeEach(() => {
      root = mkdtempSync(join(tmpdir(), 'box-authentication-lock-'));
    });
    afterEach(() => {
      for (const child of children.splice(0)) child.kill('SIGKILL');
      rmSync(root, { recursive: true, force: true });
    });

    /** Starts a process that counts so many times, or one that keeps the lock. */
    const start = (times?: number): ChildProcess => {
      const program = join(import.meta.dirname, 'countingProcess.ts');
      const counting = times === undefined ? [] : [String(times)];
      const child = fork(program, [join(root, 'locks'), join(root, 'counter'), ...counting], {
        execArgv: ['--import', 'tsx'],
      });
      children.push(child);
      return child;
    };

    it('lets three count without a miss, though a fourth is killed while it has the lock', async () => {
      writeFileSync(join(root, 'counter'), '0');
      const victim = start();
      await once(victim, 'message');
      const counting = [50, 50, 50].map((times) => start(times));
      const ends = counting.map((child) => once(child, 'exit'));
      await Promise.all(counting.map((child) => once(child, 'message')));
      victim.kill('SIGKILL');
      assert.deepEqual(
        (await Promise.all(ends)).map(([code]: unknown[]) => code),
        [0, 0, 0],
      );
      assert.equal(readFileSync(join(root, 'counter'), 'utf8'), '150');
      assert.deepEqual(readdirSync(join(root, 'locks')), []);
    });
  });
});
