import { createHash } from 'node:crypto';
import { LONGEST_TIMER_MS, type Clock } from '../common/clock';
import { Emitter, type Disposable } from '../common/emitter';
import type { TokenPair } from '../sessions/store/sessionRecord';
import type { TokenExpiry } from '../sessions/tokens/tokenExpiry';

/** Dependencies of {@link McpVersions}. */
export interface McpVersionsDependencies {
  readonly expiry: TokenExpiry;
  readonly clock: Clock;
}

interface HandedOut {
  readonly token: string;
  readonly version: string;
  readonly cancelTimer: () => void;
}

const VERSION_LENGTH = 12;

/**
 * The versions of MCP servers. VS Code stops a server whose version changes, and asks for its token anew when it is
 * next used: so a version changes when the token that was handed out is replaced or about to end, and never while the
 * server starts.
 */
export class McpVersions implements Disposable {
  private readonly held = new Map<string, { readonly version: string; readonly by: Set<symbol> }>();
  private readonly handedOut = new Map<string, HandedOut>();
  private readonly expiry = new Emitter<void>();

  /** Fires when a version has changed because a token is about to end. */
  readonly onDidExpire = this.expiry.event;

  constructor(private readonly dependencies: McpVersionsDependencies) {}

  /** The version of a server. The same in every window, as long as no token was handed out there. */
  of(server: string, { accessToken }: TokenPair): string {
    const held = this.held.get(server);
    if (held !== undefined) return held.version;
    const token = digest(accessToken);
    const handedOut = this.handedOut.get(server);
    return handedOut?.token === token ? handedOut.version : token;
  }

  /** Keeps a server's version while its token is got. @returns ends it */
  hold(server: string, version: string): () => void {
    const holder = Symbol(server);
    const held = this.held.get(server) ?? { version, by: new Set() };
    this.held.set(server, held);
    held.by.add(holder);
    return () => {
      held.by.delete(holder);
      if (held.by.size === 0) this.held.delete(server);
    };
  }

  /** Whether it is the token that a server was given last. */
  wasHandedOut(server: string, { accessToken }: TokenPair): boolean {
    return this.handedOut.get(server)?.token === digest(accessToken);
  }

  /** Notes which token a server runs with, and the version that it was listed with. */
  handOut(server: string, version: string, pair: TokenPair): void {
    this.handedOut.get(server)?.cancelTimer();
    const cancelTimer = this.dependencies.clock.after(this.wait(pair), () => {
      this.handedOut.set(server, { token, version: `${version}+`, cancelTimer: () => undefined });
      this.expiry.fire();
    });
    const token = digest(pair.accessToken);
    this.handedOut.set(server, { token, version, cancelTimer });
  }

  dispose(): void {
    for (const { cancelTimer } of this.handedOut.values()) cancelTimer();
  }

  /** In ms. Tokens that are in use are refreshed in the first half of the margin, so there is often nothing to do. */
  private wait(pair: TokenPair): number {
    const { expiry } = this.dependencies;
    const left = expiry.left(pair);
    const untilHalf = left - expiry.margin(pair) / 2;
    return Math.min(Math.max(untilHalf > 0 ? untilHalf : left, 0), LONGEST_TIMER_MS);
  }
}

/** Tells tokens apart, and says nothing of them. */
function digest(accessToken: string): string {
  return createHash('sha256').update(accessToken).digest('hex').slice(0, VERSION_LENGTH);
}
