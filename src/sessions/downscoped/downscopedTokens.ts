import { createHash } from 'node:crypto';
import type { BoxClient } from '../../box/client';
import type { Clock } from '../../common/clock';
import { endpointsOf } from '../../box/endpoints';
import type { BoxResource } from '../../box/resources';
import type { Downscoping } from '../../box/tokenExchange';
import type { Disposable } from '../../common/emitter';
import type { Log } from '../../common/log';
import { DownscopingRefusedError } from '../errors';
import { downscopedId, parentIdOf } from './downscopedId';
import type { Exchanged, TokenExchanger } from './tokenExchanger';
import type { DownscopedRequest } from './scopeRequest';
import type { SessionStore } from '../store/sessionStore';
import { tokenPair, type LiveSession, type TokenPair } from '../store/sessionRecord';
import type { TokenExpiry } from '../tokens/tokenExpiry';

/** Dependencies of {@link DownscopedTokens}. */
export interface DownscopedTokensDependencies {
  readonly store: SessionStore;
  readonly exchanger: TokenExchanger;
  readonly box: BoxClient;
  readonly expiry: TokenExpiry;
  readonly clock: Clock;
  readonly log: Log;
}

/** A downscoped token as another extension gets it. */
export interface DownscopedSession {
  readonly id: string;
  /** The session that it was exchanged from. */
  readonly parent: LiveSession;
  readonly token: TokenPair;
  readonly scopes: readonly string[];
}

/** How long a refusal is the answer to the same request, in ms: finding out what was refused takes several requests. */
const REFUSED_MS = 60_000;

interface Refusal {
  readonly error: DownscopingRefusedError;
  readonly until: number;
}

/** Exchanges access tokens for narrower ones (RFC 8693), and keeps those until they end or their parent changes. */
export class DownscopedTokens implements Disposable {
  private readonly sessions = new Map<string, DownscopedSession>();
  private readonly refusals = new Map<string, Refusal>();
  private readonly inFlight = new Map<string, Promise<DownscopedSession>>();
  private readonly subscription: Disposable;

  constructor(private readonly dependencies: DownscopedTokensDependencies) {
    this.subscription = dependencies.store.onDidChange(({ changed, removed }) => {
      for (const { id } of [...changed, ...removed]) this.forget(id);
    });
  }

  /**
   * A downscoped token for an extension, the one from before while it lives and its parent is the same.
   * @param isNew another token is exchanged, and a refusal is looked into anew.
   * @throws ScopesRefusedError; ExchangeRefusedError; SessionError, BoxError or StaleWindowError where the parent has no token that lives
   */
  async session(parent: LiveSession, request: DownscopedRequest, isNew = false): Promise<DownscopedSession> {
    const id = idOf(parent, request);
    const known = this.sessions.get(id);
    if (!isNew && known !== undefined && !this.dependencies.expiry.isDue(known.token)) {
      return { ...known, scopes: request.asked };
    }
    const refusal = this.refusals.get(id);
    if (!isNew && refusal !== undefined && this.dependencies.clock.monotonic() < refusal.until) {
      throw refusal.error;
    }
    const running = this.inFlight.get(id) ?? this.make(id, parent, request);
    this.inFlight.set(id, running);
    return { ...(await running), scopes: request.asked };
  }

  /**
   * A new downscoped token.
   * @throws ScopesRefusedError; ExchangeRefusedError; SessionError, BoxError or StaleWindowError where the parent has no token that lives
   */
  async exchange(parent: LiveSession, scopes: readonly string[], resource?: BoxResource): Promise<TokenPair> {
    return (await this.exchangeOnce(parent, scopes, resource)).token;
  }

  /** A downscoped session that was handed out, while its parent is the same. */
  known(id: string): DownscopedSession | undefined {
    return this.sessions.get(id);
  }

  dispose(): void {
    this.subscription.dispose();
  }

  private async make(
    id: string,
    parent: LiveSession,
    request: DownscopedRequest,
  ): Promise<DownscopedSession> {
    const { clock, log } = this.dependencies;
    try {
      const made = await this.exchangeOnce(parent, request.scopes, request.resource);
      const session = { id, parent: made.parent, token: made.token, scopes: request.asked };
      this.refusals.delete(id);
      if (this.isCurrent(made.parent)) this.sessions.set(id, session);
      log.info(`Exchanged a token of session ${parent.id} for ${request.scopes.join(' ')}`);
      return session;
    } catch (error) {
      if (error instanceof DownscopingRefusedError) {
        this.refusals.set(id, { error, until: clock.monotonic() + REFUSED_MS });
      }
      throw error;
    } finally {
      this.inFlight.delete(id);
    }
  }

  private exchangeOnce(
    parent: LiveSession,
    scopes: readonly string[],
    resource: BoxResource | undefined,
  ): Promise<Exchanged> {
    const { box, clock, exchanger } = this.dependencies;
    const downscoping = ({ pair }: LiveSession): Downscoping => ({
      subjectToken: pair.accessToken,
      scopes,
      resource,
    });
    return exchanger.run(parent, {
      kind: 'downscoped',
      scopes,
      resource,
      send: async (from) => {
        const sentAt = clock.now();
        return tokenPair(await box.exchange(endpointsOf(from.origins), downscoping(from)), sentAt);
      },
      findRefused: (from, onProbe) => {
        const sentAt = clock.now();
        return box.refusedScopes(endpointsOf(from.origins), downscoping(from), (probe) => {
          onProbe(tokenPair(probe, sentAt));
        });
      },
    });
  }

  /** Whether the session still has the token that was exchanged. */
  private isCurrent({ id, pair }: LiveSession): boolean {
    return this.dependencies.store.find(id)?.pair?.accessToken === pair.accessToken;
  }

  private forget(parentId: string): void {
    for (const map of [this.sessions, this.refusals]) {
      for (const id of map.keys()) if (parentIdOf(id) === parentId) map.delete(id);
    }
  }
}

/** The same for the same parent, scopes and resource. */
function idOf(parent: LiveSession, { scopes, resource }: DownscopedRequest): string {
  const target = resource && ('resource' in resource ? resource.resource : resource.url);
  const request = JSON.stringify([scopes.toSorted(), target]);
  return downscopedId(parent.id, createHash('sha256').update(request).digest('base64url').slice(0, 16));
}
