import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Authentication } from 'box-node-sdk/networking';
import type { AccessToken } from 'box-node-sdk/schemas';

const run = promisify(execFile);

/** How long before its end a token is asked for again, in ms. */
const MARGIN_MS = 60_000;

/** What `box-token --json` prints. */
interface GivenToken {
  readonly access_token: string;
  readonly expires_at: string;
}

/** Lets box-node-sdk use the tokens that `box-token` gives in a terminal of VS Code, however long the script runs. */
export class BoxTokenAuthentication implements Authentication {
  private given: Promise<GivenToken> | undefined;

  /**
   * @param options of `box-token`, such as `['--account', 'dana@example.com']`.
   * @param environment in which `box-token` is found.
   */
  constructor(
    private readonly options: readonly string[] = [],
    private readonly environment: NodeJS.ProcessEnv = process.env,
  ) {}

  async retrieveToken(): Promise<AccessToken> {
    const { access_token, expires_at } = await (this.given ??= this.askAnew());
    if (Date.parse(expires_at) - Date.now() < MARGIN_MS) return this.refreshToken();
    return { accessToken: access_token, tokenType: 'bearer' };
  }

  async retrieveAuthorizationHeader(): Promise<string> {
    const { accessToken = '' } = await this.retrieveToken();
    return `Bearer ${accessToken}`;
  }

  /** The SDK calls this after a 401, because another program had the token renewed, and sends the request again. */
  async refreshToken(): Promise<AccessToken> {
    this.given = this.askAnew();
    const { access_token } = await this.given;
    return { accessToken: access_token, tokenType: 'bearer' };
  }

  async downscopeToken(
    scopes: readonly string[],
    resource?: string,
    sharedLink?: string,
  ): Promise<AccessToken> {
    const item = resource ?? sharedLink;
    const { access_token } = await this.ask([
      ...scopes.flatMap((scope) => ['--scope', scope]),
      ...(item === undefined ? [] : ['--resource', item]),
    ]);
    return { accessToken: access_token, tokenType: 'bearer' };
  }

  revokeToken(): Promise<undefined> {
    return Promise.reject(new Error('The session is VS Code’s: sign out there.'));
  }

  /** A request that fails is forgotten, so that the next call asks again. */
  private askAnew(): Promise<GivenToken> {
    return this.ask().catch((error: unknown) => {
      this.given = undefined;
      throw error;
    });
  }

  /** What `box-token` writes to its standard error says what went wrong, and what to do. */
  private async ask(more: readonly string[] = []): Promise<GivenToken> {
    const { environment: env } = this;
    // On Windows `box-token` is a batch file, which needs the shell.
    const shell = process.platform === 'win32';
    const { stdout } = await run('box-token', ['--json', ...this.options, ...more], { env, shell });
    return JSON.parse(stdout) as GivenToken;
  }
}
