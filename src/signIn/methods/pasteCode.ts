import { redirectUriFor } from './localServer/request';
import type { PreparedSignIn, SignInMethod } from '../signInMethod';

/** What this method needs of the settings. */
export interface PasteCodeDependencies {
  /** The setting `localServerPorts`. */
  readonly ports: () => readonly number[];
}

/**
 * The code comes back by hand. The redirect URI is the local server's first one, so that nothing more needs to be
 * registered; nobody listens there, and the person copies the address of the page that cannot be loaded. Works
 * wherever there is a browser.
 */
export class PasteCodeMethod implements SignInMethod {
  readonly name = 'pasteCode';

  constructor(private readonly dependencies: PasteCodeDependencies) {}

  redirectUris(): readonly string[] {
    return [this.redirectUri()];
  }

  async prepare(nonce: string): Promise<PreparedSignIn> {
    const redirectUri = this.redirectUri();
    const response = new Promise<never>(() => undefined);
    return Promise.resolve({ redirectUri, state: nonce, response, isPasted: true, dispose: () => undefined });
  }

  private redirectUri(): string {
    const [first = DEFAULT_PORT] = this.dependencies.ports();
    return redirectUriFor(first);
  }
}

/** The first port of the setting's default, for an empty setting: nobody listens there. */
const DEFAULT_PORT = 17160;
