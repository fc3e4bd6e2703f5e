import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import type { AppSecrets } from '../apps/appSecrets';
import type { Settings } from '../apps/settings';
import type { BoxClient } from '../box/client';
import type { Clock } from '../common/clock';
import type { Sessions } from '../sessions/module';
import type { SignInEnvironment } from '../signIn/methodChooser';
import type { SignInMethods } from '../signIn/methods/module';
import { LOOPBACK } from '../signIn/methods/localServer/request';
import type { Storage } from '../storage/module';
import { StoreIndex } from '../storage/store/storeIndex';
import { AppCheck } from './appCheck';
import { PlaceCheck } from './placeCheck';
import { RedirectUriCheck } from './redirectUriCheck';
import { ServerAppCheck } from './serverAppCheck';
import { ServerCheck, type ServerCheckDependencies } from './serverCheck';
import { StorageCheck } from './storageCheck';
import { UserAppCheck } from './userAppCheck';

/** Dependencies of {@link createCheck}. */
export interface CheckDependencies extends Pick<ServerCheckDependencies, 'proxyOf'> {
  readonly box: BoxClient;
  readonly settings: Settings;
  readonly appSecrets: AppSecrets;
  readonly sessions: Sessions;
  readonly storage: Storage;
  readonly methods: SignInMethods;
  readonly environment: () => Promise<SignInEnvironment>;
  /** Whether the editor is a page in a browser. */
  readonly isServed: boolean;
  readonly clock: Clock;
}

/** Builds what checks an app. Nothing is asked yet. */
export function createCheck(dependencies: CheckDependencies): AppCheck {
  const { box, settings, appSecrets, sessions, storage, methods, environment } = dependencies;
  const { proxyOf, isServed, clock } = dependencies;
  const index = new StoreIndex(join(storage.folder, 'stores'));
  const servers = new ServerCheck({ box, clock, proxyOf });
  const userApps = new UserAppCheck({ box, clock });
  return new AppCheck({
    settings,
    appSecrets,
    sessions,
    servers,
    userApps,
    serverApps: new ServerAppCheck({ box, appSecrets, sessions, userApps }),
    redirectUris: new RedirectUriCheck({ box, servers }),
    place: new PlaceCheck({ environment, methods, ports: () => settings.localServerPorts(), listen }),
    storage: new StorageCheck({ storage, index, sessions, isServed, clock }),
    clock,
  });
}

/** Listens on a port for a moment. Rejects with the system's error. */
async function listen(port: number): Promise<void> {
  const server = createServer();
  server.listen(port, LOOPBACK);
  await once(server, 'listening');
  server.close();
  await once(server, 'close');
}
