import { createConnection } from 'node:net';
import {
  EXIT,
  LONGEST_ANSWER,
  LONGEST_WAIT_MS,
  oneLine,
  type Answer,
  type ExitCode,
  type GivenToken,
  type Question,
} from '../protocol';
import { Failure } from './failure';

const GONE = 'The VS Code window of this terminal is gone or was reloaded. Open a new terminal.';
const UNREADABLE = 'VS Code gave an answer that this box-token cannot read. Open a new terminal.';

/**
 * Asks the window for a token.
 * @param address where it listens.
 * @throws Failure
 */
export async function askWindow(address: string, question: Question): Promise<GivenToken> {
  const answer = readAnswer(await exchange(address, `${JSON.stringify(question)}\n`));
  if ('exit' in answer) throw new Failure(answer.exit, oneLine(answer.message));
  return answer;
}

function exchange(address: string, question: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(address, () => socket.write(question));
    let text = '';
    const fail = (exit: ExitCode, message: string): void => {
      socket.destroy();
      reject(new Failure(exit, message));
    };
    socket.setEncoding('utf8');
    socket.setTimeout(LONGEST_WAIT_MS, () => {
      fail(EXIT.failed, 'VS Code did not answer. Try again.');
    });
    socket.on('data', (chunk: string) => {
      text += chunk;
      if (text.length > LONGEST_ANSWER) fail(EXIT.noWindow, UNREADABLE);
      else if (text.includes('\n')) {
        socket.destroy();
        resolve(text.slice(0, text.indexOf('\n')));
      }
    });
    socket.on('error', ({ code }: NodeJS.ErrnoException) => {
      if (code === 'EAGAIN') fail(EXIT.failed, 'Too many programs ask VS Code at a time. Try again.');
      else fail(EXIT.noWindow, GONE);
    });
    socket.on('close', () => {
      fail(EXIT.noWindow, GONE);
    });
  });
}

function readAnswer(line: string): Answer {
  let answer: (Partial<GivenToken> & { readonly exit?: unknown; readonly message?: unknown }) | null;
  try {
    answer = JSON.parse(line) as typeof answer;
  } catch {
    throw new Failure(EXIT.noWindow, UNREADABLE);
  }
  if (typeof answer !== 'object' || answer === null) throw new Failure(EXIT.noWindow, UNREADABLE);
  const { exit, message, access_token, token_type, expires_at, account, scope } = answer;
  if (isExitCode(exit) && typeof message === 'string') return { exit, message };
  const texts = [access_token, expires_at, account, scope];
  // A header with a line break in it would be two.
  const isWhole = texts.every((each) => typeof each === 'string') && /^[!-~]+$/.test(access_token ?? '');
  if (!isWhole || token_type !== 'Bearer') throw new Failure(EXIT.noWindow, UNREADABLE);
  return answer as GivenToken;
}

function isExitCode(value: unknown): value is ExitCode {
  return Object.values(EXIT).some((code) => code === value);
}
