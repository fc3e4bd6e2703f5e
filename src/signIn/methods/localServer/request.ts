import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { CALLBACK_PATH } from '../../callback/callbackPath';

/** The only address that the local server listens on. */
export const LOOPBACK = '127.0.0.1';

/** Why a request is none that Box's page could have caused. */
export interface Refusal {
  readonly status: 400 | 404 | 405 | 421;
  /** A line for the log, with nothing of what was sent in it. */
  readonly reason: string;
}

/** A request as far as the local server reads it: the query of a callback, not yet checked, or why it is none. */
export type LocalServerRequest = { readonly query: string } | Refusal;

/** The redirect URI of a port, and so the address at which the local server is asked (RFC 8252 §7.3). */
export function redirectUriFor(port: number): string {
  return `http://${LOOPBACK}:${port}${CALLBACK_PATH}`;
}

/** The parts of a request that are read. */
export type RequestParts = Pick<IncomingMessage, 'method' | 'url' | 'headersDistinct'> & {
  readonly socket: Pick<Socket, 'localPort'>;
};

/**
 * Reads a request's method, target and Host, and nothing else. Host must be that of the redirect URI, exactly: a web
 * page whose own name leads to this computer (DNS rebinding) comes with another.
 */
export function readRequest({ method, url = '', headersDistinct, socket }: RequestParts): LocalServerRequest {
  const [host, ...more] = headersDistinct['host'] ?? [];
  if (host === undefined || more.length > 0) return refusal(400, 'without one Host');
  if (host !== new URL(redirectUriFor(socket.localPort ?? 0)).host) return refusal(421, 'for another Host');
  const [path, ...query] = url.split('?');
  if (path !== CALLBACK_PATH) return refusal(404, 'for another path');
  if (method !== 'GET') return refusal(405, 'with another method than GET');
  return { query: query.join('?') };
}

function refusal(status: Refusal['status'], what: string): Refusal {
  return { status, reason: `The local server ignored a request ${what}` };
}
