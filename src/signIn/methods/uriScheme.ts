import type { CallbackRouter } from '../callback/callbackRouter';
import type { PreparedSignIn, SignInMethod } from '../signInMethod';

/** What this method needs of the editor. */
export interface UriSchemeDependencies {
  readonly router: CallbackRouter;
  /** The bare callback URI of this editor, such as `vscodium://vscode-box.box-authentication/callback`. */
  readonly callbackUri: () => string;
}

/** The code comes straight back to the editor's own URI scheme, which the operating system opens (RFC 8252 §7.1). */
export class UriSchemeMethod implements SignInMethod {
  readonly name = 'uriScheme';

  constructor(private readonly dependencies: UriSchemeDependencies) {}

  redirectUris(): readonly string[] {
    return [this.dependencies.callbackUri()];
  }

  async prepare(nonce: string): Promise<PreparedSignIn> {
    const { router, callbackUri } = this.dependencies;
    const redirectUri = callbackUri();
    return { redirectUri, state: nonce, ...(await router.await(nonce)) };
  }
}
