import { accessToken, challengeValue } from '../bearer';
import { authenticateClient } from '../clientAuthentication';
import { json, type EmulatorRequest, type Reply } from '../http';
import type { Model } from '../model';
import { invalidGrant, invalidRequest, missingParameter, oauthError } from '../oauthError';
import type { AccessToken } from '../tokens';
import type { EmulatorApp } from '../types';
import { checkActorToken } from './assertion';
import { demandGrant } from './client';
import {
  ALL_FILES,
  allows,
  isItemScope,
  itemOfResource,
  itemOfSharedLink,
  type RestrictedObject,
} from './downscope';

const GRANT = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
const ID_TOKEN = 'urn:ietf:params:oauth:token-type:id_token';

/** Box's 401 of a failed exchange; its body is not documented, so it has that of an OAuth error. */
const refuse = (error: string, description: string): Error =>
  oauthError(error, description, 401, { 'WWW-Authenticate': challengeValue(error, description) });

const insufficientScope = (): Error =>
  refuse('insufficient_scope', 'The request requires higher privileges than provided by the access token.');

function subjectToken(model: Model, request: EmulatorRequest): AccessToken {
  const value = request.form.get('subject_token');
  if (value === undefined) throw missingParameter('subject_token');
  if (request.form.get('subject_token_type') !== ACCESS_TOKEN) throw missingParameter('subject_token_type');
  const token = accessToken(model, value);
  if (token === undefined) throw refuse('invalid_token', 'The access token provided is invalid.');
  return token;
}

/** The app that the subject token belongs to; a client that authenticates, which none has to, must be that app. */
function appOf(model: Model, request: EmulatorRequest, subject: AccessToken): EmulatorApp {
  const app = model.apps.get(subject.clientId);
  if (app === undefined) throw refuse('invalid_token', 'The access token provided is invalid.');
  if (request.form.get('client_id') !== undefined && authenticateClient(model, request) !== app) {
    throw invalidGrant('The token was not issued to this client');
  }
  demandGrant(model, app, GRANT);
  return app;
}

function requestedScopes(request: EmulatorRequest, subject: AccessToken): string[] {
  const scope = request.form.get('scope');
  if (scope === undefined) throw missingParameter('scope');
  const scopes = scope.split(' ').filter((name) => name !== '');
  if (!scopes.every((name) => allows(subject, name))) throw insufficientScope();
  return scopes;
}

function requestedObject(model: Model, request: EmulatorRequest): RestrictedObject | undefined {
  const resource = request.form.get('resource');
  const link = request.form.get('box_shared_link');
  if (resource !== undefined && link !== undefined) {
    throw invalidRequest('The parameters "resource" and "box_shared_link" exclude each other');
  }
  if (resource === undefined && link === undefined) return undefined;
  const object =
    resource === undefined ? itemOfSharedLink(link ?? '') : itemOfResource(resource, model.origin);
  if (object === undefined) throw invalidRequest('The resource is invalid');
  return object;
}

/** The object of the new token: what was asked for, but never outside of what the subject token is confined to. */
function confinedObject(
  subject: AccessToken,
  asked: RestrictedObject | undefined,
): RestrictedObject | undefined {
  const confinedTo = subject.downscoped?.object;
  if (asked === undefined || confinedTo === undefined) return asked ?? confinedTo;
  if (asked.type !== confinedTo.type || asked.id !== confinedTo.id) throw insufficientScope();
  return asked;
}

function checkActor(model: Model, request: EmulatorRequest, app: EmulatorApp): void {
  const actorToken = request.form.get('actor_token');
  if (actorToken === undefined) return;
  if (request.form.get('actor_token_type') !== ID_TOKEN) throw missingParameter('actor_token_type');
  const claims = checkActorToken(model, app, actorToken);
  if (claims['box_sub_type'] !== 'external') throw invalidGrant("Please check the 'box_sub_type' claim.");
  if (typeof claims['name'] !== 'string') throw invalidGrant("Please check the 'name' claim.");
}

/** `restricted_to` lists the scopes that apply to an item, each with the item; all files when none was named. */
const restrictions = (scopes: readonly string[], object: RestrictedObject = ALL_FILES): object[] =>
  scopes.filter(isItemScope).map((scope) => ({ scope, object }));

/** Token exchange (RFC 8693): narrows an access token to scopes and, at will, to one item. Needs no secret. */
export function tokenExchangeGrant(model: Model, request: EmulatorRequest): Reply {
  const subject = subjectToken(model, request);
  const app = appOf(model, request, subject);
  const scopes = requestedScopes(request, subject);
  const object = confinedObject(subject, requestedObject(model, request));
  checkActor(model, request, app);
  const { clientId, userId } = subject;
  const token = model.issueToken({ clientId, userId, scopes }, { parent: subject, object });
  return json(200, {
    access_token: token.value,
    expires_in: model.tokens.secondsLeft(token),
    token_type: 'bearer',
    restricted_to: restrictions(scopes, object),
    issued_token_type: ACCESS_TOKEN,
  });
}
