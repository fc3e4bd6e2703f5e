import type { Clock } from '../common/clock';
import type { Log } from '../common/log';
import type { Sessions } from '../sessions/module';
import { authenticationApi, type AuthenticationApiDependencies } from './authenticationApi';
import type { BoxAuthenticationApi } from './boxAuthenticationApi';

/** Dependencies of {@link createApi}. */
export interface ApiDependencies extends Pick<AuthenticationApiDependencies, 'message' | 'tokenChanged'> {
  readonly sessions: Pick<Sessions, 'store' | 'expiry' | 'downscopedToken' | 'loadLifecycle' | 'changes'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Builds what `activate` gives to other extensions. */
export function createApi({ sessions, ...others }: ApiDependencies): BoxAuthenticationApi {
  const { store, expiry, downscopedToken, loadLifecycle, changes } = sessions;
  return authenticationApi({ store, expiry, downscopedToken, loadLifecycle, changes, ...others });
}
