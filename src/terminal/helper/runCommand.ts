import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { isatty } from 'node:tty';
import { windowsCommand } from './windowsCommand';

const PASSED_ON = ['SIGHUP', 'SIGTERM', 'SIGUSR1', 'SIGUSR2'] as const;
/** A terminal sends these to the command too. */
const FROM_TERMINAL = ['SIGINT', 'SIGQUIT'] as const;

/** How a shell exits where a command is not there, or cannot be run. */
const NOT_FOUND = 127;
const NOT_EXECUTABLE = 126;

/**
 * Runs a command with our streams, and passes signals on to it. Ends as the command does: by its exit code, or by the
 * signal that ended it.
 * @param tell says in a line why it cannot be run.
 */
export async function runCommand(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  tell: (problem: string) => void,
): Promise<void> {
  const hasTerminal = [0, 1, 2].some((stream) => isatty(stream));
  const listeners = new Map<NodeJS.Signals, () => void>();
  let child: ChildProcess | undefined;
  const pass = (signal: NodeJS.Signals, isSent: () => boolean): void => {
    const listener = (): void => {
      if (isSent()) child?.kill(signal);
    };
    listeners.set(signal, listener);
    process.on(signal, listener);
  };
  for (const signal of PASSED_ON)
    if (process.platform !== 'win32' || signal === 'SIGHUP') pass(signal, () => true);
  for (const signal of FROM_TERMINAL)
    if (process.platform !== 'win32' || signal === 'SIGINT')
      pass(signal, () => !hasTerminal && !isInForeground());
  const ended = await new Promise<number | NodeJS.Signals>((resolve) => {
    const fail = ({ code }: NodeJS.ErrnoException): void => {
      const isMissing = code === 'ENOENT';
      tell(
        isMissing ? 'The command was not found. Check its name and your PATH.' : 'The command cannot be run.',
      );
      resolve(isMissing ? NOT_FOUND : NOT_EXECUTABLE);
    };
    try {
      child = start(command, args, env);
    } catch (error) {
      fail(error as NodeJS.ErrnoException);
      return;
    }
    child.once('error', fail);
    // A signal that cannot be passed on is no failure of the command.
    child.once('spawn', () => child?.off('error', fail).on('error', () => undefined));
    child.on('exit', (code, signal) => {
      resolve(code ?? signal ?? 1);
    });
  });
  for (const [signal, listener] of listeners) process.off(signal, listener);
  if (typeof ended === 'number') {
    process.exitCode = ended;
    return;
  }
  // Node.js ignores some signals, SIGPIPE among them: then this is how a shell tells of one.
  process.exitCode = 128 + constants.signals[ended];
  process.kill(process.pid, ended);
}

/** Whether we are in a terminal’s foreground, so that its keys signal us. Known on Linux only. */
function isInForeground(): boolean {
  try {
    const stat = readFileSync('/proc/self/stat', 'utf8');
    // Before that comes the name in parentheses, which can hold spaces and parentheses itself.
    const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return group !== undefined && group === foreground;
  } catch {
    return false;
  }
}

function start(command: string, args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
  const options: SpawnOptions = { stdio: 'inherit', env };
  if (process.platform !== 'win32') return spawn(command, args, options);
  const { file, line } = windowsCommand(command, args, env);
  return line === undefined
    ? spawn(file, args, options)
    : spawn(file, line, { ...options, windowsVerbatimArguments: true });
}
