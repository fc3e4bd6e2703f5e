import type * as vscode from 'vscode';
import type { BoxAction, BoxAuthenticationApi, BoxRefusal, BoxTokenChange } from './boxAuthenticationApi';
import type { Clock } from '../common/clock';
import type { Log } from '../common/log';
import type { Lifecycle } from '../sessions/lifecycle/module';
import type { SessionStore } from '../sessions/store/sessionStore';
import type { SessionRecord, TokenPair } from '../sessions/store/sessionRecord';
import type { TokenChanges } from '../sessions/tokens/tokenChanges';
import type { TokenExpiry } from '../sessions/tokens/tokenExpiry';

/** What was used for the call that was refused, as far as it is known. */
export interface AdviceSubject {
  /** The session, or the one that a downscoped session was exchanged from. */
  readonly session?: SessionRecord | undefined;
  readonly isDownscoped?: boolean;
  /** Whether another token would help, but nobody said which session’s. */
  readonly isSessionMissing?: boolean;
}

/** Dependencies of {@link authenticationApi}. */
export interface AuthenticationApiDependencies {
  readonly store: SessionStore;
  /** The token of a downscoped session, which the store does not keep. */
  readonly downscopedToken: (sessionId: string) => TokenPair | undefined;
  readonly expiry: TokenExpiry;
  readonly loadLifecycle: () => Promise<Pick<Lifecycle, 'rejected'>>;
  readonly changes: TokenChanges;
  /** VS Code's emitter for the event: what a listener throws reaches nobody else. */
  readonly tokenChanged: Pick<vscode.EventEmitter<BoxTokenChange>, 'event' | 'fire'>;
  /** Puts an advice into words for a person. */
  readonly message: (advice: BoxAction, refusal: BoxRefusal, subject: AdviceSubject) => Promise<string>;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * What `activate` gives to other extensions. Nothing but functions over closures, so that none of them can walk from
 * it to a token.
 */
export function authenticationApi(dependencies: AuthenticationApiDependencies): BoxAuthenticationApi {
  const { store, downscopedToken, expiry, changes, tokenChanged } = dependencies;
  changes.onDidChange(({ id, account, scopes }) => {
    tokenChanged.fire({ sessionId: id, account: { ...account }, scopes: [...scopes] });
  });
  return Object.freeze<BoxAuthenticationApi>({
    version: 1,
    explain: async (refusal) => {
      const { explain } = await import('./explain');
      return explain(refusal, dependencies);
    },
    lifetimeLeft: (sessionId) => {
      const pair = store.find(sessionId)?.pair ?? downscopedToken(sessionId);
      return pair === undefined ? undefined : Math.max(0, expiry.left(pair));
    },
    onDidChangeToken: tokenChanged.event,
  });
}
