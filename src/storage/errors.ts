/** Another window has stored something newer that cannot be had here. Only a reload of the window brings it. */
export class StaleWindowError extends Error {
  override readonly name = 'StaleWindowError';
  readonly code = 'stale_window';

  constructor() {
    super('This window does not have what another window stored');
  }
}

/** A lock that was held is held no more. What was decided under it must not be written. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
  readonly code = 'lease_lost';

  constructor() {
    super('Another window has taken over the lock');
  }
}

/** A lock could not be had in time. Nothing was done. */
export class LockTimeoutError extends Error {
  override readonly name = 'LockTimeoutError';
  readonly code = 'lock_timeout';

  constructor() {
    super('The lock was not free in time');
  }
}
