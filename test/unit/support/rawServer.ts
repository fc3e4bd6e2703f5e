import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server on loopback that answers as a test tells it, for answers that no Box gives. */
export class RawServer {
  private readonly server = createServer((request, response) => {
    this.requests += 1;
    this.answer(request, response);
    this.arrived();
  });
  private arrived: () => void = () => undefined;

  /** Answers each request. */
  answer: RequestListener = (_request, response) => response.writeHead(500).end();

  /** How many requests have arrived. */
  requests = 0;

  /** `http://127.0.0.1:<port>`, once it listens. */
  get origin(): string {
    const { port } = this.server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  /** Waits until `count` requests have arrived in all. */
  async arrival(count: number): Promise<void> {
    while (this.requests < count) {
      await new Promise<void>((resolve) => {
        this.arrived = resolve;
      });
    }
  }

  /** Listens on a free port. */
  listen(): Promise<void> {
    return new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  /** Ends every connection and stops listening. */
  close(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => {
      this.server.close(() => {
        resolve();
      });
    });
  }
}

/** Starts a server for each test of the `describe` that this is called in. */
export function useRawServer(): () => RawServer {
  let server: RawServer;
  beforeEach(async () => {
    server = new RawServer();
    await server.listen();
  });
  afterEach(() => server.close());
  return () => server;
}
