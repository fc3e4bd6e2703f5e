/** Where one Box is reached. The two origins also name who a stored secret was made for. */
export interface BoxBaseUrls {
  /** Origin of the authorize page, such as `https://account.box.com`. */
  readonly account: string;
  /** Origin of the token, revoke and API endpoints, such as `https://api.box.com`. */
  readonly api: string;
}

/** The four addresses that this extension asks (Box reference: get-authorize, post-oauth2-token, post-oauth2-revoke, get-users-me). */
export interface BoxEndpoints {
  readonly authorization: string;
  readonly token: string;
  readonly revocation: string;
  readonly currentUser: string;
}

/** Addresses below the given origins. */
export function endpointsOf(origins: BoxBaseUrls): BoxEndpoints {
  return {
    authorization: `${origins.account}/api/oauth2/authorize`,
    token: `${origins.api}/oauth2/token`,
    revocation: `${origins.api}/oauth2/revoke`,
    currentUser: `${origins.api}/2.0/users/me`,
  };
}

/** Whether both name the same Box. */
export function sameBaseUrls(a: BoxBaseUrls, b: BoxBaseUrls): boolean {
  return a.account === b.account && a.api === b.api;
}

/** Whether a URL's host never leaves this machine: `localhost`, `127.0.0.0/8` or `[::1]`. */
export function isLoopback(url: URL): boolean {
  // `URL` has already turned every spelling of an IPv4 address into four decimal numbers.
  return url.hostname === 'localhost' || url.hostname === '[::1]' || /^127(\.\d+){3}$/.test(url.hostname);
}

/** Why an address cannot be trusted with tokens. */
export type AddressProblem = 'not_a_url' | 'insecure' | 'has_credentials' | 'has_query';

/**
 * Checks an address from the settings.
 * @returns what is wrong with it: it must be `https`, or `http` on loopback, with no user name, query or fragment.
 */
export function addressProblem(address: string): AddressProblem | undefined {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || url.hostname === '') return 'not_a_url';
  if (url.username !== '' || url.password !== '') return 'has_credentials';
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url))) return 'insecure';
  // A bare `?` or `#` leaves no trace in the parsed URL, and would cut off what is appended.
  return /[?#]/.test(address) ? 'has_query' : undefined;
}
