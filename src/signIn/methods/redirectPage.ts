import { NONCE_PARAMETER } from '../callback/callback';
import type { CallbackRouter } from '../callback/callbackRouter';
import type { PreparedSignIn, SignInMethod } from '../signInMethod';

/** What this method needs of the editor and the settings. */
export interface RedirectPageDependencies {
  readonly router: CallbackRouter;
  /** The setting `redirectPage`, which is also what is registered at Box. */
  readonly redirectPage: () => string;
  /**
   * The callback URI with this query as the browser must open it to reach this window: for a desktop
   * `vscode://…/callback?…`, for a served one an `http` address (VS Code's `env.asExternalUri`).
   */
  readonly externalCallbackUri: (query: string) => Promise<string>;
}

/**
 * The code comes back through a web page that Box knows, such as `https://vscode.dev/redirect`, which forwards to
 * the URI in `state`. What the page is known to do is to merge `code` into that URI's query; so the nonce travels in
 * the query, and neither `state` nor `error` is needed from the page.
 */
export class RedirectPageMethod implements SignInMethod {
  readonly name = 'redirectPage';

  constructor(private readonly dependencies: RedirectPageDependencies) {}

  redirectUris(): readonly string[] {
    return [this.dependencies.redirectPage()];
  }

  async prepare(nonce: string): Promise<PreparedSignIn> {
    const { router, redirectPage, externalCallbackUri } = this.dependencies;
    const redirectUri = redirectPage();
    const callbackUri = await externalCallbackUri(`${NONCE_PARAMETER}=${nonce}`);
    const pending = await router.await(nonce);
    return { redirectUri, state: encodeURIComponent(callbackUri), ...pending };
  }
}
