import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { LONGEST_ADDRESS, listenAt } from '../../common/socket';

const questionSchema = v.object({ store: v.string(), keys: v.array(v.string()) });
const answerSchema = v.record(v.string(), v.string());

/** What one host asks another: the texts that its SecretStorage holds under some keys of a store. */
export type Question = v.InferOutput<typeof questionSchema>;
/** The texts by their keys; a key that is not there is left out. */
export type Answer = v.InferOutput<typeof answerSchema>;

/** Longest wait for an answer, in ms. */
const ANSWER_MS = 2000;
const LONGEST_QUESTION = 1_000_000;
const LONGEST_ANSWER = 16_000_000;

/**
 * The socket over which the extension hosts of a served VS Code hand each other what their pages do not share: mode
 * 0600 in a new folder of mode 0700, or a named pipe on Windows. What passes is never in a file.
 */
export class HostLink {
  private server: Server | undefined;
  private own: string | undefined;

  /**
   * @param host name of this host.
   * @param answer answers another host.
   */
  constructor(
    private readonly host: string,
    private readonly answer: (question: Question) => Promise<Answer>,
  ) {}

  /** Begins to answer. Gives the address; throws what the system throws. */
  async open(): Promise<string> {
    this.own = await newAddress(this.host);
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      this.serve(socket).catch(() => socket.destroy());
    });
    this.server = server;
    await listenAt(server, this.own, () => undefined);
    return this.own;
  }

  /** Stops answering, and removes the socket. */
  async close(): Promise<void> {
    this.server?.close();
    this.server = undefined;
    if (this.own !== undefined && process.platform !== 'win32') {
      await rm(dirname(this.own), { recursive: true, force: true });
    }
  }

  private async serve(socket: Socket): Promise<void> {
    socket.on('error', () => socket.destroy());
    socket.setTimeout(ANSWER_MS, () => socket.destroy());
    const question = v.parse(questionSchema, JSON.parse(await readAll(socket, LONGEST_QUESTION)));
    socket.end(JSON.stringify(await this.answer(question)));
  }
}

/**
 * Asks another host.
 * @param address its socket.
 * @returns its answer; `ended` where nobody listens there any more; undefined where it gave none in time.
 */
export async function askHost(address: string, question: Question): Promise<Answer | 'ended' | undefined> {
  const socket = createConnection({ path: address, allowHalfOpen: true });
  socket.setTimeout(ANSWER_MS, () => socket.destroy(new Error('No answer')));
  try {
    socket.end(JSON.stringify(question));
    return v.parse(answerSchema, JSON.parse(await readAll(socket, LONGEST_ANSWER)));
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    return code === 'ECONNREFUSED' || code === 'ENOENT' ? 'ended' : undefined;
  } finally {
    socket.destroy();
  }
}

/** Short even where the folder that windows share has a long path. */
async function newAddress(host: string): Promise<string> {
  if (process.platform === 'win32') return `\\\\.\\pipe\\box-authentication-${host}`;
  for (const parent of [tmpdir(), '/tmp']) {
    const address = join(await mkdtemp(join(parent, 'box-auth-')), 's');
    if (Buffer.byteLength(address) <= LONGEST_ADDRESS) return address;
    await rm(dirname(address), { recursive: true, force: true });
  }
  throw new Error('No folder has a path that is short enough for a socket');
}

async function readAll(socket: Socket, most: number): Promise<string> {
  let text = '';
  socket.setEncoding('utf8');
  for await (const chunk of socket) {
    text += String(chunk);
    if (text.length > most) throw new Error('Too long');
  }
  return text;
}
