import { demandApiAccess, isInactive } from './accountStates';
import { clientError } from './clientError';
import { empty, type EmulatorRequest, type Reply } from './http';
import type { Model } from './model';
import { Refusal } from './refusal';
import { confirm } from './rotation';
import type { AccessToken } from './tokens';
import type { EmulatorUser } from './types';

/** Who calls the API: the token, and the user that the call is made for. */
export interface Caller {
  readonly token: AccessToken;
  readonly user: EmulatorUser;
}

/** A `WWW-Authenticate` value (RFC 6750 §3) as Box writes it; `extra` is appended. */
export const challengeValue = (error: string, description: string, extra = ''): string =>
  `Bearer realm="Service", error="${error}", error_description="${description}"${extra}`;

/** An empty-bodied refusal whose reason is in `WWW-Authenticate` alone. */
export const challenge = (status: number, error: string, description: string, extra = ''): Reply =>
  empty(status, { 'WWW-Authenticate': challengeValue(error, description, extra) });

const invalidToken = (): Refusal =>
  new Refusal(challenge(401, 'invalid_token', 'The access token provided is invalid.'));

/** Box's 403 for a token that lacks a scope: it never says which. */
export const insufficientScope = (): Refusal =>
  new Refusal(
    challenge(
      403,
      'insufficient_scope',
      'The request requires higher privileges than provided by the access token.',
    ),
  );

/** Finds a live access token and counts it as used, which confirms the pair that it belongs to. */
export function accessToken(model: Model, value: string): AccessToken | undefined {
  const token = model.tokens.findAccess(value);
  if (token === undefined || !model.tokens.isLive(token)) return undefined;
  if (token.pair !== undefined) confirm(model, token.pair);
  return token;
}

function readBearer(request: EmulatorRequest): string {
  const value = /^Bearer +([^ ]+) *$/i.exec(request.headers.authorization ?? '')?.[1];
  const elsewhere = request.query.get('access_token') ?? request.form.get('access_token');
  if (value !== undefined && elsewhere !== undefined) {
    throw new Refusal(challenge(400, 'invalid_request', 'The access token was sent in more than one way.'));
  }
  if (value === undefined) {
    throw new Refusal(challenge(401, 'invalid_request', 'The access token was not found.'));
  }
  return value;
}

/** The user that `As-User` names, where the app and the caller may act as others; else the caller. */
function actingUser(model: Model, request: EmulatorRequest, caller: Caller): EmulatorUser {
  const asUser = request.headers['as-user'];
  if (typeof asUser !== 'string') return caller.user;
  const mayAct = caller.user.role !== 'user' || caller.user.serviceAccountOf !== null;
  const target = model.users.get(asUser);
  if (!mayAct || model.apps.get(caller.token.clientId)?.actAsUsers !== true || target === undefined) {
    const code = 'access_denied_insufficient_permissions';
    throw new Refusal(clientError(request, 403, code, 'Access denied - insufficient permission'));
  }
  return target;
}

/** Authenticates a call to the API (RFC 6750 §2.1); throws Box's refusal when it cannot. */
export function authenticate(model: Model, request: EmulatorRequest): Caller {
  const token = accessToken(model, readBearer(request));
  const user = model.users.get(token?.userId ?? '');
  if (token === undefined || user === undefined || isInactive(user)) throw invalidToken();
  demandApiAccess(request, user);
  return { token, user: actingUser(model, request, { token, user }) };
}
