import { usableMethods, type SignInEnvironment } from '../signIn/methodChooser';
import type { SignInMethods } from '../signIn/methods/module';
import type { SignInMethodName } from '../signIn/signInMethod';
import { ok, unknown, warning, type BlockedPort, type Finding, type MethodReason } from './finding';

/** Dependencies of {@link PlaceCheck}. */
export interface PlaceCheckDependencies {
  /** Where the editor is, and what is set. @throws SettingError */
  readonly environment: () => Promise<SignInEnvironment>;
  readonly methods: SignInMethods;
  /** The setting `localServerPorts`. @throws SettingError */
  readonly ports: () => readonly number[];
  /** Listens on a port of 127.0.0.1 for a moment. Rejects with the system's error where it cannot be had. */
  readonly listen: (port: number) => Promise<void>;
}

/** Looks at how an authorization code would come back to this window. */
export class PlaceCheck {
  constructor(private readonly dependencies: PlaceCheckDependencies) {}

  /** The sign-in methods of this window, in the order in which they would be tried. @throws SettingError */
  async usable(): Promise<readonly SignInMethodName[]> {
    return usableMethods(await this.dependencies.environment());
  }

  /** The redirect URIs that a sign-in here may send, the one that is sent first at the top. @throws SettingError */
  async redirectUris(): Promise<readonly string[]> {
    const { methods } = this.dependencies;
    return [...new Set((await this.usable()).flatMap((name) => methods[name].redirectUris()))];
  }

  /** Which method comes first, and why. @throws SettingError */
  async method(): Promise<Finding> {
    const environment = await this.dependencies.environment();
    const [method = 'pasteCode', ...others] = usableMethods(environment);
    return ok('signInMethod', 'method_chosen', { method, reason: reasonFor(method, environment), others });
  }

  /** Which ports the local server can have. @throws SettingError */
  async ports(): Promise<Finding> {
    const { ports, listen } = this.dependencies;
    if (!(await this.usable()).includes('localServer')) return unknown('ports', 'ports_not_used');
    const free: number[] = [];
    const blocked: BlockedPort[] = [];
    for (const port of ports()) {
      try {
        await listen(port);
        free.push(port);
      } catch (error) {
        blocked.push({ port, systemCode: (error as NodeJS.ErrnoException).code ?? 'unknown' });
      }
    }
    if (free.length === 0) return warning('ports', 'ports_none', { blocked });
    return blocked.length === 0
      ? ok('ports', 'ports_free', { ports: free })
      : ok('ports', 'ports_blocked', { free, blocked });
  }
}

function reasonFor(
  method: SignInMethodName,
  { setting, worked, hasOwnPage }: SignInEnvironment,
): MethodReason {
  if (setting === method) return 'setting';
  if (worked === method) return 'worked';
  if (method === 'redirectPage') return hasOwnPage ? 'own_page' : 'page_forwards';
  return method === 'pasteCode' ? 'nothing_else' : 'same_computer';
}
