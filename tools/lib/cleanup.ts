import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';

/** Work that must not be lost when the process ends. Synchronous, because nothing else runs at that point. */
type Work = () => void;

const pending = new Set<Work>();
const signalNumbers = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;
const parentCheckMs = 500;
let listening = false;

/**
 * Registers work for the end of this process, be it a normal one, an uncaught error or a signal.
 *
 * @returns A function that forgets the work, for when it was done earlier.
 */
export function atExit(work: Work): () => void {
  if (!listening) listen();
  pending.add(work);
  return () => pending.delete(work);
}

/**
 * Ends this process when the one that started it ends: `npm` passes a SIGTERM to its shell, which passes it to nobody.
 * On Windows a process never learns of its parent's end, and nothing happens.
 */
export function exitWithParent(): void {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid !== parent) process.exit();
  }, parentCheckMs);
  watch.unref();
}

/** Removes a folder and all that is in it, also while a process that is being ended still writes there. */
export function removeTreeSync(directory: string): void {
  rmSync(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

/**
 * Removes a folder with everything in it, in a process of its own, which finishes the work even where this one is
 * ended at once, as a terminal's second signal does.
 */
export function removeTreeDetached(directory: string): void {
  const script =
    'require("node:fs").rmSync(process.argv[1], { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })';
  spawn(process.execPath, ['-e', script, directory], { detached: true, stdio: 'ignore' }).unref();
}

function listen(): void {
  listening = true;
  process.on('exit', runAll);
  for (const [signal, number] of Object.entries(signalNumbers)) {
    // Not `once`: a terminal and tsx both send the signal, and a second one must not cut the work short.
    process.on(signal, () => process.exit(128 + number));
  }
}

function runAll(): void {
  for (const work of [...pending].reverse()) {
    try {
      work();
    } catch (error) {
      console.error(error);
    }
  }
  pending.clear();
}
