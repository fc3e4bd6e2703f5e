import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A process of this machine in which a text was found. */
export interface FoundProcess {
  readonly pid: number;
  readonly parent: number;
  readonly where: 'arguments' | 'environment';
}

const sources = { arguments: 'cmdline', environment: 'environ' } as const;

/** Searches the arguments and the environments of all processes for a text. On Linux only. */
export function searchProcesses(text: string): readonly FoundProcess[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) =>
    (['arguments', 'environment'] as const).flatMap((where) => {
      const found = readOf(pid, sources[where])?.includes(text) === true;
      return found ? [{ pid: Number(pid), parent: parentOf(pid), where }] : [];
    }),
  );
}

function parentOf(pid: string): number {
  const [, parent] = /^PPid:\s*(\d+)$/m.exec(readOf(pid, 'status') ?? '') ?? [];
  return Number(parent);
}

/** Undefined where the process has ended meanwhile. */
function readOf(pid: string, file: string): string | undefined {
  try {
    return readFileSync(join('/proc', pid, file), 'utf8');
  } catch {
    return undefined;
  }
}
