import { FetchOptions } from 'box-node-sdk/networking';
import type { Authentication, FetchResponse, Interceptor } from 'box-node-sdk/networking';
import type { AccessToken } from 'box-node-sdk/schemas';
import * as vscode from 'vscode';
import type { BoxAuthenticationApi } from './boxAuthenticationApi';

/**
 * Lets box-node-sdk use the Box session of VS Code, which asks the user to consent and to sign in where needed.
 * Give it to the client as its interceptor too: `new BoxClient({ auth }).withInterceptors([auth])`.
 */
export class VSCodeBoxAuthentication implements Authentication, Interceptor {
  /** With the token that was given last. */
  private session: vscode.AuthenticationSession | undefined;

  /** @param scopes as for `getSession`: none means everything that the app may do. */
  constructor(
    private readonly api: BoxAuthenticationApi,
    private readonly scopes: readonly string[] = [],
  ) {}

  /** Each request gets an authentication of its own, which knows its token: a 401 may be late, and of an older one. */
  beforeRequest(options: FetchOptions): FetchOptions {
    if (options.auth !== this) return options;
    const auth = new VSCodeBoxAuthentication(this.api, this.scopes);
    return Object.assign(new FetchOptions(options), { auth });
  }

  afterRequest(response: FetchResponse): FetchResponse {
    return response;
  }

  async retrieveToken(): Promise<AccessToken> {
    this.session = await vscode.authentication.getSession('box', this.scopes, { createIfNone: true });
    return { accessToken: this.session.accessToken, tokenType: 'bearer' };
  }

  async retrieveAuthorizationHeader(): Promise<string> {
    const { accessToken = '' } = await this.retrieveToken();
    return `Bearer ${accessToken}`;
  }

  /** The SDK calls this after a 401, and then sends the request again. */
  async refreshToken(): Promise<AccessToken> {
    const { action, message } = await this.api.explain({ status: 401, session: this.session });
    if (action !== 'refreshAndRetryOnce') throw new Error(message);
    return this.retrieveToken();
  }

  async downscopeToken(
    scopes: readonly string[],
    resource?: string,
    sharedLink?: string,
  ): Promise<AccessToken> {
    const item = resource ?? sharedLink;
    const asked = item === undefined ? scopes : [...scopes, `resource:${item}`];
    const { accessToken } = await vscode.authentication.getSession('box', asked, { createIfNone: true });
    return { accessToken, tokenType: 'bearer' };
  }

  revokeToken(): Promise<undefined> {
    return Promise.reject(new Error('The session is VS Code’s: sign out in its Accounts menu.'));
  }
}
