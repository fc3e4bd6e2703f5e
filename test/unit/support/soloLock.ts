import type { Lease, Lock } from '../../../src/storage/lock/lock';

const LEASE: Lease = { check: () => Promise.resolve(), whileHeld: (step) => step(LEASE) };

/** A lock for tests in which one task runs at a time anyway. */
export const soloLock: Lock = {
  withLock: (_name, task) => task(LEASE),
  idle: () => Promise.resolve(),
};
