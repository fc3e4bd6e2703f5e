import { once } from 'node:events';
import { request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Log } from '../../../../src/common/log';
import { CallbackRouter } from '../../../../src/signIn/callback/callbackRouter';
import { LocalServerMethod, type LocalServerDependencies } from '../../../../src/signIn/methods/localServer';
import type { CallbackServerLimits } from '../../../../src/signIn/methods/localServer/callbackServer';
import type { AnswerPageWords } from '../../../../src/signIn/methods/localServer/pages';
import type { PreparedSignIn } from '../../../../src/signIn/signInMethod';
import { listen } from '../../../vscode/listening';
import { FakeClock } from '../../support/fakeClock';
import { RecordingLog } from '../../support/recordingLog';

export const HOST = '127.0.0.1';
export const EDITOR_URI = 'vscode://vscode-box.box-authentication/return';

/** Words that can be told from one another. */
export const WORDS: AnswerPageWords = {
  lang: 'en',
  dir: 'ltr',
  granted: { title: 'Granted', heading: 'Box granted it', text: 'The editor finishes it.' },
  refused: (error) => ({
    title: 'Refused',
    heading: 'Box refused it',
    text: `Box says: ${error ?? 'something'}.`,
  }),
  notExpected: { title: 'Unknown', heading: 'Nobody waits for it', text: 'The sign-in goes on.' },
  returnToEditor: 'Return to the editor',
  footer: 'From this computer',
};

/** Ports below those that systems give to outgoing connections. */
const [FIRST_PORT, PORTS] = [20_000, 11_000];

/** Gives so many ports that nobody listens on. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    const port = FIRST_PORT + Math.floor(Math.random() * PORTS);
    const server = ports.includes(port) ? undefined : await listenOn(port).catch(() => undefined);
    if (server === undefined) continue;
    server.close();
    ports.push(port);
  }
  return ports;
}

/** Takes a port, so that nobody else gets it. */
async function listenOn(port: number): Promise<Server> {
  const server = createServer();
  await listen(server, HOST, port);
  return server;
}

/** The port of a sign-in. */
export function portOf({ redirectUri }: PreparedSignIn): number {
  return Number(new URL(redirectUri).port);
}

export interface HttpAnswer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Sends one request on a connection of its own. */
export async function send(
  port: number,
  path: string,
  options: { readonly method?: string; readonly headers?: Record<string, string> } = {},
): Promise<HttpAnswer> {
  const sent = request({ host: HOST, port, path, agent: false, ...options }).end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

/** A connection of which everything that comes is kept. */
export class RawConnection {
  private received = '';
  /** Settles with everything that came when the other side has ended the connection, be it by a reset. */
  readonly ended: Promise<string>;

  constructor(readonly socket: Socket) {
    socket.setEncoding('latin1').on('data', (chunk: string) => (this.received += chunk));
    socket.on('error', () => undefined);
    this.ended = new Promise((resolve) => {
      socket.once('close', () => {
        resolve(this.received);
      });
    });
  }

  static async open(port: number): Promise<RawConnection> {
    const socket = connect(port, HOST);
    const connection = new RawConnection(socket);
    await once(socket, 'connect');
    return connection;
  }
}

/** Sends bytes on a connection of their own, as they are, and says no more. Gives what came back. */
export async function sendRaw(
  port: number,
  bytes: string,
  encoding: BufferEncoding = 'latin1',
): Promise<string> {
  const { socket, ended } = new RawConnection(connect(port, HOST));
  socket.end(bytes, encoding);
  return ended;
}

/** The head and the body of an answer that came as bytes. */
export function split(answer: string): { readonly head: string; readonly body: string } {
  const end = answer.indexOf('\r\n\r\n');
  return { head: answer.slice(0, end), body: Buffer.from(answer.slice(end + 4), 'latin1').toString() };
}

/** The sign-ins of one test. */
export class SignIns {
  readonly clock = new FakeClock();
  readonly log = new RecordingLog();
  private readonly prepared: PreparedSignIn[] = [];
  private readonly taken: Server[] = [];

  method(
    ports: readonly number[],
    more: Partial<LocalServerDependencies> & { readonly limits?: CallbackServerLimits } = {},
  ): LocalServerMethod {
    const { clock, log } = this;
    const newRouter = (ofOne: Log): CallbackRouter => new CallbackRouter(ofOne);
    return new LocalServerMethod(
      { ports: () => ports, pages: () => WORDS, editorUri: () => EDITOR_URI, newRouter, clock, log, ...more },
      more.limits,
    );
  }

  /** Prepares a sign-in that ends with the test. */
  async prepare(method: LocalServerMethod, nonce: string): Promise<PreparedSignIn> {
    const prepared = await method.prepare(nonce);
    this.prepared.push(prepared);
    return prepared;
  }

  /** Takes ports for the length of the test. */
  async take(...ports: readonly number[]): Promise<void> {
    for (const port of ports) this.taken.push(await listenOn(port));
  }

  end(): void {
    for (const prepared of this.prepared) prepared.dispose();
    for (const server of this.taken) server.close();
  }
}

/** Gives each test of the `describe` that this is called in its own sign-ins, and ends them after it. */
export function useSignIns(): () => SignIns {
  let signIns: SignIns;
  beforeEach(() => {
    signIns = new SignIns();
  });
  afterEach(() => {
    signIns.end();
  });
  return () => signIns;
}
