import { isKnownScope } from '../../box/scopes';

/** What `box-token` is told. */
export type CommandLine =
  | { readonly kind: 'help' | 'version' }
  | ({ readonly kind: 'print'; readonly format: 'token' | 'header' | 'json' } & Asked)
  | ({ readonly kind: 'run'; readonly command: string; readonly args: readonly string[] } & Asked)
  /** What is wrong, in a sentence. */
  | { readonly kind: 'wrong'; readonly problem: string };

/** Which token is asked for. */
export interface Asked {
  readonly account?: string;
  readonly scopes: readonly string[];
  readonly resource?: string;
}

/** What `box-token --help` prints. */
export const HELP = `Usage: box-token [options]
       box-token run [options] -- <command> [arguments]

Prints an access token of the Box account that is signed in to VS Code, or runs
a command with it in the environment variable BOX_ACCESS_TOKEN.

Options:
  --account <login or ID>  the account, if several are signed in
  --scope <scope>          a token for this scope, such as item_preview;
                           may be given several times
  --resource <address>     only this file, folder or shared link, with --scope
  --header                 print "Authorization: Bearer <token>"
  --json                   print the token, its type, expiry, account and scope
  --help                   print this text
  --version                print the version

Exit codes: 0 success, 1 failure, 2 wrong usage, 3 sign-in needed,
4 not allowed, 5 no VS Code window to ask
`;

/** Reads the arguments of `box-token`. */
export function readCommandLine(args: readonly string[]): CommandLine {
  const isRun = args[0] === 'run';
  const end = args.indexOf('--');
  const options = args.slice(isRun ? 1 : 0, end === -1 ? undefined : end);
  const read = readOptions(options);
  if (typeof read === 'string') return { kind: 'wrong', problem: read };
  const { flags, asked } = read;
  if (flags.has('--help')) return { kind: 'help' };
  if (flags.has('--version')) return { kind: 'version' };
  return isRun
    ? readRun(asked, flags, end === -1 ? [] : args.slice(end + 1))
    : readPrint(asked, flags, end !== -1);
}

function readRun(
  asked: Asked,
  flags: ReadonlySet<string>,
  [command, ...args]: readonly string[],
): CommandLine {
  const [format] = flags;
  if (format !== undefined)
    return { kind: 'wrong', problem: `The option ${format} prints a token and cannot be used with run.` };
  if (command === undefined || command === '') {
    return { kind: 'wrong', problem: 'No command is given. Write: box-token run -- <command>' };
  }
  return { kind: 'run', command, args, ...asked };
}

function readPrint(asked: Asked, flags: ReadonlySet<string>, hasCommand: boolean): CommandLine {
  if (hasCommand) return { kind: 'wrong', problem: 'To run a command, write: box-token run -- <command>' };
  const isHeader = flags.has('--header');
  if (isHeader && flags.has('--json')) {
    return { kind: 'wrong', problem: 'Choose one of the options --header and --json.' };
  }
  return { kind: 'print', format: isHeader ? 'header' : flags.has('--json') ? 'json' : 'token', ...asked };
}

interface Options {
  readonly flags: ReadonlySet<string>;
  readonly asked: Asked;
}

const FLAGS: ReadonlySet<string> = new Set(['--header', '--json', '--help', '--version']);
const VALUES: ReadonlySet<string> = new Set(['--account', '--scope', '--resource']);

/** The options, or what is wrong with them. An argument that is no option may hold a secret and is not repeated. */
function readOptions(args: readonly string[]): Options | string {
  const flags = new Set<string>();
  const values = new Map<string, string[]>();
  for (let index = 0; index < args.length; index += 1) {
    const [, name = '', inline] = /^(-[^=]*)(?:=(.*))?$/s.exec(args[index] ?? '') ?? [];
    const option = name === '-h' ? '--help' : name;
    if (FLAGS.has(option)) {
      if (inline !== undefined) return `The option ${option} takes no value.`;
      flags.add(option);
    } else if (VALUES.has(option)) {
      const value = inline ?? args[(index += 1)];
      if (value === undefined || value === '') return `The option ${option} needs a value.`;
      values.set(option, [...(values.get(option) ?? []), value]);
    } else if (/^--?[a-z][a-z-]{0,30}$/.test(option)) return `There is no option ${option}.`;
    else return 'There is an argument that is no option.';
  }
  const scopes = values.get('--scope') ?? [];
  if (scopes.some((value) => value.trim() === '')) return 'The option --scope needs a value.';
  if (!scopesIn(scopes).every(isKnownScope)) {
    return 'A --scope is none of Box’s scopes. Put spaces between several, or repeat the option.';
  }
  for (const option of ['--account', '--resource']) {
    if ((values.get(option) ?? []).length > 1) return `The option ${option} can be given once only.`;
  }
  return { flags, asked: askedOf(values) };
}

function askedOf(values: ReadonlyMap<string, readonly string[]>): Asked {
  const account = values.get('--account')?.[0];
  const resource = values.get('--resource')?.[0];
  return {
    scopes: scopesIn(values.get('--scope') ?? []),
    ...(account !== undefined && { account }),
    ...(resource !== undefined && { resource }),
  };
}

function scopesIn(values: readonly string[]): readonly string[] {
  return values.flatMap((value) => value.split(/\s+/)).filter((each) => each !== '');
}
