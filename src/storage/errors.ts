/** Another window has stored something newer that cannot be had here. Only a reload of the window brings it. */
export class StaleWindowError extends Error {
  override readonly name = 'StaleWindowError';
  readonly code = 'stale_window';

  constructor() {
    super('This window does not have what another window stored');
  }
}

/** A later version of this extension stored what is there: it is neither read nor replaced. */
export class NewerRecordError extends Error {
  override readonly name = 'NewerRecordError';
  readonly code = 'newer_record';

  constructor(readonly key: string) {
    super(`${key} was stored by a later version of this extension`);
  }
}

/** SecretStorage did not do what it was asked to. */
export class SecretStorageError extends Error {
  override readonly name = 'SecretStorageError';

  /** @param code whether it failed, or gave no answer in time. */
  constructor(
    readonly code: 'secret_storage_failed' | 'secret_storage_silent',
    message: string,
  ) {
    super(message);
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
