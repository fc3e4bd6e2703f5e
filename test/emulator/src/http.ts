import type { IncomingHttpHeaders } from 'node:http';
import { lowerAlphanumeric } from './random';
import { Parameters } from './parameters';

/** A request read to its end. `form` is empty unless the body is form-encoded. */
export interface EmulatorRequest {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly query: Parameters;
  readonly form: Parameters;
  readonly body: string;
  readonly headers: IncomingHttpHeaders;
  readonly cookies: ReadonlyMap<string, string>;
}

/** An answer before the headers that every answer has. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: string | Buffer;
}

const FORM = 'application/x-www-form-urlencoded';
const HSTS = { 'Strict-Transport-Security': 'max-age=31536000' };

function parseCookies(header = ''): ReadonlyMap<string, string> {
  const pairs = header.split(';').map((pair) => pair.trim().split('='));
  return new Map(pairs.map(([name = '', ...value]) => [name, value.join('=')]));
}

/** Makes a request out of its parts: the method, the request target, the headers and the whole body. */
export function readRequest(
  method: string,
  target: string,
  headers: IncomingHttpHeaders,
  body: string,
): EmulatorRequest {
  const [path = '/', ...query] = target.split('?');
  const isForm = (headers['content-type'] ?? '').toLowerCase().startsWith(FORM);
  return {
    id: lowerAlphanumeric(26),
    method,
    path,
    query: new Parameters(query.join('?')),
    form: new Parameters(isForm ? body : ''),
    body,
    headers,
    cookies: parseCookies(headers.cookie),
  };
}

/** A JSON answer of Box's API host. */
export const json = (status: number, value: unknown, headers: Reply['headers'] = {}): Reply => ({
  status,
  headers: { 'Content-Type': 'application/json', ...HSTS, ...headers },
  body: JSON.stringify(value),
});

/** An answer without a body. */
export const empty = (status: number, headers: Reply['headers'] = {}): Reply => ({
  status,
  headers: { ...HSTS, ...headers },
  body: '',
});

/** A 302 to `location`, which is sent as it is. */
export const found = (location: string, headers: Reply['headers'] = {}): Reply => ({
  status: 302,
  headers: { Location: location, ...headers },
  body: '',
});
