import * as oauth from 'oauth4webapi';
import * as v from 'valibot';
import type { BoxEndpoints } from './endpoints';
import { ApiRefusedError, OAuthError, UnexpectedResponseError } from './errors';
import { requestIdOf, type HttpRequest } from './http';
import { restrictionsSchema, type Restriction } from './restriction';
import { USER_FIELDS, userSchema, type BoxUser } from './user';

// This file is where oauth4webapi meets Box: it is loaded on first use, and holds every habit of Box's
// that a strict client would refuse.

/** Sends a request and gives its answer, as `send` in `http.ts` does. */
export type Sender = (url: string, request: HttpRequest) => Promise<Response>;

/** A confidential client (RFC 6749 §2.1) at one Box. */
export interface BoxClientIdentity {
  readonly endpoints: BoxEndpoints;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** A successful answer of the token endpoint (RFC 6749 §5.1). */
export interface TokenResponse {
  readonly accessToken: string;
  /** Absent for grants that have none. */
  readonly refreshToken?: string;
  /** Life of the access token in seconds, counted from when Box sent the answer. */
  readonly expiresIn: number;
  /** What the tokens are restricted to, as Box lists it; empty where they are not, or it cannot be read. */
  readonly restrictedTo: readonly Restriction[];
}

/** A successful answer of a grant that has no refresh token: when it ends, another one is asked for. */
export type AccessTokenResponse = Omit<TokenResponse, 'refreshToken'>;

/** What the code exchange sends (RFC 6749 §4.1.3, RFC 7636 §4.5). */
export interface AuthorizationCodeGrant {
  readonly code: string;
  readonly redirectUri: string;
  readonly codeVerifier: string;
}

// eslint-disable-next-line @typescript-eslint/no-deprecated -- marked so to stand out: used for loopback alone, which `addressProblem` sees to
const insecure: typeof oauth.allowInsecureRequests = oauth.allowInsecureRequests;

/** Life to assume where Box names none, in seconds (Box guide on access tokens: 60 minutes). */
const NOMINAL_LIFE_S = 3600;

/** Exchanges an authorization code. Throws what {@link Sender} throws, OAuthError, UnexpectedResponseError. */
export async function authorizationCodeGrant(
  client: BoxClientIdentity,
  { code, redirectUri, codeVerifier }: AuthorizationCodeGrant,
  sender: Sender,
): Promise<TokenResponse> {
  return translated(tokenQuirks(sender), async (send) => {
    const { server, identity, authentication, options } = parties(client, send);
    const parameters = new URLSearchParams({ code });
    // `signIn/` has compared the nonce in constant time.
    const callback = oauth.validateAuthResponse(server, identity, parameters, oauth.skipStateCheck);
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      identity,
      authentication,
      callback,
      redirectUri,
      codeVerifier,
      options,
    );
    return tokenResponse(await oauth.processAuthorizationCodeResponse(server, identity, response));
  });
}

/** Refreshes a pair (RFC 6749 §6). Throws what {@link Sender} throws, OAuthError, UnexpectedResponseError. */
export async function refreshTokenGrant(
  client: BoxClientIdentity,
  refreshToken: string,
  sender: Sender,
): Promise<TokenResponse> {
  return translated(tokenQuirks(sender), async (send) => {
    const { server, identity, authentication, options } = parties(client, send);
    const response = await oauth.refreshTokenGrantRequest(
      server,
      identity,
      authentication,
      refreshToken,
      options,
    );
    return tokenResponse(await oauth.processRefreshTokenResponse(server, identity, response));
  });
}

/**
 * Asks for an access token that comes without a refresh token (RFC 6749 §4.4, §4.5).
 * @param party the client; one without credentials does not authenticate.
 * @throws what {@link Sender} throws, OAuthError, ApiRefusedError, UnexpectedResponseError.
 */
export async function accessTokenGrant(
  party: BoxClientIdentity | Anonymous,
  grantType: string,
  parameters: Readonly<Record<string, string>>,
  sender: Sender,
): Promise<AccessTokenResponse> {
  return translated(tokenQuirks(sender), async (send) => {
    const { server, identity, authentication, options } = parties(party, send);
    const response = await oauth.genericTokenEndpointRequest(
      server,
      identity,
      authentication,
      grantType,
      { ...parameters },
      options,
    );
    const answer = await oauth.processGenericTokenEndpointResponse(server, identity, response);
    const { accessToken, expiresIn, restrictedTo } = tokenResponse(answer);
    return { accessToken, expiresIn, restrictedTo };
  });
}

/**
 * Revokes a token and its pair (RFC 7009). A token that Box does not know any more counts as revoked, as the RFC
 * has it (§2.2) and Box does not; and so does every answer of success, since its body says nothing.
 */
export async function revocation(client: BoxClientIdentity, token: string, sender: Sender): Promise<void> {
  try {
    await translated(tokenQuirks(sender), async (send) => {
      const { server, identity, authentication, options } = parties(client, send);
      const response = await oauth.revocationRequest(server, identity, authentication, token, options);
      if (!response.ok) await oauth.processRevocationResponse(response);
    });
  } catch (error) {
    const isRefusal = error instanceof OAuthError || error instanceof ApiRefusedError;
    if (!isRefusal || error.error !== 'invalid_token') throw error;
  }
}

/** Reads the token's own user (Box reference: get-users-me). Throws also ApiRefusedError. */
export async function currentUser(
  endpoints: BoxEndpoints,
  accessToken: string,
  sender: Sender,
): Promise<BoxUser> {
  const url = new URL(endpoints.currentUser);
  url.searchParams.set('fields', USER_FIELDS.join(','));
  return translated(sender, async (send) => {
    const response = await oauth.protectedResourceRequest(accessToken, 'GET', url, undefined, null, {
      [oauth.customFetch]: send,
      [insecure]: url.protocol === 'http:',
    });
    return readUser(response);
  });
}

async function readUser(response: Response): Promise<BoxUser> {
  const requestId = requestIdOf(response.headers);
  const body: unknown = await response.json().catch(() => undefined);
  if (response.status !== 200) {
    const code = v.is(clientErrorSchema, body) ? body.code : undefined;
    throw new ApiRefusedError(response.status, code, requestId);
  }
  const user = v.safeParse(userSchema, body);
  if (!user.success) throw new UnexpectedResponseError(200, 'the user object is incomplete', requestId);
  return user.output;
}

/** One challenge of a `WWW-Authenticate` header (RFC 9110 §11.3): its scheme in lower case, and what is read of it. */
export interface Challenge {
  readonly scheme: string;
  readonly parameters: { readonly error?: string; readonly scope?: string };
}

/** Reads a `WWW-Authenticate` header (RFC 9110 §11.6.1). Gives no challenge where any part of it is malformed. */
export async function challengesOf(header: string): Promise<readonly Challenge[]> {
  try {
    // The library reads challenges only as a part of refused answers, of which this has the least to read.
    const headers = { 'www-authenticate': header };
    await oauth.processRevocationResponse(new Response(null, { status: 401, headers }));
  } catch (error) {
    if (error instanceof oauth.WWWAuthenticateChallengeError) return error.cause;
  }
  return [];
}

/** The part of Box's `ClientError` that is branched on. */
const clientErrorSchema = v.object({ code: v.string() });

/** One who asks without saying who it is. */
type Anonymous = Pick<BoxClientIdentity, 'endpoints'>;

function parties(client: BoxClientIdentity | Anonymous, sender: Sender) {
  const server: oauth.AuthorizationServer = {
    issuer: new URL(client.endpoints.token).origin,
    token_endpoint: client.endpoints.token,
    revocation_endpoint: client.endpoints.revocation,
  };
  return {
    server,
    ...credentials(client),
    options: {
      [oauth.customFetch]: sender,
      [insecure]: client.endpoints.token.startsWith('http:'),
    },
  };
}

function credentials(client: BoxClientIdentity | Anonymous) {
  if ('clientSecret' in client) {
    return {
      identity: { client_id: client.clientId },
      authentication: oauth.ClientSecretPost(client.clientSecret),
    };
  }
  // The library wants an ID, which is sent by the authentication alone.
  return { identity: { client_id: 'anonymous' }, authentication: () => undefined };
}

/**
 * Box's schema makes every property optional: a `token_type` that is missing can only be `bearer`. An error's body says
 * more than a `WWW-Authenticate` header beside it. And what is JSON is read, whatever its headers call it.
 */
function tokenQuirks(sender: Sender): Sender {
  return async (url, request) => {
    const response = await sender(url, request);
    const body: unknown = await response
      .clone()
      .json()
      .catch(() => undefined);
    if (typeof body !== 'object' || body === null) return response;
    const { ok, status, headers } = response;
    if (!ok) headers.delete('www-authenticate');
    headers.set('content-type', 'application/json');
    return Response.json({ token_type: 'bearer', ...readable(body) }, { status: ok ? 200 : status, headers });
  };
}

/** What is not branched on, and must not make the rest of an answer unreadable. */
const OPTIONAL_TEXTS = new Set(['token_type', 'scope', 'error_description', 'error_uri']);

/** An answer without what counts as missing: null, and what should be a text of these and is none. */
function readable(body: object): object {
  const isThere = ([name, value]: readonly [string, unknown]): boolean =>
    value !== null && (!OPTIONAL_TEXTS.has(name) || typeof value === 'string');
  return Object.fromEntries(Object.entries(body).filter(isThere));
}

/** A pair is never lost for a `restricted_to` that cannot be read: it is only shown. */
function tokenResponse(answer: oauth.TokenEndpointResponse): TokenResponse {
  const restrictedTo = v.safeParse(restrictionsSchema, answer['restricted_to']);
  return {
    accessToken: answer.access_token,
    ...(answer.refresh_token !== undefined && { refreshToken: answer.refresh_token }),
    expiresIn: answer.expires_in ?? NOMINAL_LIFE_S,
    restrictedTo: restrictedTo.success ? restrictedTo.output : [],
  };
}

/** Turns the library's errors into ours. Theirs hold whole answers as `cause`, so none is passed on. */
async function translated<T>(sender: Sender, operation: (sender: Sender) => Promise<T>): Promise<T> {
  let last: Response | undefined;
  try {
    return await operation(async (url, request) => (last = await sender(url, request)));
  } catch (error) {
    const requestId = last && requestIdOf(last.headers);
    if (error instanceof oauth.ResponseBodyError) {
      const date = Date.parse(last?.headers.get('date') ?? '');
      const serverDate = Number.isNaN(date) ? undefined : date;
      throw new OAuthError(error.error, error.error_description, error.status, requestId, serverDate);
    }
    if (error instanceof oauth.WWWAuthenticateChallengeError) {
      const challenge = error.cause.find(({ scheme }) => scheme === 'bearer');
      throw new ApiRefusedError(error.status, challenge?.parameters.error, requestId);
    }
    if (error instanceof oauth.OperationProcessingError || error instanceof oauth.UnsupportedOperationError) {
      throw new UnexpectedResponseError(last?.status ?? 200, error.message, requestId);
    }
    throw error;
  }
}
