import { createHash } from 'node:crypto';
import type { BoxClient } from '../../box/client';
import type { Clock } from '../../common/clock';
import { endpointsOf } from '../../box/endpoints';
import type { BoxResource } from '../../box/resources';
import type { Downscoping } from '../../box/tokenExchange';
import type { Disposable } from '../../common/emitter';
import type { Log } from '../../common/log';
import { BoxError } from '../../box/errors';
import { within } from '../../storage/timeLimit';
import { DownscopingRefusedError, NoTokenInTimeError } from '../errors';
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
  /** The clock by which callers wait for what goes on by itself. */
  readonly patience: Clock;
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
/** How long a failure that passes is, in ms. */
const FAILED_MS = 2000;
/** How long somebody waits for a new token while the one before still serves, in ms. */
const SHORT_WAIT_MS = 2000;

/** Why there is no token, and until when that is the answer, by the monotonic clock in ms. */
interface Failure {
  readonly error: DownscopingRefusedError | BoxError;
  readonly until: number;
}

/** Exchanges access tokens for narrower ones (RFC 8693), and keeps those until they end or their parent changes. */
export class DownscopedTokens implements Disposable {
  private readonly sessions = new Map<string, DownscopedSession>();
  private readonly failures = new Map<string, Failure>();
  private readonly inFlight = new Map<string, Promise<DownscopedSession>>();
  private readonly subscription: Disposable;

  constructor(private readonly dependencies: DownscopedTokensDependencies) {
    this.subscription = dependencies.store.onDidChange(({ changed, removed }) => {
      for (const { id } of [...changed, ...removed]) this.forget(id);
    });
  }

  /**
   * A downscoped token for an extension, the one from before while its parent is the same and it lives: when another is
   * due, that is waited for shortly.
   * @param isNew another token is exchanged, and a failure is looked into anew.
   * @throws ScopesRefusedError; ExchangeRefusedError; SessionError, BoxError or StaleWindowError where the parent has no token that lives
   */
  async session(parent: LiveSession, request: DownscopedRequest, isNew = false): Promise<DownscopedSession> {
    const { expiry } = this.dependencies;
    const id = idOf(parent, request);
    const known = isNew ? undefined : this.sessions.get(id);
    const scopes = request.asked;
    if (known !== undefined && !expiry.isDue(known.token)) return { ...known, scopes };
    const isServing = known !== undefined && expiry.serves(known.token);
    const next = isServing ? this.soon(known, parent, request) : this.next(id, parent, request, isNew);
    return { ...(await next), scopes };
  }

  /** The next token, or the one from before where that takes long or fails and its parent is still the same. */
  private async soon(
    known: DownscopedSession,
    parent: LiveSession,
    request: DownscopedRequest,
  ): Promise<DownscopedSession> {
    const { patience } = this.dependencies;
    const next = this.next(known.id, parent, request);
    await within(patience, SHORT_WAIT_MS, next, () => new NoTokenInTimeError(parent)).catch(() => undefined);
    return this.sessions.get(known.id) === known ? known : next;
  }

  private async next(
    id: string,
    parent: LiveSession,
    request: DownscopedRequest,
    isNew = false,
  ): Promise<DownscopedSession> {
    const failure = this.failures.get(id);
    if (!isNew && failure !== undefined && this.dependencies.clock.monotonic() < failure.until) {
      throw failure.error;
    }
    const running = this.inFlight.get(id) ?? this.make(id, parent, request);
    this.inFlight.set(id, running);
    return running;
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
      this.failures.delete(id);
      if (this.isCurrent(made.parent)) this.sessions.set(id, session);
      log.info(`Exchanged a token of session ${parent.id} for ${request.scopes.join(' ')}`);
      return session;
    } catch (error) {
      const isRefusal = error instanceof DownscopingRefusedError;
      if (isRefusal || error instanceof BoxError)
        this.failures.set(id, { error, until: clock.monotonic() + (isRefusal ? REFUSED_MS : FAILED_MS) });
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
    for (const map of [this.sessions, this.failures]) {
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
