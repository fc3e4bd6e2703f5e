import * as v from 'valibot';
import type * as vscode from 'vscode';
import type {
  BoxAction,
  BoxAdvice,
  BoxAuthenticationApi,
  BoxRefusal,
  BoxTokenChange,
} from './boxAuthenticationApi';
import type { Clock } from '../common/clock';
import { errorText } from '../common/errorText';
import type { Log } from '../common/log';
import type { RejectedTokens, RejectionOutcome } from '../sessions/tokens/rejectedTokens';
import type { SessionStore } from '../sessions/store/sessionStore';
import type { SessionRecord, TokenPair } from '../sessions/store/sessionRecord';
import type { TokenChanges } from '../sessions/tokens/tokenChanges';
import type { TokenExpiry } from '../sessions/tokens/tokenExpiry';

/** What was used for the call that was refused, as far as it is known. */
export interface AdviceSubject {
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
  readonly rejected: RejectedTokens;
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
  const { store, downscopedToken, expiry, changes, tokenChanged, message } = dependencies;
  changes.onDidChange(({ id, account, scopes }) => {
    tokenChanged.fire({ sessionId: id, account: { ...account }, scopes: [...scopes] });
  });
  return Object.freeze<BoxAuthenticationApi>({
    version: 1,
    explain: async (given) => {
      const refusal = readRefusal(given);
      const { id } = refusal.session ?? {};
      const advised = await actionOn(refusal, dependencies);
      // Without its session the token stays what it is: to ask for it again would never end.
      const isSessionMissing = advised.action === 'refreshAndRetryOnce' && id === undefined;
      const action: BoxAction = isSessionMissing ? { action: 'none' } : advised;
      const subject =
        id === undefined
          ? { isSessionMissing }
          : { session: store.find(id), isDownscoped: downscopedToken(id) !== undefined };
      return { ...action, message: await message(action, refusal, subject) } satisfies BoxAdvice;
    },
    lifetimeLeft: (sessionId) => {
      const pair = store.find(sessionId)?.pair ?? downscopedToken(sessionId);
      return pair === undefined ? undefined : Math.max(0, expiry.left(pair));
    },
    onDidChangeToken: tokenChanged.event,
  });
}

/**
 * What JavaScript may pass although the types forbid it is read as an answer of which nothing is known: whoever asks
 * in an error path must not get another error.
 */
function readRefusal(given: unknown): BoxRefusal {
  if (typeof given !== 'object' || given === null) return { status: UNKNOWN_STATUS };
  const { status, session, request, ...others } = given as Record<string, unknown>;
  return {
    ...others,
    status: Number.isInteger(status) ? (status as number) : UNKNOWN_STATUS,
    ...(v.is(sessionSchema, session) && { session }),
    ...(v.is(requestSchema, request) && { request }),
  };
}

/** No HTTP status. */
const UNKNOWN_STATUS = 0;
const sessionSchema = v.looseObject({ id: v.string(), accessToken: v.string() });
const requestSchema = v.looseObject({ method: v.string(), url: v.string() });

async function actionOn(
  refusal: BoxRefusal,
  dependencies: AuthenticationApiDependencies,
): Promise<BoxAction> {
  const { adviceOnApiError, refusalText } = await import('../box/apiErrorAdvice');
  const advice = await adviceOnApiError(refusal, dependencies.clock.now());
  dependencies.log.info(`An extension met ${refusalText(refusal)}. What helps: ${advice.action}`);
  const { session } = refusal;
  // No session has both such scopes and those that an app has: there is nothing to ask for beside them.
  const isNarrow = session && dependencies.downscopedToken(session.id) !== undefined;
  if (advice.action === 'askForScopes' && isNarrow) return { ...advice, scopes: [] };
  if (advice.action !== 'refreshAndRetryOnce' || session === undefined || session === null) return advice;
  const outcome = await report(session, dependencies);
  return outcome === 'over' ? { action: 'signInAgain' } : advice;
}

async function report(
  { id, accessToken }: NonNullable<BoxRefusal['session']>,
  { rejected, log }: AuthenticationApiDependencies,
): Promise<RejectionOutcome> {
  try {
    return await rejected.report(id, accessToken);
  } catch (error) {
    log.warn(`A refused token could not be looked up: ${errorText(error)}`);
    return 'unknown';
  }
}
