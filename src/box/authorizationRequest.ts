import { createHash, randomBytes } from 'node:crypto';

/** Parameters of an authorization request (RFC 6749 §4.1.1, RFC 7636 §4.3, Box reference: get-authorize). */
export interface AuthorizationRequest {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly state: string;
  readonly codeVerifier: string;
  /** Application scopes to ask for; none asks for everything that the app has. */
  readonly scopes: readonly string[];
  /** Login to fill in on Box's page. A hint, which Box may ignore. */
  readonly login?: string | undefined;
}

/** 32 random bytes, base64url: enough for a nonce and for a PKCE code verifier (RFC 7636 §4.1, 43 characters). */
export function randomToken(): string {
  return randomBytes(32).toString('base64url');
}

/** S256 code challenge of a code verifier (RFC 7636 §4.2). */
export function codeChallenge(codeVerifier: string): string {
  return createHash('sha256').update(codeVerifier).digest('base64url');
}

/** The address to open in the browser. It must reach the browser byte for byte. */
export function authorizationUrl(authorizationEndpoint: string, request: AuthorizationRequest): string {
  const parameters: [string, string][] = [
    ['response_type', 'code'],
    ['client_id', request.clientId],
    ['redirect_uri', request.redirectUri],
    ['state', request.state],
    ['code_challenge', codeChallenge(request.codeVerifier)],
    ['code_challenge_method', 'S256'],
  ];
  if (request.scopes.length > 0) parameters.push(['scope', request.scopes.join(' ')]);
  if (request.login !== undefined) parameters.push(['box_login', request.login]);
  const query = parameters
    .map(([name, value]) => `${name}=${encodeURIComponent(value.toWellFormed())}`)
    .join('&');
  return `${authorizationEndpoint}?${query}`;
}
