import type { Authentication } from 'box-node-sdk/networking';
import type { AccessToken } from 'box-node-sdk/schemas';
import * as vscode from 'vscode';
import type { BoxAuthenticationApi } from './boxAuthenticationApi';

/** Within this time after a renewal, in ms, a 401 may answer a request that was sent with the token before. */
const LATE_ANSWERS_MS = 10_000;

/** Lets box-node-sdk use the Box session of VS Code, which asks the user to consent and to sign in where needed. */
export class VSCodeBoxAuthentication implements Authentication {
  private session: vscode.AuthenticationSession | undefined;
  private renewedAt = -Infinity;

  /** @param scopes as for `getSession`: none means everything that the app may do. */
  constructor(
    private readonly api: BoxAuthenticationApi,
    private readonly scopes: readonly string[] = [],
  ) {}

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
    if (performance.now() - this.renewedAt < LATE_ANSWERS_MS) return this.retrieveToken();
    this.renewedAt = performance.now();
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
