import type { BoxClient } from '../../box/client';
import { endpointsOf } from '../../box/endpoints';
import { ApiRefusedError, BoxError, OAuthError } from '../../box/errors';
import type { ExchangeRefusal } from '../../box/refusals';
import type { BoxResource } from '../../box/resources';
import type { ChildKind } from './childRecord';
import type { ChildTokens } from './childTokens';
import { ExchangeRefusedError, ScopesRefusedError, SessionError } from '../errors';
import type { SessionStore } from '../store/sessionStore';
import { isServerSession, type LiveSession, type TokenPair } from '../store/sessionRecord';
import type { RefreshBackoff } from '../tokens/refreshBackoff';
import type { TokenRefresher } from '../tokens/tokenRefresher';

/** Dependencies of {@link TokenExchanger}. */
export interface TokenExchangerDependencies {
  readonly store: SessionStore;
  readonly refresher: TokenRefresher;
  readonly box: BoxClient;
  readonly children: ChildTokens;
  readonly backoff: Pick<RefreshBackoff, 'checkAsked' | 'noteAsked'>;
}

/** What is asked of Box with a session's access token. */
export interface Exchange {
  readonly kind: ChildKind;
  readonly scopes: readonly string[];
  /** What the token is to be for, if for one thing alone. */
  readonly resource: BoxResource | undefined;
  /** Sends the request. Throws a BoxError. */
  readonly send: (parent: LiveSession) => Promise<TokenPair>;
  /** Finds out which of several scopes were refused, where that can be found out, and hands over what that brings. */
  readonly findRefused?: (
    parent: LiveSession,
    onProbe: (token: TokenPair) => void,
  ) => Promise<readonly string[]>;
}

/** What an exchange gave, and the session as it was then. */
export interface Exchanged {
  readonly token: TokenPair;
  readonly parent: LiveSession;
}

/** Why an exchange was refused, for a person; the others are about the scopes. */
const REASONS: ReadonlyMap<ExchangeRefusal, ExchangeRefusedError['reason']> = new Map([
  ['resource', 'resource'],
  ['app_type', 'app_type'],
  ['grant', 'request'],
  ['request', 'request'],
  ['assertion', 'request'],
]);

/** Exchanges the access token of a session (RFC 8693), and finds out why Box refuses. */
export class TokenExchanger {
  constructor(private readonly dependencies: TokenExchangerDependencies) {}

  /**
   * Sends an exchange with a token that works. What comes back is remembered for the sign-out; after it, it is revoked.
   * @throws ScopesRefusedError; ExchangeRefusedError; SessionError, BoxError or StaleWindowError where the parent has no token that lives
   */
  async run(parent: LiveSession, exchange: Exchange): Promise<Exchanged> {
    const { refresher, store, children, backoff } = this.dependencies;
    try {
      await backoff.checkAsked(parent);
      const made = await this.attempt(await refresher.fresh(parent), exchange);
      children.remember(made.parent, made.token, exchange.kind);
      if (!store.isGivenUp(made.parent)) return made;
      await children.endOf(parent, store.signInOf(parent.id));
    } catch (error) {
      if (error instanceof BoxError) {
        await backoff.noteAsked(parent, error);
        error.appName = parent.appName;
        error.account = parent.account.label;
      }
      if (error instanceof OAuthError && isServerSession(parent)) {
        error.serverCredential = parent.credential;
        error.subjectType = parent.subject.type;
      }
      throw error;
    }
    throw new SessionError('signed_out', parent.appName, parent);
  }

  /** Box says 401 for a dead token and for a scope that it lacks: which it was, the token itself tells. */
  private async attempt(parent: LiveSession, exchange: Exchange, isLast = false): Promise<Exchanged> {
    try {
      return { token: await exchange.send(parent), parent };
    } catch (error) {
      const { exchangeRefusal } = await import('../../box/requests');
      const refusal = exchangeRefusal(error);
      if (!(error instanceof BoxError) || refusal === undefined) throw error;
      if (isLast && refusal === 'subject_token') throw error;
      // Only an app that asks as itself signs an assertion: its key and settings are what to look at.
      if (refusal === 'assertion' && isServerSession(parent)) throw error;
      const isOfToken = refusal === 'subject_token' || refusal === 'either' || refusal === 'grant';
      if (!isLast && isOfToken && !(await this.isAlive(parent))) {
        return this.attempt(await this.renewed(parent), exchange, true);
      }
      const reason = REASONS.get(refusal);
      if (reason !== undefined) throw new ExchangeRefusedError(reason, exchange.resource, parent, error);
      throw await this.refused(parent, exchange, error);
    }
  }

  private renewed(parent: LiveSession): Promise<LiveSession> {
    const used = parent.pair.accessToken;
    return this.dependencies.refresher.refreshWhen(parent, ({ pair }) => pair.accessToken === used);
  }

  private async isAlive({ origins, pair }: LiveSession): Promise<boolean> {
    try {
      await this.dependencies.box.currentUser(endpointsOf(origins), pair.accessToken);
      return true;
    } catch (error) {
      if (error instanceof ApiRefusedError && error.status === 401) return false;
      if (error instanceof ApiRefusedError) return true;
      throw error;
    }
  }

  private async refused(
    parent: LiveSession,
    { scopes, findRefused }: Exchange,
    error: BoxError,
  ): Promise<ScopesRefusedError> {
    const onProbe = (token: TokenPair): void => {
      this.dependencies.children.revokeProbe(parent, token);
    };
    const found = findRefused !== undefined && scopes.length > 1 ? await findRefused(parent, onProbe) : [];
    return new ScopesRefusedError(found.length > 0 ? found : scopes, parent, error);
  }
}
