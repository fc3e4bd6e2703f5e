import { version } from '../../../package.json';
import { EXIT, oneLine, PROTOCOL_VERSION, SET_ASIDE, VARIABLES, type GivenToken } from '../protocol';
import { askWindow } from './askWindow';
import { HELP, readCommandLine, type Asked, type CommandLine } from './commandLine';
import { Failure } from './failure';
import { programName } from './program';

/** `box-token`: prints a Box access token that the VS Code window of this terminal gives, or runs a command with one. */
async function main(args: readonly string[]): Promise<void> {
  const line = readCommandLine(args);
  const environment = callersEnvironment(process.env);
  switch (line.kind) {
    case 'help': {
      print(HELP);
      return;
    }
    case 'version': {
      print(`${version}\n`);
      return;
    }
    case 'wrong':
      throw new Failure(EXIT.wrongUsage, `${line.problem} See box-token --help.`);
    case 'print': {
      print(format(line, await ask(line, environment)));
      return;
    }
    case 'run': {
      const { access_token } = await ask(line, environment, line.command);
      const { runCommand } = await import('./runCommand');
      return runCommand(line.command, line.args, commandsEnvironment(environment, access_token), tell);
    }
  }
}

/** @throws Failure */
function ask(asked: Asked, environment: NodeJS.ProcessEnv, command?: string): Promise<GivenToken> {
  const { account, scopes, resource } = asked;
  const address = environment[VARIABLES.address];
  const key = environment[VARIABLES.terminalKey] ?? environment[VARIABLES.key];
  if (!address || !key) {
    throw new Failure(
      EXIT.noWindow,
      'This terminal has no access to Box. Run the command Box: Open Terminal with Box Access in VS Code.',
    );
  }
  return askWindow(address, {
    version: PROTOCOL_VERSION,
    key,
    ...(account !== undefined && { account }),
    scopes,
    ...(resource !== undefined && { resource }),
    program: programName(environment, command),
  });
}

/** The environment as it was before the launcher changed it for this program alone. */
function callersEnvironment(own: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const changed: readonly string[] = Object.entries(SET_ASIDE).flat();
  const others = Object.entries(own).filter(([name]) => !changed.includes(name));
  const restored = Object.entries(SET_ASIDE).map(([name, kept]) => [name, own[kept]] as const);
  return Object.fromEntries([...others, ...restored.filter(([, value]) => value !== undefined)]);
}

/** The caller’s, less what leads to the window, plus the token. */
function commandsEnvironment(callers: NodeJS.ProcessEnv, token: string): NodeJS.ProcessEnv {
  const { address, key, terminalKey, accessToken } = VARIABLES;
  const dropped: readonly string[] = [address, key, terminalKey];
  const kept = Object.entries(callers).filter(([name]) => !dropped.includes(name));
  return { ...Object.fromEntries(kept), [accessToken]: token };
}

function format({ format }: CommandLine & { kind: 'print' }, token: GivenToken): string {
  if (format === 'json') {
    const { access_token, token_type, expires_at, account, scope } = token;
    return `${JSON.stringify({ access_token, token_type, expires_at, account, scope })}\n`;
  }
  return format === 'header' ? `Authorization: Bearer ${token.access_token}\n` : `${token.access_token}\n`;
}

function print(text: string): void {
  // A reader that has gone wants nothing.
  process.stdout.on('error', () => undefined);
  process.stdout.write(text);
}

function tell(problem: string): void {
  process.stderr.write(`box-token: ${oneLine(problem)}\n`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  tell(error instanceof Error ? error.message : String(error));
  process.exitCode = error instanceof Failure ? error.exit : EXIT.failed;
});
