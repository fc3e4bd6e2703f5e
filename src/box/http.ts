import type { Clock } from '../common/clock';
import type { Log } from '../common/log';
import { UnexpectedResponseError, UnreachableError } from './errors';
import { retryAfterMs } from './retryAfter';
import type { ServerTime } from './serverTime';

/** A request as oauth4webapi hands it over. */
export interface HttpRequest {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: unknown;
}

/** The far end: `node-fetch`, which VS Code's proxy and certificate settings reach. */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchResponse>;

/** What we ask of a fetch. */
export interface FetchInit {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: URLSearchParams;
  readonly redirect: 'manual';
  readonly signal: AbortSignal;
  /** Largest body to accept, in bytes. */
  readonly size: number;
}

/** What we read of its answer. */
export interface FetchResponse {
  readonly status: number;
  readonly headers: Iterable<[string, string]>;
  text(): Promise<string>;
}

/** Dependencies of {@link send}. */
export interface HttpDependencies {
  /** Loads the fetch on first use, which keeps it out of the start of the window. */
  readonly loadFetch: () => Promise<Fetch>;
  readonly clock: Clock;
  /** `User-Agent` to send (facts of the product, no identifier of the user). */
  readonly userAgent: string;
  /** Is shown the headers of every answer, whatever becomes of it. */
  readonly serverTime?: Pick<ServerTime, 'note'>;
  /** Gets a line of each request at its level for debugging: nothing of a query, a header or a body is in it. */
  readonly log: Log;
}

/** When to give up on a request. */
export interface Patience {
  /** Longest wait for the whole answer, in ms. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

const MAX_BODY_BYTES = 1_000_000;
/** What VS Code (`@vscode/proxy-agent`) says, without any code, of a proxy that it cannot reach. */
const PROXY_FAILURE = 'socket connection to proxies';
const NULL_BODY_STATUSES = new Set([204, 205, 304]);

/**
 * Sends one request and reads the whole answer. A redirect is never followed: Box's legacy hosts answer with one,
 * and a replayed POST would lose its body or hand it to another host.
 * @returns the answer, body in memory.
 * @throws UnreachableError where no whole answer arrived; UnexpectedResponseError for 3xx, 407, 409, 429 and 5xx;
 * the signal's reason when aborted.
 */
export async function send(
  { loadFetch, clock, userAgent, serverTime, log }: HttpDependencies,
  url: string,
  request: HttpRequest,
  { timeoutMs, signal }: Patience,
): Promise<Response> {
  signal?.throwIfAborted();
  const timeout = new AbortController();
  const cancelTimer = clock.after(timeoutMs, () => {
    timeout.abort();
  });
  const { host, pathname } = new URL(url);
  const began = clock.monotonic();
  const note = (outcome: string): void => {
    log.debug(
      `${request.method} ${host}${pathname}: ${outcome} in ${Math.round(clock.monotonic() - began)} ms`,
    );
  };
  const either = signal === undefined ? timeout.signal : AbortSignal.any([signal, timeout.signal]);
  try {
    const fetch = await loadFetch();
    const answer = await fetch(url, {
      method: request.method,
      headers: { ...request.headers, 'user-agent': userAgent },
      ...(request.body instanceof URLSearchParams && { body: request.body }),
      redirect: 'manual',
      signal: either,
      size: MAX_BODY_BYTES,
    });
    const headers = new Headers([...answer.headers]);
    serverTime?.note(headers);
    const body = await answer.text();
    const requestId = requestIdOf(headers);
    note(`${answer.status}${requestId === undefined ? '' : `, request ID ${requestId},`}`);
    return accept(answer.status, headers, body, clock.now());
  } catch (error) {
    if (error instanceof UnexpectedResponseError) throw error;
    const code = timeout.signal.aborted ? 'TIMEOUT' : systemCode(error);
    note(signal?.aborted === true ? 'called off' : isTooLarge(error) ? 'too large an answer' : code);
    signal?.throwIfAborted();
    if (isTooLarge(error)) throw new UnexpectedResponseError(200, 'the answer is too large');
    throw new UnreachableError(code, host);
  } finally {
    cancelTimer();
  }
}

/** Box's id of a request, in its header `BOX-REQUEST-ID`, which Box's support asks for. */
export function requestIdOf(headers: Headers): string | undefined {
  const id = headers.get('box-request-id');
  return id !== null && /^[\w-]{1,64}$/.test(id) ? id : undefined;
}

function accept(status: number, headers: Headers, body: string, now: number): Response {
  const requestId = requestIdOf(headers);
  if (status === 409 || status === 429 || status >= 500) {
    const wait = retryAfterMs(headers.get('retry-after'), now);
    throw new UnexpectedResponseError(status, 'try again later', requestId, wait);
  }
  if (status === 407) throw new UnexpectedResponseError(status, 'a proxy demands credentials', requestId);
  if (status < 200 || (status >= 300 && status < 400)) {
    throw new UnexpectedResponseError(status, 'redirects are not followed', requestId);
  }
  return new Response(NULL_BODY_STATUSES.has(status) ? null : body, { status, headers });
}

/** `node-fetch` says so of an answer that is larger than `size`. */
function isTooLarge(error: unknown): boolean {
  return error instanceof Error && 'type' in error && error.type === 'max-size';
}

function systemCode(error: unknown): string {
  for (let e = error; e instanceof Error; e = e.cause) {
    if ('code' in e && typeof e.code === 'string') return e.code;
    if (e.message.includes(PROXY_FAILURE)) return 'PROXY_UNREACHABLE';
  }
  return 'UNKNOWN';
}
