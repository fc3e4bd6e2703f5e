import {
  ApiRefusedError,
  OAuthError,
  UnexpectedResponseError,
  UnreachableError,
  type BoxError,
} from './errors';
import type { ErrorSnapshot } from './errorSnapshot';

/** The plain data of a failed request to Box; undefined for any other error. */
export function takeErrorSnapshot(error: unknown): ErrorSnapshot | undefined {
  if (error instanceof OAuthError) {
    const { description, status, serverCredential, subjectType } = error;
    const asServer = { serverCredential, subjectType };
    return { ...commonOf(error), kind: 'oauth', error: error.error, description, status, ...asServer };
  }
  if (error instanceof UnreachableError) {
    const { systemCode, host } = error;
    return { ...commonOf(error), kind: 'unreachable', systemCode, host };
  }
  if (error instanceof UnexpectedResponseError) {
    const { status, problem, retryAfterMs } = error;
    return { ...commonOf(error), kind: 'response', status, problem, retryAfterMs };
  }
  if (error instanceof ApiRefusedError) {
    return { ...commonOf(error), kind: 'apiRefused', status: error.status, error: error.error };
  }
  return undefined;
}

function commonOf({ requestId, appName }: BoxError): Pick<ErrorSnapshot, 'requestId' | 'appName'> {
  return { requestId, appName };
}
