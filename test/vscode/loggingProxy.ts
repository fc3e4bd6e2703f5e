import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { forward } from './forward';
import { listen, unlisten } from './listening';

/** A request that the proxy has passed on. */
export interface ForwardedRequest {
  /** `CONNECT` for a tunnel, whose content nobody in between can read. */
  readonly method: string;
  /** Host and port. */
  readonly host: string;
  /** Without the query; empty for a tunnel. */
  readonly path: string;
}

/** Who may use a proxy, and what it knows. */
export interface ProxyOptions {
  /** What it demands; nothing unless told. */
  readonly credentials?: { readonly user: string; readonly password: string };
  /** Names that it alone can resolve, and their addresses. */
  readonly hosts?: Readonly<Record<string, string>>;
}

const address = '127.0.0.1';
const refusal = { 'proxy-authenticate': 'Basic realm="proxy"', 'content-type': 'text/html' };

/** A forward proxy as companies have them (RFC 9110 §7.6, §9.3.6). It writes down where requests went, and no more. */
export class LoggingProxy {
  /** What was passed on, in order. */
  readonly requests: ForwardedRequest[] = [];
  /** How many requests it refused for want of credentials. */
  refusals = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Duplex>();
  readonly #authorization: string | undefined;
  #port = 0;

  constructor(private readonly options: ProxyOptions = {}) {
    if (options.credentials) {
      const { user, password } = options.credentials;
      this.#authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    }
    this.#server = createServer((asked, answer) => {
      this.#pass(asked, answer);
    });
    this.#server.on('connection', (socket: Socket) => {
      this.#keep(socket);
    });
    this.#server.on('connect', (asked: IncomingMessage, socket: Duplex, head: Buffer) => {
      this.#tunnel(asked, socket, head);
    });
  }

  /** Its address as the setting `http.proxy` takes it, without credentials. */
  get url(): string {
    return `http://${address}:${this.#port}`;
  }

  /** The same with its credentials. */
  get urlWithCredentials(): string {
    const { user = '', password = '' } = this.options.credentials ?? {};
    return `http://${user}:${password}@${address}:${this.#port}`;
  }

  /** Begins to serve: on a free port, and on the same one when it was stopped before. */
  async start(): Promise<void> {
    this.#port = await listen(this.#server, address, this.#port);
  }

  /** Ends its connections and stops listening. */
  async stop(): Promise<void> {
    const stopped = unlisten(this.#server);
    for (const socket of this.#sockets) socket.destroy();
    await stopped;
  }

  #pass(asked: IncomingMessage, answer: ServerResponse): void {
    if (!this.#admits(asked)) {
      answer.writeHead(407, refusal).end('<html>Proxy authentication required</html>');
      return;
    }
    const url = asked.url ?? '';
    if (!url.startsWith('http://')) {
      answer.writeHead(400).end();
      return;
    }
    const target = new URL(url);
    this.requests.push({ method: asked.method ?? '', host: target.host, path: target.pathname });
    forward(asked, answer, target);
  }

  #tunnel(asked: IncomingMessage, client: Duplex, head: Buffer): void {
    if (!this.#admits(asked)) {
      const headers = Object.entries(refusal).map(([name, value]) => `${name}: ${value}\r\n`);
      client.end(
        `HTTP/1.1 407 Proxy Authentication Required\r\n${headers.join('')}content-length: 0\r\n\r\n`,
      );
      return;
    }
    const { hostname, port } = new URL(`http://${asked.url ?? ''}`);
    this.requests.push({ method: 'CONNECT', host: asked.url ?? '', path: '' });
    const server = connect(Number(port), this.options.hosts?.[hostname] ?? hostname, () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      server.write(head);
      server.pipe(client);
      client.pipe(server);
    });
    this.#keep(server);
    server.on('close', () => client.destroy());
    client.on('close', () => server.destroy());
  }

  #admits({ headers }: IncomingMessage): boolean {
    const admits =
      this.#authorization === undefined || headers['proxy-authorization'] === this.#authorization;
    if (!admits) this.refusals += 1;
    return admits;
  }

  /** Without a listener, an error of a connection that broke would end the process. */
  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
  }
}
