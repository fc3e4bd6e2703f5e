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
    const [first] = this.dependencies.ports();
    return first === undefined ? [] : [redirectUriFor(first)];
  }

  async prepare(nonce: string): Promise<PreparedSignIn> {
    const [redirectUri = redirectUriFor(FALLBACK_PORT)] = this.redirectUris();
    const response = new Promise<never>(() => undefined);
    return Promise.resolve({ redirectUri, state: nonce, response, isPasted: true, dispose: () => undefined });
  }
}

/** The first port of the setting's default, for an empty setting. */
const FALLBACK_PORT = 49160;
