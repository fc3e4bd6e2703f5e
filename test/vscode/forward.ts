import { request, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';

/** Headers that are meant for the next hop alone (RFC 9110 §7.6.1, §11.7). */
const hopByHop = ['connection', 'keep-alive', 'proxy-authorization', 'proxy-connection'];

/**
 * Passes a request on and its answer back. Where the way breaks, the connection does too.
 *
 * @param target The address to ask, `http`; its host becomes the `Host` header.
 * @param beforeEnd Called when the answer is there as a whole, before whoever asked has its end.
 */
export function forward(
  asked: IncomingMessage,
  answer: ServerResponse,
  target: URL,
  beforeEnd: () => void = () => undefined,
): void {
  const options = { method: asked.method, headers: { ...endToEnd(asked), host: target.host } };
  const passed = request(target, options, (given) => {
    answer.writeHead(given.statusCode ?? 502, endToEnd(given));
    given.on('end', beforeEnd);
    given.pipe(answer);
    given.on('error', () => answer.destroy());
  });
  passed.on('error', () => answer.destroy());
  answer.on('close', () => passed.destroy());
  asked.pipe(passed);
}

function endToEnd({ headers }: IncomingMessage): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !hopByHop.includes(name)));
}
