import type { BoxBaseUrls } from '../box/endpoints';
import type { BoxResource } from '../box/resources';
import type { Log } from '../common/log';
import type { DownscopedTokens } from '../sessions/downscoped/downscopedTokens';
import { readScopes, type DownscopedRequest, type ScopeRequest } from '../sessions/downscoped/scopeRequest';
import { resourceName, SessionError } from '../sessions/errors';
import type { PreferredAccount } from '../sessions/store/preferredAccount';
import {
  endOf,
  isLive,
  type LiveSession,
  type SessionRecord,
  type TokenPair,
} from '../sessions/store/sessionRecord';
import { answersTo, ofAccount, type AccountReference } from '../sessions/store/sessionSelection';
import type { SessionStore } from '../sessions/store/sessionStore';
import type { TokenExpiry } from '../sessions/tokens/tokenExpiry';
import type { TokenRefresher } from '../sessions/tokens/tokenRefresher';
import type { AccessCounts } from './accessCounts';
import type { Consents, Wish } from './consents';
import { TerminalError } from './errors';
import { oneLine, type GivenToken, type Question } from './protocol';

/** Dependencies of {@link TokenGiver}. */
export interface TokenGiverDependencies {
  readonly store: SessionStore;
  readonly refresher: TokenRefresher;
  readonly downscoped: DownscopedTokens;
  readonly preferred: PreferredAccount;
  readonly expiry: TokenExpiry;
  readonly consents: Consents;
  readonly counts: AccessCounts;
  /** The Box that the settings name. Throws a SettingError where they name none. */
  readonly origins: () => BoxBaseUrls;
  /** Whether the person trusts the workspace, now. */
  readonly isTrusted: () => boolean;
  readonly log: Log;
}

/** A terminal that may have tokens of an account without a question, for as long as the account is signed in. */
export interface TerminalGrant {
  readonly accountId: string;
  /** Whether the person still wants it. */
  readonly isInForce: boolean;
}

/** Gives programs in terminals tokens of the sessions that `getSession` answers from, once the person allows it. */
export class TokenGiver {
  constructor(private readonly dependencies: TokenGiverDependencies) {}

  /**
   * A token with the life that copying demands.
   * @param grant what the terminal was opened with, if the person opened it for an account.
   * @param signal aborted when the program does not wait any more.
   * @throws TerminalError, ScopeRequestError, and what refreshing and exchanging throw
   */
  async give(question: Question, grant: TerminalGrant | undefined, signal: AbortSignal): Promise<GivenToken> {
    const { store, consents, isTrusted, origins } = this.dependencies;
    if (!isTrusted()) throw new TerminalError('untrusted_workspace');
    const request = readScopes(askedOf(question), origins());
    const account = this.accountFor(await store.all(), question.account, grant?.accountId);
    const session = this.sessionFor(account, request);
    const program = oneLine(question.program).slice(0, LONGEST_PROGRAM);
    if (!(grant?.isInForce === true && grant.accountId === account.id)) {
      await consents.demand(wishOf(account, whatIsGiven(session, request)), program, signal);
    }
    const given = await this.fresh(session, request);
    if (signal.aborted) throw new TerminalError('unanswered', account.label);
    const what = whatIsGiven(given.session, request);
    this.note(given.session, what, program);
    return answerOf(given, what);
  }

  /** The named account, the terminal’s own, the preferred one, or the one that signed in last. */
  private accountFor(
    sessions: readonly SessionRecord[],
    named: string | undefined,
    granted: string | undefined,
  ): AccountReference {
    const newestFirst = sessions.toSorted((a, b) => b.signedInAt - a.signedInAt);
    if (named !== undefined) {
      const session =
        newestFirst.find(({ account }) => [account.id, account.label].includes(named)) ??
        newestFirst.find(({ user }) => [user.id, user.login].includes(named));
      if (session === undefined) throw new TerminalError('unknown_account', named);
      return session.account;
    }
    const own = newestFirst.find(({ account }) => account.id === granted)?.account;
    const account = own ?? this.dependencies.preferred.among(sessions) ?? newestFirst[0]?.account;
    if (account === undefined || (granted !== undefined && own === undefined)) {
      throw new TerminalError('signed_out');
    }
    return account;
  }

  /** The session of an account that serves the request, with least privilege. */
  private sessionFor(account: AccountReference, request: ScopeRequest): LiveSession {
    const sessions = ofAccount(this.dependencies.store.known(), account);
    const scopes = request.kind === 'application' ? request.scopes : [];
    const [session] = answersTo(sessions, scopes, account);
    if (session !== undefined) return session;
    const ended = sessions.find((each) => !isLive(each));
    if (ended === undefined || sessions.some(isLive)) throw new TerminalError('no_session', scopes.join(' '));
    throw new SessionError('ended', ended.appName, ended);
  }

  private async fresh(session: LiveSession, request: ScopeRequest): Promise<Fresh> {
    const { refresher, store } = this.dependencies;
    const parent = await refresher.freshToCopy(session);
    const given =
      request.kind === 'application'
        ? { session: parent, token: parent.pair }
        : await this.downscoped(parent, request);
    if (store.isGivenUp(given.session)) throw new SessionError('signed_out', session.appName, session);
    return given;
  }

  private async downscoped(parent: LiveSession, request: DownscopedRequest): Promise<Fresh> {
    const { downscoped, expiry } = this.dependencies;
    const known = await downscoped.session(parent, request);
    const made = expiry.isTooShortToCopy(known.token)
      ? await downscoped.session(parent, request, true)
      : known;
    return { session: made.parent, token: made.token };
  }

  /** Of a resource its kind and ID alone: the address of a shared link opens it for whoever has it. */
  private note({ account }: LiveSession, { scopes, resource }: Given, program: string): void {
    const { counts, log } = this.dependencies;
    const about = resource === undefined ? '' : `, resource: ${resourceName(resource)}`;
    const what = `${scopes.join(' ') || 'everything'}${about}`;
    log.info(`Gave a token of ${account.label} to a program in a terminal: ${program}, scopes: ${what}`);
    counts.add(account.id);
  }
}

/** Longest name of a program that is shown. */
const LONGEST_PROGRAM = 60;

/** A token, and the session that it is of, as it is now. */
interface Fresh {
  readonly session: LiveSession;
  readonly token: TokenPair;
}

/** As an extension asks for them. */
function askedOf({ scopes, resource }: Question): readonly string[] {
  return resource === undefined ? scopes : [...scopes, `resource:${resource}`];
}

/** What a token can be used for. */
interface Given {
  /** None: everything that the session may do. */
  readonly scopes: readonly string[];
  readonly resource?: BoxResource | undefined;
}

/** Application scopes choose the session, whose token is given as it is: it may do all that the session may. */
function whatIsGiven(session: LiveSession, request: ScopeRequest): Given {
  return request.kind === 'application' ? { scopes: session.scopes } : request;
}

function wishOf({ id, label }: AccountReference, { scopes, resource }: Given): Wish {
  const asked = { accountId: id, accountLabel: label, scopes };
  if (resource === undefined) return asked;
  return { ...asked, resource: 'url' in resource ? resource.url : resource.resource };
}

function answerOf({ session, token }: Fresh, { scopes }: Given): GivenToken {
  return {
    access_token: token.accessToken,
    token_type: 'Bearer',
    expires_at: new Date(endOf(token)).toISOString(),
    account: session.account.label,
    scope: scopes.join(' '),
  };
}
