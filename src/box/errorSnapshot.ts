import * as v from 'valibot';
import {
  ApiRefusedError,
  OAuthError,
  UnexpectedResponseError,
  UnreachableError,
  type BoxError,
} from './errors';

const maybeText = v.optional(v.string());
const maybeNumber = v.optional(v.number());
const common = { requestId: maybeText, appName: maybeText };

/** What is kept of a failed request to Box: no more than the error itself keeps, so no token, code or secret. */
export const errorSnapshotSchema = v.variant('kind', [
  v.object({
    ...common,
    kind: v.literal('oauth'),
    error: v.string(),
    description: maybeText,
    status: maybeNumber,
    serverCredential: v.optional(v.picklist(['clientCredentials', 'jwt'])),
    subjectType: v.optional(v.picklist(['enterprise', 'user'])),
  }),
  v.object({ ...common, kind: v.literal('unreachable'), systemCode: v.string(), host: v.string() }),
  v.object({
    ...common,
    kind: v.literal('response'),
    status: v.number(),
    problem: v.string(),
    /** In ms. */
    retryAfterMs: maybeNumber,
  }),
  v.object({ ...common, kind: v.literal('apiRefused'), status: v.number(), error: maybeText }),
]);

/** A failed request to Box as plain data, for other windows. */
export type ErrorSnapshot = v.InferOutput<typeof errorSnapshotSchema>;

/** An error of the class, and with the message, of the one that the data was taken of. */
export function errorFromSnapshot(snapshot: ErrorSnapshot): BoxError {
  const error = bareError(snapshot);
  error.appName = snapshot.appName;
  return error;
}

function bareError(snapshot: ErrorSnapshot): BoxError {
  const { requestId } = snapshot;
  switch (snapshot.kind) {
    case 'oauth': {
      const error = new OAuthError(snapshot.error, snapshot.description, snapshot.status, requestId);
      error.serverCredential = snapshot.serverCredential;
      error.subjectType = snapshot.subjectType;
      return error;
    }
    case 'unreachable':
      return new UnreachableError(snapshot.systemCode, snapshot.host);
    case 'response':
      return new UnexpectedResponseError(snapshot.status, snapshot.problem, requestId, snapshot.retryAfterMs);
    case 'apiRefused':
      return new ApiRefusedError(snapshot.status, snapshot.error, requestId);
  }
}
