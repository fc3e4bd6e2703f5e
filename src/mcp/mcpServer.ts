import type { BoxClient } from '../box/client';
import { endpointsOf, isLoopback, type BoxBaseUrls } from '../box/endpoints';
import { ApiRefusedError } from '../box/errors';
import { Emitter, type Disposable } from '../common/emitter';
import { McpVersions, type McpVersionsDependencies } from './mcpVersions';
import type { SessionStore } from '../sessions/store/sessionStore';
import { isLive, type LiveSession } from '../sessions/store/sessionRecord';
import { accountsOf, ofAccount, widest } from '../sessions/store/sessionSelection';
import type { TokenRefresher } from '../sessions/tokens/tokenRefresher';

/** Box's MCP server as one account reaches it. No token is in it. */
export interface McpServer {
  /** What people read and what it is asked for by: no two accounts have the same. */
  readonly label: string;
  readonly url: string;
  /** Another one when the server must be given another token. Nothing can be learned of the token from it. */
  readonly version: string;
}

/** The same with what is sent along on every request. */
export interface ResolvedMcpServer extends McpServer {
  readonly headers: Readonly<Record<'Authorization', string>>;
}

/** Dependencies of {@link McpServers}. */
export interface McpServersDependencies extends McpVersionsDependencies {
  readonly store: SessionStore;
  readonly refresher: TokenRefresher;
  readonly box: Pick<BoxClient, 'currentUser'>;
  /** Told of every session whose token is handed out. */
  readonly onDidUse: (session: LiveSession) => void;
}

interface Offer {
  readonly session: LiveSession;
  readonly server: McpServer;
}

/**
 * The MCP server that tokens of a Box may be sent to (Box guide: box-mcp): Box's own takes those that `api.box.com`
 * issued, and a Box on this computer has one of its own. Of any other nothing is known.
 */
export function mcpServerUrl({ api }: BoxBaseUrls): string | undefined {
  if (api === 'https://api.box.com') return 'https://mcp.box.com/';
  return isLoopback(new URL(api)) ? `${api}/mcp` : undefined;
}

/** Which MCP servers there are: one for each account that a person has signed in (OAuth 2.0). */
export class McpServers implements Disposable {
  private readonly change = new Emitter<void>();
  private readonly versions: McpVersions;
  private readonly subscriptions: readonly Disposable[];
  /** As they were listed last, by label; undefined before the first time. */
  private listed: ReadonlyMap<string, Offer> | undefined;

  /** Fires when what was listed is not right any more. */
  readonly onDidChange = this.change.event;

  constructor(private readonly dependencies: McpServersDependencies) {
    this.versions = new McpVersions(dependencies);
    const tell = (): void => {
      this.tellChange();
    };
    this.subscriptions = [
      dependencies.store.onDidChange(tell),
      this.versions.onDidExpire(tell),
      this.versions,
    ];
  }

  /** The servers of the accounts that are signed in, the last one first. Sends no request. */
  async list(): Promise<readonly McpServer[]> {
    await this.dependencies.store.load();
    this.listed = this.offers();
    return [...this.listed.values()].map(({ server }) => server);
  }

  /**
   * A listed server with a token that lives, refreshed when it has to be.
   *
   * VS Code does not tell why it starts a server again. It may be because the token was refused: so one that was
   * handed out before is tried at Box first.
   * @returns undefined where none of that name is listed any more.
   * @throws SessionError when the account needs a person; BoxError or StaleWindowError when no token can be had now.
   */
  async resolve(label: string): Promise<ResolvedMcpServer | undefined> {
    const listed = this.listed?.get(label);
    if (listed === undefined) return undefined;
    const { version } = listed.server;
    const release = this.versions.hold(label, version);
    try {
      const offer = await this.fresh(listed);
      if (offer === undefined) return undefined;
      const { session, server } = offer;
      this.versions.handOut(label, version, session.pair);
      this.dependencies.onDidUse(session);
      return { ...server, headers: { Authorization: `Bearer ${session.pair.accessToken}` } };
    } finally {
      release();
      this.tellChange();
    }
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  /** Where a session turns out to have ended, another one of its account may serve. */
  private async fresh(listed: Offer): Promise<Offer | undefined> {
    const { refresher } = this.dependencies;
    const { label } = listed.server;
    const offer = this.offers().get(label);
    if (offer === undefined) {
      // It throws what became of the session.
      await refresher.refreshWhen(listed.session, () => false);
      return undefined;
    }
    try {
      const session = await refresher.fresh(offer.session);
      return { ...offer, session: await this.accepted(label, session) };
    } catch (error) {
      const next = this.offers().get(label);
      if (next === undefined || next.session.id === offer.session.id) throw error;
      return this.fresh(listed);
    }
  }

  private async accepted(label: string, session: LiveSession): Promise<LiveSession> {
    if (!this.versions.wasHandedOut(label, session.pair) || !(await this.isRefused(session))) return session;
    this.dependencies.expiry.reject(session.pair);
    return this.dependencies.refresher.fresh(session);
  }

  /** Where Box cannot be asked, the token is taken for a good one. */
  private async isRefused({ origins, pair }: LiveSession): Promise<boolean> {
    return this.dependencies.box.currentUser(endpointsOf(origins), pair.accessToken).then(
      () => false,
      (error: unknown) => error instanceof ApiRefusedError && error.status === 401,
    );
  }

  private offers(): ReadonlyMap<string, Offer> {
    const sessions = this.dependencies.store
      .known()
      .filter(isLive)
      .filter(({ credential }) => credential === undefined)
      .toSorted((a, b) => b.signedInAt - a.signedInAt);
    const offers = accountsOf(sessions).flatMap((account): Offer[] => {
      const session = widest(ofAccount(sessions, account));
      const url = session && mcpServerUrl(session.origins);
      if (session === undefined || url === undefined) return [];
      const label = `Box (${account.label})`;
      return [{ session, server: { label, url, version: this.versions.of(label, session.pair) } }];
    });
    return new Map(offers.map((offer) => [offer.server.label, offer]));
  }

  private tellChange(): void {
    if (this.listed !== undefined && text(this.offers()) !== text(this.listed)) this.change.fire();
  }
}

function text(offers: ReadonlyMap<string, Offer>): string {
  return JSON.stringify([...offers.values()].map(({ server }) => server));
}
