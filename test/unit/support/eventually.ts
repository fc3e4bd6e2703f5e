import assert from 'node:assert/strict';
import { settle } from './fakeClock';

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
