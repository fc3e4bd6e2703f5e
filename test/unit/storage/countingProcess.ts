import { readFileSync, writeFileSync } from 'node:fs';
import { systemClock, type Clock } from '../../../src/box/clock';
import { FileLock } from '../../../src/storage/fileLock';
import { RecordingLog } from '../support/recordingLog';

/** Time that runs five times as fast, so that nobody waits long for a holder that was killed. */
const quickClock: Clock = {
  ...systemClock,
  after: (ms, callback) => {
    // Unlike the machine's clock, this one keeps the process alive while it waits.
    const timer = setTimeout(callback, ms / 5);
    return () => {
      clearTimeout(timer);
    };
  },
};

/**
 * Adds one to the number in a file, so many times, each under the lock, after it said so. Without times, takes the
 * lock, says so and keeps it.
 */
async function run(folder: string, counter: string, times: number | undefined): Promise<void> {
  const lock = new FileLock({ folder, clock: quickClock, log: new RecordingLog() });
  if (times === undefined) {
    await lock.withLock('counter', () => {
      process.send?.('held');
      return new Promise<never>(() => undefined);
    });
    return;
  }
  process.send?.('counts');
  for (let time = 0; time < times; time++) {
    await lock.withLock('counter', async (lease) => {
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      await lease.whileHeld(async () => {
        const value = Number(readFileSync(counter, 'utf8'));
        await new Promise((resolve) => {
          setImmediate(resolve);
        });
        writeFileSync(counter, String(value + 1));
      });
    });
  }
  process.disconnect();
}

const [folder = '', counter = '', times] = process.argv.slice(2);
void run(folder, counter, times === undefined ? undefined : Number(times));
