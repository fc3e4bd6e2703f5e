import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { atExit, exitWithParent } from '../../tools/lib/cleanup';
import { projectRoot } from '../../tools/lib/paths';
import { canServeVSCode, codeServerVariable } from '../vscode/paths';
import manifest from '../../package.json';
import { prepareOldestVSCode, versionOf } from '../vscode/oldestVSCode';

/** What shows that the extension works in a VS Code: it starts, signs in, serves others, copies a token, signs out. */
const essentials = [
  'Activation',
  'The authentication provider',
  'The exported API',
  'goes from the palette over the Box page',
  'getSession asks for consent',
  'are copied by Box: Copy Access Token,',
  'with Box: Sign Out',
];

/** `npm run test:oldest`: the essential tests in the oldest VS Code that `engines` names. Others with `-- --grep …`. */
async function main(): Promise<void> {
  exitWithParent();
  if (!canServeVSCode()) throw new Error('The browser-served VS Code runs on Linux only.');
  const codeServer = await prepareOldestVSCode(manifest);
  console.log(`VS Code ${await versionOf(codeServer)}`);
  const given = process.argv.slice(2);
  const args = given.includes('--grep') ? given : [...given, '--grep', essentials.join('|')];
  const child = spawn(process.execPath, [...process.execArgv, 'test/e2e/run.ts', ...args], {
    cwd: projectRoot,
    stdio: 'inherit',
    env: { ...process.env, [codeServerVariable]: codeServer },
  });
  atExit(() => {
    child.kill();
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  process.exitCode = code ?? 1;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
