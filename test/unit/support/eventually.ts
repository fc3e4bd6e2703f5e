import assert from 'node:assert/strict';
import { drive } from './drive';
import { settle, type FakeClock } from './fakeClock';

/** How long to wait for what nothing announces, in real ms. */
const LONGEST_MS = 5000;

/** Waits until something holds that no promise and no event tells of. */
export async function eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + LONGEST_MS;
  while (!(await holds())) {
    if (Date.now() > end) assert.fail('It did not come about');
    await settle();
  }
}

/** Moves the clock on through every wait between an operation's requests. Gives or throws what the operation does. */
export async function throughWaits<T>(clock: FakeClock, operation: Promise<T>): Promise<T> {
  await drive(clock, operation);
  return operation;
}
