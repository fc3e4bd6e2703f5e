import { systemClock } from '../../../src/common/clock';
import type { Log } from '../../../src/common/log';
import { createStorage, type Storage } from '../../../src/storage/module';
import type { SecretStorage } from '../../../src/storage/secretStorage';

/** The storage of a window, by the real composition. */
export function openStorage(secrets: SecretStorage, folder: string, log: Log): Storage {
  return createStorage({ secrets, folder, clock: systemClock, log });
}
