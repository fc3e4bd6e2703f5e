import { createServer, type Server, type Socket } from 'node:net';
import * as v from 'valibot';
import { isKnownScope } from '../box/scopes';
import type { Clock } from '../common/clock';
import { parseJson } from '../common/json';
import { errorText } from '../common/errorText';
import type { Log } from '../common/log';
import { listenAt } from '../common/socket';
import { exitCodeOf, TerminalError } from './errors';
import { LONGEST_QUESTION, oneLine, PROTOCOL_VERSION, type Answer, type Question } from './protocol';
import type { TerminalKeys } from './terminalKeys';
import type { TokenGiver } from './tokenGiver';

const text = (longest: number) => v.pipe(v.string(), v.minLength(1), v.maxLength(longest));

const questionSchema = v.object({
  version: v.literal(PROTOCOL_VERSION),
  key: text(200),
  account: v.optional(text(320)),
  scopes: v.pipe(v.array(v.pipe(v.string(), v.check(isKnownScope))), v.maxLength(50)),
  resource: v.optional(text(2048)),
  program: text(1000),
});

/** Dependencies of {@link TokenServer}. */
export interface TokenServerDependencies {
  readonly keys: TerminalKeys;
  readonly giver: Pick<TokenGiver, 'give'>;
  /** Turns an error into one whose message a person understands, and sees to its line in the log. */
  readonly describeError: (error: unknown) => Promise<Error>;
  readonly clock: Clock;
  readonly log: Log;
}

/** How long a program may take to send its question, in ms. */
const QUESTION_MS = 5000;
/** How long one is held at most, in ms: a person, a refresh and an exchange may be waited for. */
const LONGEST_MS = 140_000;
/** How many programs are held at a time. More are turned away. */
const MOST_PROGRAMS = 500;

/** Answers the programs in this window’s terminals: one question and one answer, each a line of JSON, for each connection. */
export class TokenServer {
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private hasToldOfKey = false;
  /** One object each, because the log has a line for each error: a program that goes on asking fills it with nothing. */
  private readonly unknown = new TerminalError('unknown_terminal');
  private readonly unreadable = new TerminalError('unreadable_question');

  constructor(private readonly dependencies: TokenServerDependencies) {
    this.server = createServer({ allowHalfOpen: true }, (socket) => {
      this.serve(socket);
    });
    this.server.maxConnections = MOST_PROGRAMS;
  }

  /** Begins to answer at an address. @throws what the system throws */
  async listen(address: string): Promise<void> {
    await listenAt(this.server, address, (error) => {
      this.dependencies.log.warn(`Terminals cannot reach this window: ${errorText(error)}`);
    });
  }

  /** Drops the programs that wait. */
  hangUp(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  /** Ends. The socket’s file goes with it. */
  close(): void {
    this.server.close();
    this.hangUp();
  }

  private serve(socket: Socket): void {
    const { clock } = this.dependencies;
    const gone = new AbortController();
    this.sockets.add(socket);
    const end = (): void => {
      socket.destroy();
    };
    let cancel = clock.after(QUESTION_MS, end);
    socket.on('error', end);
    socket.on('close', () => {
      cancel();
      gone.abort();
      this.sockets.delete(socket);
    });
    readLine(socket, (line) => {
      cancel();
      cancel = clock.after(LONGEST_MS, end);
      void this.answer(line, gone.signal).then((answer) => {
        socket.end(`${JSON.stringify(answer)}\n`);
        cancel();
        // A program that does not take its answer is not held for ever.
        cancel = clock.after(QUESTION_MS, end);
      });
    });
  }

  private async answer(line: string | undefined, signal: AbortSignal): Promise<Answer> {
    const { keys, giver, describeError } = this.dependencies;
    try {
      const question = v.safeParse(questionSchema, line === undefined ? undefined : parseJson(line));
      if (!question.success) throw this.unreadable;
      const known = keys.find(question.output.key);
      if (known === undefined) {
        this.tellOfKey();
        throw this.unknown;
      }
      return await giver.give(asQuestion(question.output), known.grant, signal);
    } catch (error) {
      const { message } = await describeError(error);
      return { exit: exitCodeOf(error), message: oneLine(message) };
    }
  }

  private tellOfKey(): void {
    if (this.hasToldOfKey) return;
    this.hasToldOfKey = true;
    this.dependencies.log.warn(
      'A program asked for a token with a key that is not of this window, and was refused: its terminal is from before the window was loaded, or access was stopped',
    );
  }
}

/** Gives the first line, once; undefined where it is longer than a question may be, or cut off. */
function readLine(socket: Socket, take: (line: string | undefined) => void): void {
  const chunks: Buffer[] = [];
  let length = 0;
  let isTaken = false;
  const end = (line: string | undefined): void => {
    if (isTaken) return;
    isTaken = true;
    take(line);
  };
  socket.on('data', (chunk: Buffer) => {
    if (isTaken) return;
    chunks.push(chunk);
    length += chunk.length;
    const isWhole = chunk.includes('\n'.charCodeAt(0));
    if (length > LONGEST_QUESTION) end(undefined);
    else if (isWhole) end(Buffer.concat(chunks).toString().split('\n', 1)[0]);
  });
  socket.on('end', () => {
    // A program that waits for its answer keeps its side open.
    if (isTaken || length === 0) socket.destroy();
    else end(undefined);
  });
}

function asQuestion({ account, resource, ...rest }: v.InferOutput<typeof questionSchema>): Question {
  return { ...rest, ...(account !== undefined && { account }), ...(resource !== undefined && { resource }) };
}
