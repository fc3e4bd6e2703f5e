import * as v from 'valibot';
import { errorText } from '../common/errorText';
import type { RejectionOutcome } from '../sessions/tokens/rejectedTokens';
import type { AuthenticationApiDependencies } from './authenticationApi';
import type { BoxAction, BoxAdvice, BoxRefusal } from './boxAuthenticationApi';

/**
 * Says what helps against a refusal of Box, as the exported API documents it. Never rejects, whatever it is given.
 * @param given what Box answered, as another extension passes it.
 */
export async function explain(
  given: unknown,
  dependencies: AuthenticationApiDependencies,
): Promise<BoxAdvice> {
  const { store, downscopedToken, message } = dependencies;
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
  return { ...action, message: await message(action, refusal, subject) };
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
  { loadLifecycle, log }: AuthenticationApiDependencies,
): Promise<RejectionOutcome> {
  try {
    const { rejected } = await loadLifecycle();
    return await rejected.report(id, accessToken);
  } catch (error) {
    log.warn(`A refused token could not be looked up: ${errorText(error)}`);
    return 'unknown';
  }
}
