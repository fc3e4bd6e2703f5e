import { once } from 'node:events';
import {
  createServer,
  STATUS_CODES,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Clock } from '../../../common/clock';
import type { Log } from '../../../common/log';
import { PAGE_HEADERS } from './pages';
import { LOOPBACK } from './request';

/** What goes back for a request. */
export interface Answer {
  readonly status: number;
  /** HTML. Left out, the status in words. */
  readonly body?: string;
}

/** Dependencies of {@link CallbackServer}. */
export interface CallbackServerDependencies {
  /** Answers a request. Must not throw. */
  readonly answer: (request: IncomingMessage) => Answer;
  readonly clock: Clock;
  /** Takes a line for each connection that is no use, so it had better write each line once. */
  readonly log: Log;
}

/** Bounds on what others can make the server hold. */
export interface CallbackServerLimits {
  /** Connections that are open at a time. One more ends the oldest, so that no crowd can keep the browser out. */
  readonly connections: number;
  /** How long a connection may take to send its request, in ms. */
  readonly requestMs: number;
  /** How often that is looked at, in ms. */
  readonly checkMs: number;
  /** Size of a request line with its headers, in bytes: with all cookies of every other server on 127.0.0.1. */
  readonly headerBytes: number;
  /** How long a last answer may take to be delivered, in ms. */
  readonly lastAnswerMs: number;
}

const LIMITS: CallbackServerLimits = {
  connections: 64,
  requestMs: 10_000,
  checkMs: 2000,
  headerBytes: 64 * 1024,
  lastAnswerMs: 5000,
};

/** An HTTP server on 127.0.0.1 that answers one request a connection, and keeps no process alive. */
export class CallbackServer {
  private readonly server: Server;
  /** Open connections, the oldest first. */
  private readonly sockets = new Set<Duplex>();
  /** Connections that have got their answer, and end by themselves when it is delivered. */
  private readonly answered = new WeakSet<Duplex>();
  private isStopped = false;
  private cancelLastAnswers: () => void = () => undefined;

  constructor(
    private readonly dependencies: CallbackServerDependencies,
    private readonly limits = LIMITS,
  ) {
    const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
      this.answer(request, response);
    };
    this.server = createServer({
      requireHostHeader: false,
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.requestMs,
      requestTimeout: limits.requestMs,
      connectionsCheckingInterval: limits.checkMs,
    });
    this.server.maxRequestsPerSocket = 1;
    // Node's `close` would cut an answer that is not wholly delivered yet. This class ends the connections itself.
    this.server.closeIdleConnections = () => undefined;
    for (const event of ['request', 'checkContinue', 'checkExpectation']) this.server.on(event, onRequest);
    this.server.on('connection', (socket) => {
      this.admit(socket);
    });
    this.server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
      this.refuse(error, socket);
    });
    this.server.unref();
  }

  /**
   * Starts listening. Where that failed it can be tried again, with another port.
   * @returns the port. Rejects with the system's error where it cannot be had.
   */
  async listen(port: number): Promise<number> {
    this.server.listen(port, LOOPBACK);
    await once(this.server, 'listening');
    this.server.on('error', () => {
      this.dependencies.log.info('The local server could not take a connection');
    });
    return (this.server.address() as AddressInfo).port;
  }

  /** Frees the port. Connections that are open can still get their answer, for a short time. */
  stopListening(): void {
    if (this.isStopped) return;
    this.isStopped = true;
    this.server.close();
    if (this.sockets.size === 0) return;
    this.cancelLastAnswers = this.dependencies.clock.after(this.limits.lastAnswerMs, () => {
      for (const socket of this.sockets) socket.destroy();
    });
  }

  /** Frees the port and ends every connection at once, but for answers that are on their way. */
  dispose(): void {
    this.stopListening();
    for (const socket of this.sockets) if (!this.answered.has(socket)) socket.destroy();
  }

  private admit(socket: Socket): void {
    socket.unref();
    this.sockets.add(socket);
    socket.once('close', () => {
      this.sockets.delete(socket);
      if (this.sockets.size === 0) this.cancelLastAnswers();
    });
    if (this.sockets.size <= this.limits.connections) return;
    this.dependencies.log.info('The local server ended a connection because there were too many');
    const oldest = [...this.sockets].find((candidate) => !this.answered.has(candidate));
    oldest?.destroy();
    if (oldest !== undefined) this.sockets.delete(oldest);
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const { status, body = plainBody(status) } = this.dependencies.answer(request);
    this.answered.add(request.socket);
    response.writeHead(status, headersFor(status, body)).end(body);
  }

  /** Ends a connection on which no HTTP request came. */
  private refuse({ code = '' }: NodeJS.ErrnoException, socket: Duplex): void {
    if (this.answered.has(socket)) return;
    if (code.startsWith('HPE_') && socket.writable) {
      this.dependencies.log.info('The local server ignored something that is no HTTP request');
      this.answered.add(socket);
      const status = code === 'HPE_HEADER_OVERFLOW' ? 431 : 400;
      socket.end(rawAnswer(status), () => socket.destroy());
    } else socket.destroy();
  }
}

function headersFor(status: number, body: string): Record<string, string> {
  return {
    ...PAGE_HEADERS,
    ...(status === 405 && { Allow: 'GET' }),
    'Content-Length': Buffer.byteLength(body).toString(),
    Connection: 'close',
  };
}

function plainBody(status: number): string {
  return `${status} ${STATUS_CODES[status] ?? ''}\n`;
}

function rawAnswer(status: number): string {
  const body = plainBody(status);
  const headers = Object.entries(headersFor(status, body)).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, ...headers, '', body].join('\r\n');
}
