import { join } from 'node:path';
import type { Clock } from '../common/clock';
import type { Log } from '../common/log';
import type { Storage } from '../storage/module';
import { CallbackClaims } from './callback/callbackClaims';
import { CallbackHandover } from './callback/callbackHandover';
import { CallbackRouter } from './callback/callbackRouter';

/** Dependencies of {@link createCallbacks}. */
export interface CallbacksDependencies {
  readonly storage: Pick<Storage, 'secrets' | 'folder'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** How an authorization code comes back to the window that waits for it. */
export interface Callbacks {
  /** What the windows of this machine know of each other's sign-ins. */
  readonly claims: CallbackClaims;
  readonly router: CallbackRouter;
}

/** Builds what takes callbacks. The sign-in methods themselves are made when somebody signs in. */
export function createCallbacks({ storage, clock, log }: CallbacksDependencies): Callbacks {
  const claims = new CallbackClaims(join(storage.folder, 'waiting'), log);
  const handover = new CallbackHandover({ claims, secrets: storage.secrets, clock, log });
  return { claims, router: new CallbackRouter(log, handover) };
}
