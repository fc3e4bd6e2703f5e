import { connect } from 'node:net';

/** What to send over a socket: the request line, more header lines, and a form as the body. */
export interface RawRequest {
  readonly line: string;
  readonly headers?: readonly string[];
  readonly body?: string;
}

/** Sends a request as bytes, for what `fetch` would tidy up, and gives the whole answer as bytes. */
export function rawRequest(origin: string, { line, headers = [], body = '' }: RawRequest): Promise<string> {
  const { hostname, port, host } = new URL(origin);
  const hasHost = headers.some((header) => /^host:/i.test(header));
  const head = [
    line,
    ...(hasHost ? [] : [`Host: ${host}`]),
    'Connection: close',
    `Content-Length: ${body.length}`,
    ...(body === '' ? [] : ['Content-Type: application/x-www-form-urlencoded']),
    ...headers,
  ];
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(Number(port), hostname);
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', reject);
    socket.on('close', () => {
      resolve(Buffer.concat(chunks).toString('latin1'));
    });
    socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  });
}
