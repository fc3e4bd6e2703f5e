import { errorText } from '../common/errorText';
import { parentIdOf } from '../sessions/downscoped/downscopedId';
import type { RejectionOutcome } from '../sessions/tokens/rejectedTokens';
import type { AdviceSubject, AuthenticationApiDependencies } from './authenticationApi';
import type { BoxAction, BoxAdvice, BoxRefusal } from './boxAuthenticationApi';

/**
 * Says what helps against a refusal of Box, as the exported API documents it. Never rejects, whatever it is given.
 * @param given what Box answered, as another extension passes it.
 */
export async function explain(
  given: unknown,
  dependencies: AuthenticationApiDependencies,
): Promise<BoxAdvice> {
  const refusal = readRefusal(given);
  const used = subjectOf(refusal, dependencies);
  const advised = await actionOn(refusal, used, dependencies);
  // Without its session the token stays what it is: to ask for it again would never end.
  const isSessionMissing = advised.action === 'refreshAndRetryOnce' && !refusal.session;
  const action: BoxAction = isSessionMissing ? { action: 'none' } : advised;
  const message = await dependencies.message(action, refusal, { ...used, isSessionMissing });
  return { ...action, message };
}

/** The session that was used, or the one that it was exchanged from, which may have another token by now. */
function subjectOf(
  { session }: BoxRefusal,
  { store, downscopedToken }: AuthenticationApiDependencies,
): AdviceSubject {
  if (!session) return {};
  const { id } = session;
  const own = store.find(id);
  if (own !== undefined) return { session: own, isDownscoped: false };
  const parentId = parentIdOf(id);
  const parent = parentId === undefined ? undefined : store.find(parentId);
  return { session: parent, isDownscoped: parent !== undefined || downscopedToken(id) !== undefined };
}

/**
 * What JavaScript may pass although the types forbid it is read as an answer of which nothing is known: whoever asks
 * in an error path must not get another error. Each part is read once, and alone: it may throw, or change.
 */
function readRefusal(given: unknown): BoxRefusal {
  const status = readPart(given, 'status');
  const session = readPart(given, 'session');
  const [id, accessToken] = [readPart(session, 'id'), readPart(session, 'accessToken')];
  const request = readPart(given, 'request');
  const [method, url] = [readPart(request, 'method'), readPart(request, 'url')];
  return {
    status: typeof status === 'number' && Number.isInteger(status) ? status : UNKNOWN_STATUS,
    wwwAuthenticate: readTexts(readPart(given, 'wwwAuthenticate')),
    code: textOf(readPart(given, 'code')),
    retryAfter: textOf(readPart(given, 'retryAfter')),
    ...(isText(id) && isText(accessToken) && { session: { id, accessToken } }),
    ...(isText(method) && isText(url) && { request: { method, url } }),
  };
}

/** No HTTP status. */
const UNKNOWN_STATUS = 0;

function readPart(whole: unknown, name: string): unknown {
  try {
    return typeof whole === 'object' && whole !== null ? (Reflect.get(whole, name) as unknown) : undefined;
  } catch {
    return undefined;
  }
}

function readTexts(value: unknown): string | readonly string[] | undefined {
  try {
    return Array.isArray(value) ? value.filter(isText) : textOf(value);
  } catch {
    return undefined;
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function textOf(value: unknown): string | undefined {
  return isText(value) ? value : undefined;
}

async function actionOn(
  refusal: BoxRefusal,
  { isDownscoped }: AdviceSubject,
  dependencies: AuthenticationApiDependencies,
): Promise<BoxAction> {
  const { adviceOnApiError, refusalText } = await import('../box/apiErrorAdvice');
  const advice = await adviceOnApiError(refusal, dependencies.clock.now());
  dependencies.log.info(`An extension met ${refusalText(refusal)}. What helps: ${advice.action}`);
  const { session } = refusal;
  // No session has both such scopes and those that an app has: there is nothing to ask for beside them.
  if (advice.action === 'askForScopes' && isDownscoped === true) return { ...advice, scopes: [] };
  if (advice.action !== 'refreshAndRetryOnce' || !session) return advice;
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
