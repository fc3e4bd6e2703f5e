import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { atExit } from '../../tools/lib/cleanup';

/** What to run, and where its output goes. */
export interface ProcessGroupOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** The file that takes both output streams; appended to. */
  readonly logFile: string;
}

const patienceMs = 5000;

/** A program and everything that it starts, as one group that ends together, at the latest with this process. */
export class ProcessGroup {
  readonly #child: ChildProcess;
  readonly #logFile: string;
  readonly #forget: () => void;

  constructor({ command, args, cwd, env, logFile }: ProcessGroupOptions) {
    const output = openSync(logFile, 'a');
    this.#child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', output, output] });
    closeSync(output);
    this.#logFile = logFile;
    this.#forget = atExit(() => {
      this.#signal('SIGKILL');
    });
  }

  /** Throws, with the end of the program's output, when the program is no longer running. */
  assertRunning(): void {
    if (this.#running) return;
    const output = readFileSync(this.#logFile, 'utf8').slice(-3000);
    throw new Error(`${this.#child.spawnfile} ended with code ${String(this.#child.exitCode)}.\n${output}`);
  }

  /** Ends the group: politely first, by force after five seconds. */
  async stop(): Promise<void> {
    if (this.#running) {
      const ended = once(this.#child, 'exit');
      this.#signal('SIGTERM');
      await Promise.race([ended, delay(patienceMs, undefined, { ref: false })]);
    }
    this.#signal('SIGKILL');
    this.#forget();
  }

  get #running(): boolean {
    return this.#child.pid !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.#child.pid === undefined) return;
    try {
      process.kill(-this.#child.pid, signal);
    } catch (error) {
      if (!isNoSuchProcess(error)) throw error;
    }
  }
}

function isNoSuchProcess(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ESRCH';
}
