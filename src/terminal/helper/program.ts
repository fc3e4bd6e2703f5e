import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

/** What the program that asks calls itself: the command to be run, the npm script, or the parent process. */
export function programName(environment: NodeJS.ProcessEnv, command: string | undefined): string {
  if (command !== undefined) return basename(command) || 'box-token';
  const script = environment['npm_lifecycle_event'];
  if (script) return `npm run ${script}`;
  return parentName() || 'box-token';
}

/** The parent’s name without its arguments, which may hold secrets; empty where it cannot be had quickly. */
function parentName(): string {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${process.ppid}/comm`, 'utf8').trim();
    if (process.platform !== 'darwin') return '';
    return basename(
      execFileSync('/bin/ps', ['-o', 'comm=', '-p', `${process.ppid}`], { encoding: 'utf8' }).trim(),
    );
  } catch {
    return '';
  }
}
