import { execFile } from 'node:child_process';
import { existsSync, symlinkSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { listen, unlisten } from './listening';
import { codeServerRoot, findServerNode } from './paths';
import { eventually } from './poll';
import { ProcessGroup } from './processGroup';
import { quietSettings, type Settings } from './settings';

/** What {@link startServer} is told. */
export interface ServerOptions {
  /** A folder of the server's own: home, settings, extensions, logs, temporary files. Created when missing. */
  readonly directory: string;
  /** VSIX files to install first. */
  readonly extensions?: readonly string[];
  readonly settings?: Settings;
  /** Environment variables for the server and so for its extensions. */
  readonly env?: Readonly<Record<string, string>>;
  /** Origins that VS Code opens without asking. */
  readonly trustedDomains?: readonly string[];
  /** Lets a window run tests inside its extension host. Also hides notifications. */
  readonly smokeTestDriver?: boolean;
  /** Leaves out what VS Code brings but is not VS Code itself: windows then open in two thirds of the time. */
  readonly bare?: boolean;
}

/** A window's address parts. */
export interface WindowOptions {
  /** Key and value pairs that VS Code reads from the address, such as `extensionTestsPath`. */
  readonly payload?: readonly (readonly [key: string, value: string])[];
}

const run = promisify(execFile);
const host = '127.0.0.1';

/** A browser-served VS Code that runs. Made by {@link startServer}. */
export class VSCodeServer {
  constructor(
    /** The server's address, without a slash at its end. */
    readonly origin: string,
    readonly directories: ServerDirectories,
    private readonly processes: ProcessGroup,
  ) {}

  /** Replaces the user settings; the ones that keep a test quiet stay. Open windows follow within a second. */
  async writeSettings(settings: Settings): Promise<void> {
    await writeSettings(this.directories, settings);
  }

  /** The folder of an extension that all windows share. */
  sharedFolder(extensionId: string): string {
    return join(this.directories.data, 'User/globalStorage', extensionId);
  }

  /** Replaces the tasks of the workspace. */
  async writeTasks(tasks: readonly Readonly<Record<string, unknown>>[]): Promise<void> {
    const folder = join(this.directories.workspace, '.vscode');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'tasks.json'), JSON.stringify({ version: '2.0.0', tasks }));
  }

  /** Removes the logs of extensions and what they keep on disk, which all windows share. Close the windows first. */
  async clearTraces(): Promise<void> {
    const { data } = this.directories;
    const hosts = (await readdir(join(data, 'logs'), { recursive: true })).filter((path) =>
      /exthost\d+$/.test(path),
    );
    const traces = [join(data, 'User/globalStorage'), ...hosts.map((path) => join(data, 'logs', path))];
    await Promise.all(traces.map((path) => rm(path, { recursive: true, force: true, maxRetries: 3 })));
  }

  /** The address of a window on the server's empty workspace. */
  windowUrl({ payload = [] }: WindowOptions = {}): string {
    const query = new URLSearchParams({ folder: this.directories.workspace });
    if (payload.length > 0) query.set('payload', JSON.stringify(payload));
    return `${this.origin}/?${query.toString()}`;
  }

  /** The address by which a window finds a file of this machine. */
  remoteUri(path: string): string {
    return `vscode-remote://${new URL(this.origin).host}${path}`;
  }

  /** Ends the server and everything that it started. */
  async stop(): Promise<void> {
    await this.processes.stop();
  }
}

/** Where a server keeps things; all under one folder. */
export interface ServerDirectories {
  readonly root: string;
  readonly home: string;
  readonly temporary: string;
  readonly data: string;
  readonly server: string;
  readonly extensions: string;
  readonly workspace: string;
}

/**
 * Installs the extensions and starts a server.
 *
 * @returns The server, ready to open windows.
 * @throws Error, with the server's output, when it does not come up within 20 seconds.
 */
export async function startServer(options: ServerOptions): Promise<VSCodeServer> {
  linkServerModules();
  const directories = await createDirectories(options.directory);
  await writeSettings(directories, options.settings ?? {});
  const skipped = options.bare === true ? await builtIns() : asksTheNetwork;
  const env = environment(directories, skipped, options.env ?? {});
  await installExtensions(options.extensions ?? [], directories, env);
  const port = await freePort();
  const processes = new ProcessGroup({
    command: serverNode(),
    args: serverArgs(port, directories, options),
    cwd: directories.root,
    env,
    logFile: join(directories.root, 'server.log'),
  });
  const origin = `http://${host}:${port}`;
  try {
    await eventually('VS Code to answer', () => answers(origin, processes), { timeoutMs: 20_000 });
  } catch (error) {
    await processes.stop();
    throw error;
  }
  return new VSCodeServer(origin, directories, processes);
}

function serverNode(): string {
  const node = findServerNode();
  if (node === undefined) throw new Error('The browser-served VS Code needs Node.js 24, or Linux on x64.');
  return node;
}

/** What the server loads is in `test/vscode/package.json`, and npm puts it beside the server: nothing is compiled. */
function linkServerModules(): void {
  const link = join(codeServerRoot, 'lib/vscode/node_modules');
  if (!existsSync(link)) symlinkSync('../../..', link);
}

async function createDirectories(root: string): Promise<ServerDirectories> {
  const home = join(root, 'home');
  const directories = {
    root,
    home,
    temporary: join(root, 'tmp'),
    // Where code-server keeps it unless told, with paths that are too long for a socket.
    data: join(home, '.local/share/code-server'),
    server: join(root, 'server'),
    extensions: join(root, 'extensions'),
    workspace: join(root, 'workspace'),
  };
  await Promise.all(Object.values(directories).map((directory) => mkdir(directory, { recursive: true })));
  return directories;
}

async function writeSettings({ data }: ServerDirectories, settings: Settings): Promise<void> {
  const folder = join(data, 'User');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'settings.json'), JSON.stringify({ ...quietSettings, ...settings }, null, 2));
}

/** Built-in extensions that every window leaves out. */
const asksTheNetwork = ['vscode.git', 'vscode.github', 'GitHub.copilot-chat'];
/** What a bare window keeps: the colors, and what renders Markdown. */
const keptInBare = new Set(['vscode.theme-defaults', 'vscode.markdown', 'vscode.markdown-language-features']);

/** The built-in extensions that a bare window leaves out. */
async function builtIns(): Promise<readonly string[]> {
  const root = join(codeServerRoot, 'lib/vscode/extensions');
  const manifests = (await readdir(root)).map((name) => join(root, name, 'package.json')).filter(existsSync);
  const ids = manifests.map(async (manifest) => {
    const { publisher, name } = JSON.parse(await readFile(manifest, 'utf8')) as Record<string, string>;
    return `${publisher}.${name}`;
  });
  return (await Promise.all(ids)).filter((id) => !keptInBare.has(id));
}

function environment(
  directories: ServerDirectories,
  skipped: readonly string[],
  extra: Readonly<Record<string, string>>,
): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    LANG: 'C.UTF-8',
    SHELL: '/bin/bash',
    HOME: directories.home,
    XDG_CONFIG_HOME: join(directories.home, '.config'),
    XDG_DATA_HOME: join(directories.home, '.local/share'),
    TMPDIR: directories.temporary,
    EXTENSIONS_GALLERY: '{"serviceUrl":""}',
    VSCODE_SKIP_BUILTIN_EXTENSIONS: skipped.join(),
    ...extra,
  };
}

const installerEntry = join(codeServerRoot, 'lib/vscode/out/server-main.js');
const serverEntry = join(codeServerRoot, 'out/node/entry.js');

async function installExtensions(
  files: readonly string[],
  { data, server, extensions }: ServerDirectories,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  if (files.length === 0) return;
  const folders = ['--user-data-dir', data, '--server-data-dir', server, '--extensions-dir', extensions];
  const installs = files.flatMap((file) => ['--install-extension', file]);
  await run(
    serverNode(),
    [installerEntry, ...installs, '--force', '--accept-server-license-terms', ...folders],
    {
      env,
    },
  );
}

function serverArgs(
  port: number,
  { root, data, extensions }: ServerDirectories,
  options: ServerOptions,
): string[] {
  const { trustedDomains = [], smokeTestDriver = false } = options;
  const args = [serverEntry, '--auth', 'none', '--bind-addr', `${host}:${port}`];
  args.push('--config', join(root, 'config.yaml'), '--user-data-dir', data, '--extensions-dir', extensions);
  args.push('--disable-telemetry', '--disable-update-check');
  args.push('--disable-getting-started-override', '--reconnection-grace-time', '2');
  for (const domain of trustedDomains) args.push('--link-protection-trusted-domains', domain);
  if (smokeTestDriver) args.push('--vscode-option', 'enable-smoke-test-driver');
  return args;
}

async function answers(origin: string, processes: ProcessGroup): Promise<boolean> {
  processes.assertRunning();
  try {
    return (await fetch(`${origin}/version`)).ok;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server, host);
  await unlisten(server);
  return port;
}
