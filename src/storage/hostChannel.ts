import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readdir, unlink } from 'node:fs/promises';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Log } from '../log';

/** Gives what this host's SecretStorage holds under a key, as it is stored. */
export type SecretReader = (key: string) => PromiseLike<string | undefined>;

/** Longest wait for another host's answer, in ms. */
const ANSWER_MS = 2000;
/** Longest address of a socket that every system takes, in bytes. */
const LONGEST_PATH = 100;
const MAX_MESSAGE = 1_000_000;

/**
 * Sockets over which the extension hosts of one machine hand each other a secret that their windows do not share: of
 * mode 0600, in a folder of mode 0700. What passes is never in a file.
 */
export class HostChannel {
  /** Name of this host on the channel. */
  readonly host = randomBytes(4).toString('hex');
  private server: Server | undefined;

  /** @param folder where the sockets are. */
  constructor(
    private readonly folder: string,
    private readonly read: SecretReader,
    private readonly log: Log,
  ) {}

  /** Begins to answer other hosts. Without a folder for sockets this host neither answers nor asks. */
  async open(): Promise<void> {
    const path = this.socket(this.host);
    if (path.length > LONGEST_PATH || process.platform === 'win32') {
      this.log.warn(
        'Windows cannot hand sessions to each other here: reload a window to bring it up to date',
      );
      return;
    }
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    await chmod(this.folder, 0o700);
    this.server = createServer({ allowHalfOpen: true }, (socket) => {
      this.answer(socket).catch(() => socket.destroy());
    });
    const { server } = this;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, resolve);
    });
    await chmod(path, 0o600);
    server.unref();
  }

  /** Stops answering. */
  close(): void {
    this.server?.close();
    this.server = undefined;
  }

  /**
   * Asks other hosts what they hold under a key, until an answer is good enough.
   * @param first the host to ask first, because it is the likeliest to know.
   * @param isEnough whether an answer will do.
   * @returns the first such answer, or undefined when no living host has one.
   */
  async ask(key: string, first: string, isEnough: (stored: string) => boolean): Promise<string | undefined> {
    const names = await readdir(this.folder).catch(() => []);
    const others = names.map((name) => name.replace(/\.sock$/, '')).filter((host) => host !== this.host);
    const isFirst = (host: string): boolean => host === first;
    for (const hosts of [others.filter(isFirst), others.filter((host) => !isFirst(host))]) {
      const answers = await Promise.all(hosts.map((host) => this.request(host, key)));
      const enough = answers.find((answer) => answer !== undefined && isEnough(answer));
      if (enough !== undefined) return enough;
    }
    return undefined;
  }

  private async answer(socket: Socket): Promise<void> {
    socket.on('error', () => socket.destroy());
    socket.setTimeout(ANSWER_MS, () => socket.destroy());
    const key = await readAll(socket).catch(() => undefined);
    const stored = key === undefined ? undefined : await this.read(key);
    socket.end(stored ?? '');
  }

  private async request(host: string, key: string): Promise<string | undefined> {
    const path = this.socket(host);
    const socket = createConnection({ path, allowHalfOpen: true });
    socket.setTimeout(ANSWER_MS, () => socket.destroy(new Error('No answer')));
    try {
      socket.end(key);
      const answer = await readAll(socket);
      return answer === '' ? undefined : answer;
    } catch (error) {
      // The host has ended without taking its socket along.
      if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') await unlink(path).catch(() => undefined);
      return undefined;
    }
  }

  private socket(host: string): string {
    return join(this.folder, `${host}.sock`);
  }
}

async function readAll(socket: Socket): Promise<string> {
  let text = '';
  socket.setEncoding('utf8');
  for await (const chunk of socket) {
    text += String(chunk);
    if (text.length > MAX_MESSAGE) throw new Error('Too long');
  }
  return text;
}
