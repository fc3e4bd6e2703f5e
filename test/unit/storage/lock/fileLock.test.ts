import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sleep } from '../../../../src/common/clock';
import { LeaseLostError, LockTimeoutError } from '../../../../src/storage/errors';
import type { Lease } from '../../../../src/storage/lock/fileLock';
import { FakeClock } from '../../support/fakeClock';
import { fileError, LockHost, LockMachine, type FileCall } from './lockHost';

const SOMEBODY_ELSE = 'a window that crashed';

describe('FileLock', () => {
  let folder: string;
  let file: string;
  let machine: LockMachine;
  let host: LockHost;
  let other: LockHost;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'box-authentication-lock-'));
    file = join(folder, 'session.lock');
    machine = new LockMachine(new FakeClock());
    host = new LockHost(folder, machine);
    other = new LockHost(folder, machine);
  });
  afterEach(async () => {
    await machine.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** How long something takes, in ms of the machine's time. */
  const timed = async (task: () => Promise<unknown>): Promise<number> => {
    const began = machine.clock.monotonic();
    await machine.until(task());
    return machine.clock.monotonic() - began;
  };
  const failing = (code: string, call: FileCall, isFailing: () => boolean = () => true): void => {
    host.fault = (each, when) => {
      if (each === call && when === 'before' && isFailing()) throw fileError(code);
    };
  };
  const take = (of: LockHost, options?: { waitMs?: number; workMs?: number }): Promise<string> =>
    of.files.withLock('session', () => Promise.resolve('mine'), options);
  const timesOut = (promise: Promise<unknown>): Promise<void> =>
    assert.rejects(promise, { name: 'LockTimeoutError', code: 'lock_timeout' });
  const hold = (of: LockHost, ms: number): Promise<void> =>
    of.files.withLock('session', () => sleep(of.clock, ms));

  describe('between hosts', () => {
    it('runs the tasks of several one at a time, all of them, and leaves no file', async () => {
      let [running, most, done] = [0, 0, 0];
      const hosts = Array.from({ length: 5 }, () => new LockHost(folder, machine));
      const task = async (): Promise<void> => {
        most = Math.max(most, ++running);
        await sleep(machine.clock, 10);
        running--;
        done++;
      };
      const all = hosts.flatMap((each) => [1, 2, 3].map(() => each.files.withLock('session', task)));
      await machine.until(Promise.all(all));
      assert.deepEqual([most, done, readdirSync(folder)], [1, 15, []]);
    });

    it('does not let tasks of different names wait for each other', async () => {
      const order: string[] = [];
      const outer = host.files.withLock('one', async () => {
        await other.files.withLock('two', () => Promise.resolve(order.push('two')));
        order.push('one');
      });
      await machine.until(outer);
      assert.deepEqual(order, ['two', 'one']);
    });

    it('gives what the task gives, and is free again after one that throws', async () => {
      const fails = host.files.withLock('session', () => Promise.reject(new Error('no')));
      await machine.until(assert.rejects(fails, /no/));
      assert.ok((await timed(() => take(other))) < 50);
    });

    it('writes a file as the builds before do, of one user alone', async () => {
      const seen = await machine.until(
        host.files.withLock('session', () => Promise.resolve(readFileSync(file, 'utf8'))),
      );
      assert.match(seen, /^[0-9a-f-]{36}$/);
    });

    it('is not taken from a holder that works long', async () => {
      const order: string[] = [];
      const long = hold(host, 15_000).then(() => order.push('long'));
      await machine.pass(5);
      await machine.until(take(other).then(() => order.push('next')));
      await long;
      assert.deepEqual(order, ['long', 'next']);
    });

    it('times out while a living holder works, at the time that was asked for', async () => {
      const long = hold(host, 30_000);
      await machine.pass(5);
      assert.equal(await timed(() => timesOut(take(other, { waitMs: 7000 }))), 7000);
      await machine.until(long);
    });

    it('times out even when a call of the file system hangs, and holds nothing when it returns', async () => {
      let goOn = (): void => undefined;
      const hang = new Promise<void>((resolve) => {
        goOn = resolve;
      });
      host.delay = (call) => (call === 'write' ? hang : undefined);
      assert.equal(await timed(() => timesOut(take(host, { waitMs: 500 }))), 500);
      assert.deepEqual(readdirSync(folder), ['session.lock']);
      goOn();
      await machine.pass(100);
      assert.deepEqual(readdirSync(folder), []);
    });
  });

  describe('of a dead holder', () => {
    for (const [whose, content] of [
      ['one that crashed', SOMEBODY_ELSE],
      ['one that crashed before it wrote its name', ''],
    ] as const) {
      it(`is taken over within seconds from ${whose}`, async () => {
        writeFileSync(file, content);
        const took = await timed(() => take(host));
        assert.ok(took >= 4000 && took < 5000, `${took} ms`);
        assert.match(host.log.messages('warn').join(), /crashed/);
        assert.deepEqual(readdirSync(folder), []);
      });
    }

    it('is taken over by one of several at a time', async () => {
      writeFileSync(file, '');
      let [running, most] = [0, 0];
      const hosts = [host, other, new LockHost(folder, machine), new LockHost(folder, machine)];
      const task = async (): Promise<void> => {
        most = Math.max(most, ++running);
        await sleep(machine.clock, 300);
        running--;
      };
      await machine.until(Promise.all(hosts.map((each) => each.files.withLock('session', task))));
      assert.equal(most, 1);
      assert.deepEqual(readdirSync(folder), []);
    });

    it('is moved away by nobody who looked before another took it over', async () => {
      writeFileSync(file, SOMEBODY_ELSE);
      const looksUntilDead = 81;
      let looks = 0;
      host.delay = (call) => {
        if (call === 'stat') looks += 1;
        return call === 'stat' && looks === looksUntilDead + 1 ? sleep(machine.clock, 200) : undefined;
      };
      // A third one makes the file whenever it is not there.
      host.fault = (call, when) => {
        if (call === 'rename' && when === 'after' && !existsSync(file)) writeFileSync(file, 'a third window');
      };
      let tasks = 0;
      const run = (of: LockHost): Promise<void> =>
        of.files.withLock('session', async (lease) => {
          tasks += 1;
          await sleep(machine.clock, 300);
          await lease.check();
        });

      await machine.until(Promise.all([run(host), run(other)]));

      assert.ok(looks > looksUntilDead, 'nobody looked in time');
      assert.equal(tasks, 2, 'a task was run again');
      assert.deepEqual(readdirSync(folder), []);
    });

    it('is taken over although one who claimed to remove it crashed too', async () => {
      writeFileSync(file, SOMEBODY_ELSE);
      host.fault = (call) => {
        if (call !== 'rename') return;
        host.kill();
        throw fileError('EIO');
      };
      void take(host);
      await machine.pass(100);
      const took = await timed(() => take(other));
      assert.ok(took >= 8000 && took < 10_000, `${took} ms`);
    });

    it('is taken over from a holder that hangs, when its time to work is over', async () => {
      void host.files.withLock('session', () => new Promise(() => undefined), { workMs: 10_000 });
      await machine.pass(5);
      const took = await timed(() => take(other));
      assert.ok(took > 12_000 && took < 16_000, `${took} ms`);
    });

    it('is left when the holder shows that it lives between the last look and the removal', async () => {
      writeFileSync(file, SOMEBODY_ELSE);
      let isTouched = false;
      host.fault = (call) => {
        if (call !== 'rename' || isTouched) return;
        isTouched = true;
        writeFileSync(file, SOMEBODY_ELSE);
      };
      await machine.until(timesOut(take(host, { waitMs: 4500 })));
      assert.ok(isTouched);
      assert.deepEqual([readdirSync(folder), readFileSync(file, 'utf8')], [['session.lock'], SOMEBODY_ELSE]);
    });

    it('is removed though some calls fail on the way', async () => {
      writeFileSync(file, SOMEBODY_ELSE);
      const failed = new Set<string>();
      host.fault = (call, when) => {
        if (when === 'after' || call === 'open' || failed.has(call)) return;
        failed.add(call);
        throw fileError('EIO');
      };
      await machine.until(take(host));
      assert.deepEqual(readdirSync(folder), []);
    });

    it('has what a host left that was killed while it removed one swept away', async () => {
      const left = 'session.lock.0f8fad5b-d9cb-469f-a165-70867728950e';
      writeFileSync(join(folder, left), SOMEBODY_ELSE);
      writeFileSync(join(folder, 'notes'), 'of somebody else');
      await machine.until(take(host));
      assert.ok(existsSync(join(folder, left)));
      await sleepUntil(() => machine.clock.pending.length > 0);
      await machine.pass(6000);
      await sleepUntil(() => !existsSync(join(folder, left)));
      assert.deepEqual(readdirSync(folder), ['notes']);
    });
  });

  describe('where calls fail', () => {
    it('S14: waits and tries again when too many files are open as its file is made', async () => {
      const order: string[] = [];
      let fails = 3;
      const long = hold(other, 2000).then(() => order.push('other'));
      await machine.pass(5);
      failing('EMFILE', 'open', () => fails-- > 0);
      await machine.until(take(host).then(() => order.push('host')));
      await long;
      assert.deepEqual([order, host.log.messages()], [['other', 'host'], []]);
    });

    for (const code of ['ENFILE', 'ENOSPC', 'EDQUOT', 'EIO', 'EBUSY', 'EAGAIN', 'ENOMEM', 'ENOENT']) {
      it(`never runs without the lock because of ${code}: it times out`, async () => {
        failing(code, 'open');
        assert.equal(await timed(() => timesOut(take(host, { waitMs: 3000 }))), 3000);
        assert.deepEqual(host.log.messages(), []);
      });
    }

    it('leaves no file behind that it made and could not write', async () => {
      failing('ENOSPC', 'write');
      await machine.until(timesOut(take(host, { waitMs: 1000 })));
      assert.deepEqual(readdirSync(folder), []);
    });

    it('knows its own file again when an error was told after it was made', async () => {
      const failing: FileCall[] = ['write', 'unlink'];
      host.fault = (call, when) => {
        if (call !== failing[0] || (call === 'write' && when === 'before')) return;
        failing.shift();
        throw fileError('EIO');
      };
      assert.ok((await timed(() => take(host))) <= 100);
      assert.deepEqual([failing, readdirSync(folder)], [[], []]);
    });

    it('makes the folder again that vanished', async () => {
      rmSync(folder, { recursive: true });
      assert.equal(await machine.until(take(host)), 'mine');
      assert.deepEqual(readdirSync(folder), []);
    });

    for (const code of [
      'EACCES',
      'EPERM',
      'EROFS',
      'ENOTDIR',
      'ENOSYS',
      'ENOTSUP',
      'ELOOP',
      'ENAMETOOLONG',
    ]) {
      it(`lets each host work on its own where ${code} says that there can be no lock`, async function () {
        if (code === 'EPERM' && process.platform === 'win32') this.skip();
        let isFailing = true;
        failing(code, 'open', () => isFailing);
        const task = async (lease: Lease): Promise<number> => {
          await lease.check();
          return lease.whileHeld(async (inner) => {
            await inner.check();
            return readdirSync(folder).length;
          });
        };
        const run = (): Promise<number> => machine.until(host.files.withLock('session', task));
        assert.deepEqual([await run(), await run()], [0, 0]);
        assert.equal(host.log.messages('warn').length, 1);
        isFailing = false;
        assert.equal(await run(), 1, 'the lock is used as soon as it can be');
      });
    }

    it('works on its own where the folder is a file', async () => {
      writeFileSync(join(folder, 'file'), '');
      const nowhere = new LockHost(join(folder, 'file', 'locks'), machine);
      assert.equal(await machine.until(take(nowhere)), 'mine');
      assert.equal(nowhere.log.messages('warn').length, 1);
    });

    it('works on its own where a file is there that it can never read', async () => {
      writeFileSync(file, SOMEBODY_ELSE);
      failing('EACCES', 'readFile');
      const took = await timed(() => take(host));
      assert.ok(took >= 3900 && took < 5000, `${took} ms`);
      assert.match(host.log.messages('warn').join(), /EACCES/);
    });

    it('takes over nothing that it cannot read for now', async () => {
      writeFileSync(file, SOMEBODY_ELSE);
      failing('EIO', 'readFile');
      await machine.until(timesOut(take(host, { waitMs: 10_000 })));
      assert.deepEqual([readFileSync(file, 'utf8'), host.log.messages()], [SOMEBODY_ELSE, []]);
    });
  });

  describe('when it is held', () => {
    it('S15: goes on when its own file cannot be read once, and waits for nobody', async () => {
      const took = await timed(() =>
        host.files.withLock('session', async (lease) => {
          let fails = 1;
          failing('EMFILE', 'readFile', () => fails-- > 0);
          assert.equal(await lease.whileHeld(() => Promise.resolve('kept')), 'kept');
        }),
      );
      assert.equal(took, 0);
      assert.deepEqual(readdirSync(folder), []);
    });

    it('removes its own file at the end though it cannot be read', async () => {
      await machine.until(
        host.files.withLock('session', () => {
          failing('EIO', 'readFile');
          return Promise.resolve();
        }),
      );
      assert.deepEqual(readdirSync(folder), []);
    });

    it('never removes a file that is not its own', async () => {
      await machine.until(
        host.files.withLock('session', () => {
          writeFileSync(file, SOMEBODY_ELSE);
          return Promise.resolve();
        }),
      );
      assert.equal(readFileSync(file, 'utf8'), SOMEBODY_ELSE);
    });

    it('removes no file that it cannot read and may have lost while it was stopped', async () => {
      await machine.until(
        host.files.withLock('session', () => {
          writeFileSync(file, SOMEBODY_ELSE);
          failing('EIO', 'readFile');
          machine.clock.jump(5000);
          return Promise.resolve();
        }),
      );
      assert.equal(readFileSync(file, 'utf8'), SOMEBODY_ELSE);
    });

    it('trusts no sign of life that is old: a host that was stopped has to read its file', async () => {
      let runs = 0;
      const task = async (lease: Lease): Promise<void> => {
        runs += 1;
        if (runs > 1) return;
        failing('EIO', 'readFile');
        machine.clock.jump(5000);
        await lease.check().finally(() => {
          host.fault = () => undefined;
        });
      };
      await machine.until(host.files.withLock('session', task));
      assert.deepEqual([runs, readdirSync(folder)], [2, []]);
    });

    it('is shown to live before it counts as ours after a stop', async () => {
      const task = async (lease: Lease): Promise<void> => {
        machine.clock.jump(3900);
        host.calls.length = 0;
        await lease.check();
        assert.ok(host.calls.includes('utimes'));
        await lease.check();
        assert.equal(host.calls.filter((call) => call === 'utimes').length, 1);
      };
      await machine.until(host.files.withLock('session', task));
    });

    it('beats only while the file is its own', async () => {
      await machine.until(
        host.files.withLock('session', async () => {
          await sleep(host.clock, 2500);
          writeFileSync(file, SOMEBODY_ELSE);
          host.calls.length = 0;
          await sleep(host.clock, 10_000);
          assert.deepEqual(host.calls.filter((call) => call === 'utimes').length, 0);
        }),
      );
    });

    it('keeps showing that it lives though a sign of life fails now and then', async () => {
      let beats = 0;
      failing('EIO', 'utimes', () => beats++ % 2 === 0);
      const long = hold(host, 10_000);
      await machine.pass(5);
      await machine.until(timesOut(take(other, { waitMs: 9000 })));
      await machine.until(long);
    });

    it('is checked again after the wall clock jumped', async () => {
      const task = async (lease: Lease): Promise<void> => {
        machine.clock.wallError = -3_600_000;
        await sleep(host.clock, 3000);
        await lease.check();
        machine.clock.wallError = 3_600_000;
        await sleep(host.clock, 3000);
        await lease.check();
      };
      await machine.until(host.files.withLock('session', task));
      assert.deepEqual(readdirSync(folder), []);
    });
  });

  describe('when it is lost', () => {
    it('runs the whole task again, and at most three times', async () => {
      let runs = 0;
      const task = async (lease: Lease): Promise<void> => {
        runs += 1;
        rmSync(file);
        await lease.check();
      };
      await machine.until(assert.rejects(host.files.withLock('session', task), LeaseLostError));
      assert.equal(runs, 4);
      assert.deepEqual(readdirSync(folder), []);
    });

    it('takes the lock again for a step', async () => {
      const task = async (lease: Lease): Promise<void> => {
        writeFileSync(file, SOMEBODY_ELSE);
        await lease.whileHeld(async (again) => {
          assert.notEqual(again, lease);
          await again.check();
        });
        await assert.rejects(lease.check(), LeaseLostError);
      };
      const took = await timed(() => host.files.withLock('session', task));
      assert.ok(took >= 4000, 'it waits for the other');
      assert.deepEqual(readdirSync(folder), []);
    });

    it('runs a step again that loses the lock in its middle', async () => {
      let runs = 0;
      const step = async (lease: Lease): Promise<string> => {
        runs += 1;
        if (runs === 1) rmSync(file);
        await lease.check();
        return 'done';
      };
      const done = host.files.withLock('session', (lease) => lease.whileHeld(step));
      assert.deepEqual([await machine.until(done), runs], ['done', 2]);
    });

    it('holds no more once the task has ended', async () => {
      let kept: Lease | undefined;
      await machine.until(
        host.files.withLock('session', (lease) => {
          kept = lease;
          return Promise.resolve();
        }),
      );
      await assert.rejects(kept?.check() ?? Promise.resolve(), LeaseLostError);
    });
  });
});

describe('CrossWindowLock', () => {
  let folder: string;
  let machine: LockMachine;
  let host: LockHost;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'box-authentication-lock-'));
    machine = new LockMachine(new FakeClock());
    host = new LockHost(folder, machine);
  });
  afterEach(async () => {
    await machine.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('runs the tasks of one window in their order, and is idle after the last', async () => {
    const order: number[] = [];
    for (const number of [1, 2, 3]) {
      void host.lock.withLock('session', async () => {
        await sleep(host.clock, 100);
        order.push(number);
      });
    }
    await machine.until(host.lock.idle());
    assert.deepEqual([order, readdirSync(folder)], [[1, 2, 3], []]);
  });

  it('counts the wait for others of the window', async () => {
    const long = host.lock.withLock('session', () => sleep(host.clock, 5000));
    const began = machine.clock.monotonic();
    const short = host.lock.withLock('session', () => Promise.resolve(), { waitMs: 2000 });
    const last = host.lock.withLock('session', () => Promise.resolve(machine.clock.monotonic()));
    await machine.until(assert.rejects(short, LockTimeoutError));
    assert.equal(machine.clock.monotonic() - began, 2000);
    assert.equal((await machine.until(last)) - began, 5000, 'one that gave up lets nobody past the first');
    await long;
  });

  it('goes on past a task that hangs', async () => {
    void host.lock.withLock('session', () => new Promise(() => undefined), { workMs: 10_000 });
    const began = machine.clock.monotonic();
    await machine.until(host.lock.withLock('session', () => Promise.resolve()));
    const took = machine.clock.monotonic() - began;
    assert.ok(took >= 10_000 && took < 16_000, `${took} ms`);
    assert.deepEqual(readdirSync(folder), []);
  });
});

/** For what happens outside the machine's count of calls: sweeping. */
async function sleepUntil(isDone: () => boolean): Promise<void> {
  while (!isDone()) await new Promise((resolve) => setImmediate(resolve));
}
