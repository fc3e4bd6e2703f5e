import { existsSync } from 'node:fs';
import { win32 } from 'node:path';

/** How a command is started on Windows. */
export interface WindowsCommand {
  readonly file: string;
  /** The arguments as they are passed, where Node.js must not quote them; undefined where it does. */
  readonly line?: readonly string[];
}

/**
 * Finds a command as Windows does. Batch files, which is what `npm` is, can be run by the command interpreter only.
 * @param exists tells whether a file is there.
 */
export function windowsCommand(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  exists: (file: string) => boolean = existsSync,
): WindowsCommand {
  const file = find(command, env, exists);
  if (file === undefined || !/\.(cmd|bat)$/i.test(file)) return { file: file ?? command };
  const line = [escape(win32.normalize(file)), ...args.map(quote)].join(' ');
  return { file: valueOf(env, 'ComSpec') ?? 'cmd.exe', line: ['/d', '/s', '/c', `"${line}"`] };
}

function find(
  command: string,
  env: NodeJS.ProcessEnv,
  exists: (file: string) => boolean,
): string | undefined {
  const endings = (valueOf(env, 'PATHEXT') ?? '.COM;.EXE;.BAT;.CMD').split(';');
  const hasFolder = /[\\/:]/.test(command);
  const folders = hasFolder ? [''] : ['.', ...(valueOf(env, 'Path') ?? '').split(';')];
  const isWhole = endings.some((ending) => command.toLowerCase().endsWith(ending.toLowerCase()));
  const names = isWhole ? [command] : endings.map((ending) => command + ending);
  for (const folder of folders) {
    for (const name of names) {
      const file = folder === '' ? name : win32.join(folder, name);
      if (exists(file)) return file;
    }
  }
  return undefined;
}

/** A variable, whatever its capital letters. */
function valueOf(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const key = Object.keys(env).find((each) => each.toLowerCase() === name.toLowerCase());
  return key === undefined ? undefined : env[key];
}

/** An argument in quotes, as programs split them, and twice escaped, since a batch file reads them twice. */
function quote(argument: string): string {
  const quoted = argument.replaceAll(/(\\*)"/g, '$1$1\\"').replace(/(\\*)$/, '$1$1');
  return escape(escape(`"${quoted}"`));
}

function escape(text: string): string {
  return text.replaceAll(/[()\][%!^"`<>&|;, *?]/g, '^$&');
}
