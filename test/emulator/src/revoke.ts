import { authenticateClient, readClientCredentials } from './clientAuthentication';
import { empty, type EmulatorRequest, type Reply } from './http';
import type { Model } from './model';
import { invalidRequest, missingParameter, oauthError } from './oauthError';
import { demandSingleParameters } from './token/endpoint';
import { kill, killPair, type AccessToken, type TokenPair } from './tokens';

/** Ends a sign-in: the pair, the unconfirmed one that it waits to replace, and the one that waits to replace it. */
export function killGrant(pair: TokenPair): void {
  for (const end of [pair.predecessor, pair, pair.successor]) if (end !== undefined) killPair(end);
}

/** Ends every token that a user has, with one app or with all. */
export function killAllOf(model: Model, userId: string, clientId?: string): void {
  const concerns = (token: AccessToken): boolean =>
    token.userId === userId && (clientId === undefined || token.clientId === clientId);
  for (const token of model.tokens.allAccess) if (concerns(token)) kill(token);
  for (const pair of model.tokens.allPairs) if (concerns(pair.access)) killPair(pair);
}

function killChildren(model: Model, parent: AccessToken): void {
  for (const token of model.tokens.allAccess) {
    if (token.downscoped?.parent !== parent) continue;
    kill(token);
    killChildren(model, token);
  }
}

function killOne(model: Model, token: AccessToken): void {
  const related = [token.pair?.predecessor?.access, token, token.pair?.successor?.access];
  if (token.pair === undefined) kill(token);
  else killGrant(token.pair);
  if (model.switches.revokeScope === 'pair') return;
  for (const parent of related) if (parent !== undefined) killChildren(model, parent);
}

function findLive(model: Model, value: string): AccessToken | undefined {
  const access = model.tokens.findAccess(value);
  if (access !== undefined) return model.tokens.isLive(access) ? access : undefined;
  const pair = model.tokens.findPair(value);
  return pair !== undefined && model.tokens.isLive(pair.refresh) ? pair.access : undefined;
}

/** `POST /oauth2/revoke` (RFC 7009), but with Box's 400 for a token that it does not know or that is dead already. */
export function revokeEndpoint(model: Model, request: EmulatorRequest): Reply {
  demandSingleParameters(request);
  const { clientId } = readClientCredentials(request);
  if (clientId === undefined) throw invalidRequest('Client id was not found in the headers or body');
  const app = authenticateClient(model, request);
  const value = request.form.get('token');
  if (value === undefined) throw missingParameter('token');
  const token = findLive(model, value);
  if (token?.clientId !== app.clientId) throw oauthError('invalid_token', 'The supplied token is invalid');
  const isChild = token.downscoped !== undefined;
  if (isChild && model.switches.childRevocation === 'refused') throw invalidRequest('The client is invalid');
  if (model.switches.revokeScope === 'user+app') killAllOf(model, token.userId, token.clientId);
  else killOne(model, token);
  model.recorder.counters.revocations += 1;
  return empty(200);
}
