import type { Settings } from '../apps/settings';
import type { Sessions } from '../sessions/module';
import {
  BoxAuthenticationProvider,
  type BoxAuthenticationProviderDependencies,
} from './authenticationProvider';

/** Dependencies of {@link createProvider}. */
export interface ProviderDependencies extends Pick<
  BoxAuthenticationProviderDependencies,
  'signIn' | 'onDidSignOut' | 'describeError' | 'reportFailure' | 'clock'
> {
  readonly sessions: Pick<Sessions, 'store' | 'refresher' | 'loadLifecycle' | 'proactive'>;
  readonly settings: Pick<Settings, 'origins'>;
}

/** Builds the authentication provider. VS Code does not know it yet. */
export function createProvider(dependencies: ProviderDependencies): BoxAuthenticationProvider {
  const { sessions, settings, ...others } = dependencies;
  const { store, refresher, loadLifecycle, proactive } = sessions;
  return new BoxAuthenticationProvider({
    store,
    refresher,
    loadLifecycle,
    onDidUse: (session) => {
      proactive.used(session);
    },
    origins: () => settings.origins(),
    ...others,
  });
}
