/** What an authorization response says (RFC 6749 §4.1.2): a code, or why there is none. */
export type AuthorizationResponse =
  { readonly code: string } | { readonly error: string; readonly errorDescription?: string };

/** A callback as it arrived, not yet matched with a sign-in. */
export interface Callback {
  /** The nonce of the sign-in that it claims to belong to. */
  readonly nonce: string;
  readonly response: AuthorizationResponse;
}

/** Name of the parameter of the callback URI that carries the nonce. */
export const NONCE_PARAMETER = 'nonce';

/** Parameters on which it depends whose sign-in ends how. */
const DECISIVE = [NONCE_PARAMETER, 'state', 'code', 'error'];

const MAX_QUERY_LENGTH = 8192;
/** An answer has five parameters, and VS Code adds as many. */
const MAX_PARAMETERS = 64;
const PRINTABLE = /^[\x20-\x7e]{1,2048}$/;

/**
 * Reads a callback's query. Any web page can send one, so everything is checked: a nonce, state, code or error that
 * stands twice, is empty, huge or not printable ASCII makes the whole callback void. A description that is so is
 * only left out.
 * @param query without the question mark, percent-encoded or, as some hosts hand it over, already decoded.
 * @returns undefined where it is no authorization response that names a sign-in.
 */
export function parseCallback(query: string): Callback | undefined {
  if (query.length > MAX_QUERY_LENGTH || query.split('&').length > MAX_PARAMETERS) return undefined;
  const parameters = parseQuery(query);
  const isSound = DECISIVE.every((name) => !parameters.has(name) || single(parameters, name) !== undefined);
  const nonce = single(parameters, NONCE_PARAMETER) ?? single(parameters, 'state');
  if (!isSound || nonce === undefined) return undefined;
  const response = readResponse(parameters);
  return response && { nonce, response };
}

function readResponse(parameters: Map<string, string[]>): AuthorizationResponse | undefined {
  const code = single(parameters, 'code');
  const error = single(parameters, 'error');
  if (code !== undefined && error === undefined) return { code };
  if (error === undefined || code !== undefined) return undefined;
  const description = single(parameters, 'error_description')?.replaceAll('+', ' ');
  return { error, ...(description !== undefined && { errorDescription: description }) };
}

/**
 * Splits a query without reading `+` as a space, as URLSearchParams would: in a query that was already decoded,
 * a plus sign is one.
 */
function parseQuery(query: string): Map<string, string[]> {
  const parameters = new Map<string, string[]>();
  for (const pair of query.split('&')) {
    const [name = '', ...rest] = pair.split('=');
    const [key, value] = [decoded(name), decoded(rest.join('='))];
    const values = parameters.get(key);
    if (values === undefined) parameters.set(key, [value]);
    else values.push(value);
  }
  return parameters;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function single(parameters: Map<string, string[]>, name: string): string | undefined {
  const [value, ...more] = parameters.get(name) ?? [];
  return value !== undefined && more.length === 0 && PRINTABLE.test(value) ? value : undefined;
}
