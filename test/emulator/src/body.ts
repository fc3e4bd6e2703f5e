import type { IncomingMessage } from 'node:http';

const LIMIT = 256 * 1024;

/** The whole body of a request as text; undefined when it is larger than 256 KiB, of which nothing is kept. */
export async function readBody(message: IncomingMessage): Promise<string | undefined> {
  let chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    chunks = size > LIMIT ? [] : [...chunks, chunk];
  }
  return size > LIMIT ? undefined : Buffer.concat(chunks).toString('utf8');
}
