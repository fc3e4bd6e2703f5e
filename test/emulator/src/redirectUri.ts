import type { Switches } from './switches';

const LOOPBACK = /^(https?:\/\/(?:localhost|127(?:\.\d{1,3}){3}|\[::1\]))(?::\d{1,5})?((?:[/?].*)?)$/;
const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*:/;

/** Whether a URI is HTTP or HTTPS on this machine: `localhost`, `127.0.0.0/8` or `[::1]` (RFC 8252 §7.3). */
export const isLoopback = (uri: string): boolean => LOOPBACK.test(uri);

/** What is wrong with a redirect URI whatever the app registered, by the code of Box's page; undefined if nothing is. */
export function redirectUriProblem(
  uri: string,
): 'invalid_redirect_uri' | 'insecure_redirect_uri' | undefined {
  if (!SCHEME.test(uri)) return 'invalid_redirect_uri';
  if (/^http:/i.test(uri) && !isLoopback(uri)) return 'insecure_redirect_uri';
  return undefined;
}

const withoutPort = (uri: string): string | undefined => {
  const parts = LOOPBACK.exec(uri);
  return parts === null ? undefined : `${parts[1] ?? ''}${parts[2] ?? ''}`;
};

/** Whether a redirect URI equals a registered one, byte for byte; on loopback the port may differ (RFC 8252 §7.3). */
export function isRegistered(
  registered: readonly string[],
  uri: string,
  loopbackPort: Switches['loopbackPort'],
): boolean {
  if (registered.includes(uri)) return true;
  const portless = withoutPort(uri);
  if (loopbackPort === 'exact' || portless === undefined) return false;
  return registered.some((candidate) => withoutPort(candidate) === portless);
}

/** Adds parameters to a URI's query, keeping what it has byte for byte, before its fragment. */
export function appendQuery(uri: string, parameters: Record<string, string | undefined>): string {
  const [base = '', ...fragment] = uri.split('#');
  const present = Object.entries(parameters).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  const query = new URLSearchParams(present).toString();
  const separator = base.includes('?') ? (/[?&]$/.test(base) ? '' : '&') : '?';
  return [`${base}${query === '' ? '' : separator}${query}`, ...fragment].join('#');
}

/** The `form-action` source (CSP) for a URI that a form's answer redirects to: its origin, or its scheme. */
export function formActionSource(uri: string): string {
  const origin = /^https?:\/\/[A-Za-z0-9.-]+(?::\d+)?/.exec(uri)?.[0];
  return origin ?? SCHEME.exec(uri)?.[0].toLowerCase() ?? '';
}
