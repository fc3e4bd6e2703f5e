import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, type Clock } from '../../../src/box/clock';
import { FileLock } from '../../../src/storage/fileLock';
import { RecordingLog } from '../support/recordingLog';

/** Time that runs a hundred times as fast, so that nobody waits for a crashed holder. */
const quickClock: Clock = {
  ...systemClock,
  after: (ms, callback) => systemClock.after(ms / 100, callback),
};

describe('FileLock', () => {
  let folder: string;
  let log: RecordingLog;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'box-authentication-lock-'));
    log = new RecordingLog();
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const process = (): FileLock => new FileLock({ folder, clock: quickClock, log });

  it('runs the tasks of several processes one at a time, all of them, and leaves no file', async () => {
    let running = 0;
    let most = 0;
    let done = 0;
    const task = async (): Promise<void> => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      done++;
    };
    const processes = Array.from({ length: 8 }, process);
    await Promise.all(processes.flatMap((each) => [1, 2, 3, 4].map(() => each.withLock('session', task))));
    assert.deepEqual([most, done, readdirSync(folder)], [1, 32, []]);
  });

  it('does not let tasks of different names wait for each other', async () => {
    const order: string[] = [];
    await process().withLock('one', async () => {
      await process().withLock('two', () => Promise.resolve(order.push('two')));
      order.push('one');
    });
    assert.deepEqual(order, ['two', 'one']);
  });

  it('gives what the task gives, and is free again after one that throws', async () => {
    await assert.rejects(
      process().withLock('session', () => Promise.reject(new Error('no'))),
      /no/,
    );
    assert.equal(await process().withLock('session', () => Promise.resolve(7)), 7);
  });

  it('takes over the lock of a holder that shows no more', async () => {
    writeFileSync(join(folder, 'session.lock'), 'a process that crashed');
    assert.equal(await process().withLock('session', () => Promise.resolve('mine')), 'mine');
    assert.match(log.messages('warn').join(), /crashed/);
    assert.deepEqual(readdirSync(folder), []);
  });

  it('is taken over by one of several', async () => {
    writeFileSync(join(folder, 'session.lock'), '');
    let running = 0;
    let most = 0;
    const task = async (): Promise<void> => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running--;
    };
    await Promise.all([1, 2, 3, 4].map(() => process().withLock('session', task)));
    assert.equal(most, 1);
  });

  it('is not taken from a holder that works long', async () => {
    const order: string[] = [];
    const long = process().withLock('session', async () => {
      await new Promise((resolve) => setTimeout(resolve, 150)); // fifteen seconds of the quick clock
      order.push('long');
    });
    await new Promise((resolve) => setTimeout(resolve, 5));
    await process().withLock('session', () => Promise.resolve(order.push('next')));
    await long;
    assert.deepEqual(order, ['long', 'next']);
  });

  it('is taken from a holder that hangs, after a minute', async () => {
    void process().withLock('session', () => new Promise(() => undefined));
    assert.equal(await process().withLock('session', () => Promise.resolve('mine')), 'mine');
  });

  it('takes the lock again for a step when it was lost', async () => {
    const file = join(folder, 'session.lock');
    await process().withLock('session', async (lease) => {
      writeFileSync(file, 'a process that took over, and crashed');
      assert.equal(await lease.whileHeld(() => Promise.resolve('kept')), 'kept');
    });
    assert.deepEqual(readdirSync(folder), []);
  });

  it('lets each process work on its own, and says so once, where the folder cannot be written', async () => {
    const nowhere = new FileLock({ folder: join(folder, 'file', 'locks'), clock: quickClock, log });
    writeFileSync(join(folder, 'file'), '');
    chmodSync(folder, 0o700);
    assert.equal(await nowhere.withLock('session', (lease) => lease.whileHeld(() => Promise.resolve(1))), 1);
    assert.equal(await nowhere.withLock('session', () => Promise.resolve(2)), 2);
    assert.equal(log.messages('warn').length, 1);
  });
});
