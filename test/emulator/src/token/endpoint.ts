import type { EmulatorRequest, Reply } from '../http';
import type { Model } from '../model';
import { invalidRequest } from '../oauthError';
import type { GrantType } from '../types';
import { authorizationCodeGrant } from './authorizationCode';
import { clientCredentialsGrant } from './clientCredentials';
import { jwtBearerGrant } from './jwtBearer';
import { refreshTokenGrant } from './refreshToken';
import { tokenExchangeGrant } from './tokenExchange';

type Grant = (model: Model, request: EmulatorRequest) => Reply;

const GRANTS: Record<GrantType, Grant> = {
  authorization_code: authorizationCodeGrant,
  refresh_token: refreshTokenGrant,
  client_credentials: clientCredentialsGrant,
  'urn:ietf:params:oauth:grant-type:jwt-bearer': jwtBearerGrant,
  'urn:ietf:params:oauth:grant-type:token-exchange': tokenExchangeGrant,
};

const grants = new Map<string, Grant>(Object.entries(GRANTS));

/** Throws when a parameter is repeated, which RFC 6749 §3.2 forbids. */
export function demandSingleParameters(request: EmulatorRequest): void {
  const repeated = request.form.repeated();
  if (repeated !== undefined) throw invalidRequest(`The parameter "${repeated}" is repeated`);
}

/** `POST /oauth2/token`, all grants (RFC 6749 §3.2). A GET, which carries no form, is told that the grant is missing. */
export function tokenEndpoint(model: Model, request: EmulatorRequest): Reply {
  demandSingleParameters(request);
  const grant = grants.get(request.form.get('grant_type') ?? '');
  if (grant === undefined) throw invalidRequest('Invalid grant_type parameter or parameter missing');
  return grant(model, request);
}
