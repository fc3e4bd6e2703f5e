import type { EmulatorRequest } from '../http';
import type { Model } from '../model';
import { appendQuery, isRegistered, redirectUriProblem } from '../redirectUri';
import { Refusal } from '../refusal';
import type { Parameters } from '../parameters';
import type { EmulatorApp } from '../types';
import { found } from '../http';
import { errorPage } from './errorPage';

/** A checked authorization request (RFC 6749 §4.1.1, RFC 7636 §4.3). */
export interface AuthorizationRequest {
  readonly clientId: string;
  /** Undefined when it was not sent and the app has not exactly one; the user learns of it after the consent. */
  readonly redirectUri: string | undefined;
  readonly state: string | undefined;
  readonly scopes: readonly string[];
  readonly codeChallenge: string | undefined;
  readonly boxLogin: string | undefined;
  /** What Box's error page shows of the request. */
  readonly details: Readonly<Record<string, string>>;
}

const SHOWN = ['response_type', 'redirect_uri', 'state', 'client_id'];

/** The four parameters that Box's error page shows, as they were sent. */
function detailsOf(parameters: Parameters): Record<string, string> {
  return Object.fromEntries(SHOWN.map((name) => [name, parameters.get(name) ?? '']));
}

const refuseOnPage = (parameters: Parameters, code: string): Refusal =>
  new Refusal(errorPage(code, detailsOf(parameters)));

function checkedRedirectUri(model: Model, app: EmulatorApp, parameters: Parameters): string | undefined {
  const uri = parameters.get('redirect_uri');
  if (uri === undefined) return app.redirectUris.length === 1 ? app.redirectUris[0] : undefined;
  const problem = redirectUriProblem(uri);
  if (problem !== undefined) throw refuseOnPage(parameters, problem);
  if (!isRegistered(app.redirectUris, uri, model.switches.loopbackPort)) {
    throw refuseOnPage(parameters, 'redirect_uri_mismatch');
  }
  return uri;
}

/** An error that goes back to the client (RFC 6749 §4.1.2.1), or onto Box's page when there is no redirect URI. */
export function redirectError(
  request: Pick<AuthorizationRequest, 'redirectUri' | 'state' | 'details'>,
  error: string,
  description: string,
): Refusal {
  const { redirectUri, state, details } = request;
  if (redirectUri === undefined) return new Refusal(errorPage(error, details));
  return new Refusal(found(appendQuery(redirectUri, { error, error_description: description, state })));
}

const CHALLENGE = /^[A-Za-z0-9_-]{43}$/;

/** The first thing that is wrong with the PKCE parameters. A missing method counts as S256, so that Box CLI works. */
function pkceProblem(model: Model, parameters: Parameters): string | undefined {
  if (model.switches.pkce === 'ignore') return undefined;
  const challenge = parameters.get('code_challenge');
  const method = parameters.get('code_challenge_method');
  if (challenge === undefined && model.switches.pkce === 'required') return 'code_challenge is required';
  if (challenge === undefined && method !== undefined) return 'code_challenge is missing';
  if (method !== undefined && method !== 'S256') return 'code_challenge_method is not supported';
  if (challenge !== undefined && !CHALLENGE.test(challenge)) return 'code_challenge is malformed';
  return undefined;
}

function requestProblem(model: Model, parameters: Parameters): readonly [string, string] | undefined {
  const repeated = parameters.repeated();
  if (repeated !== undefined) return ['invalid_request', `The parameter "${repeated}" is repeated`];
  const responseType = parameters.get('response_type');
  if (responseType === undefined) return ['invalid_request', 'response_type is missing'];
  if (responseType !== 'code') return ['unsupported_response_type', 'response_type must be code'];
  const pkce = pkceProblem(model, parameters);
  return pkce === undefined ? undefined : ['invalid_request', pkce];
}

/** The scopes that a request is for: all of the app's, or those of them that it names; undefined if none is left. */
function grantedScopes(model: Model, app: EmulatorApp, scope: string | undefined): string[] | undefined {
  if (scope === undefined) return app.scopes;
  const wanted = scope.split(' ').filter((name) => name !== '');
  const known = wanted.filter((name) => app.scopes.includes(name));
  if (model.switches.unknownScope === 'invalid_scope' && known.length < wanted.length) return undefined;
  return known.length === 0 ? undefined : known;
}

/** Reads and checks an authorization request; throws Box's error page, or a redirect with the error. */
export function readAuthorizationRequest(model: Model, request: EmulatorRequest): AuthorizationRequest {
  const parameters = request.method === 'POST' ? request.form : request.query;
  const app = model.apps.get(parameters.get('client_id') ?? '');
  if (app === undefined) throw refuseOnPage(parameters, 'invalid_client');
  const redirectUri = checkedRedirectUri(model, app, parameters);
  const target = { redirectUri, state: parameters.get('state'), details: detailsOf(parameters) };
  const problem = requestProblem(model, parameters);
  if (problem !== undefined) throw redirectError(target, ...problem);
  if (!app.grantTypes.includes('authorization_code')) {
    throw redirectError(target, 'unauthorized_client', 'The grant type is unauthorized for this client_id');
  }
  const scopes = grantedScopes(model, app, parameters.get('scope'));
  if (scopes === undefined) throw redirectError(target, 'invalid_scope', 'The requested scope is invalid');
  return {
    ...target,
    clientId: app.clientId,
    scopes,
    codeChallenge: parameters.get('code_challenge'),
    boxLogin: parameters.get('box_login'),
  };
}
