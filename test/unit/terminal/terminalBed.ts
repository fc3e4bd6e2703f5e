import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type * as vscode from 'vscode';
import { bundleBoxToken } from '../../../tools/lib/bundle';
import { Settings, type SettingsChange } from '../../../src/apps/settings';
import { Emitter } from '../../../src/common/emitter';
import type { ConsentAnswer, ConsentQuestion } from '../../../src/terminal/consents';
import { createTerminal, type Terminal } from '../../../src/terminal/module';
import { PROTOCOL_VERSION, VARIABLES } from '../../../src/terminal/protocol';
import type { TerminalAccess } from '../../../src/terminal/terminalAccess';
import { projectRoot } from '../../../tools/lib/paths';
import type { SessionWindow } from '../support/sessionWindow';

/** As VS Code's, which is not there. */
const ExtensionKind = { UI: 1, Workspace: 2 } as unknown as typeof vscode.ExtensionKind;

/** The extension as installed, as far as terminals need it. */
export class InstalledPrograms {
  readonly folder = mkdtempSync(join(tmpdir(), 'box-token-programs-'));

  /** Bundles and copies it. */
  async install(): Promise<void> {
    await bundleBoxToken(join(this.folder, 'dist'));
    cpSync(join(projectRoot, 'bin'), join(this.folder, 'bin'), { recursive: true });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Installs the programs for the tests of the `describe` that this is called in. */
export function usePrograms(): InstalledPrograms {
  const programs = new InstalledPrograms();
  before(() => programs.install());
  after(() => {
    programs.remove();
  });
  return programs;
}

/** How a program ended. */
export interface Ended {
  readonly exit: number | NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

/** The environment that an extension gives terminals, as VS Code would apply it. */
export class FakeEnvironment {
  persistent: boolean | undefined;
  description: unknown;
  readonly variables = new Map<string, string>();
  readonly prepended = new Map<string, { readonly value: string; readonly options: unknown }>();

  replace(name: string, value: string): void {
    this.variables.set(name, value);
  }

  prepend(name: string, value: string, options: unknown): void {
    this.prepended.set(name, { value, options });
  }

  clear(): void {
    this.variables.clear();
    this.prepended.clear();
  }

  /** What a terminal has that is opened now. */
  applied(): NodeJS.ProcessEnv {
    const { PATH } = process.env;
    return {
      PATH: `${this.prepended.get('PATH')?.value ?? ''}${PATH ?? ''}`,
      ...Object.fromEntries(this.variables),
    };
  }
}

/** What a window is told of its surroundings. */
export interface BedOptions {
  readonly folders?: readonly string[];
  readonly isElsewhere?: boolean;
}

/** A window’s terminals: the real parts over a window’s sessions, and what the person answers. */
export class TerminalBed {
  readonly environment = new FakeEnvironment();
  readonly questions: ConsentQuestion[] = [];
  readonly terminal: Terminal;
  private readonly isElsewhere: boolean;
  isTrusted = true;
  terminalAccess: unknown = true;
  /** What the person answers. */
  answer: (question: ConsentQuestion) => Promise<ConsentAnswer> = () => Promise.resolve('once');
  private readonly change = new Emitter<SettingsChange>();

  constructor(
    readonly window: SessionWindow,
    readonly programs: InstalledPrograms,
    { folders = ['/work'], isElsewhere = false }: BedOptions = {},
  ) {
    this.isElsewhere = isElsewhere;
    const isTrusted = (): boolean => this.isTrusted;
    const uri = (path: string): unknown => ({ toString: () => `file://${path}` });
    this.terminal = createTerminal({
      editor: {
        workspace: {
          get isTrusted() {
            return isTrusted();
          },
          workspaceFile: undefined,
          workspaceFolders: folders.map((path) => ({ uri: uri(path) })) as vscode.WorkspaceFolder[],
        },
        env: { remoteName: isElsewhere ? 'ssh-remote' : undefined },
        ExtensionKind,
      },
      context: {
        environmentVariableCollection: this
          .environment as unknown as vscode.GlobalEnvironmentVariableCollection,
        extension: {
          extensionPath: programs.folder,
          extensionKind: isElsewhere ? ExtensionKind.UI : ExtensionKind.Workspace,
        } as vscode.Extension<unknown>,
      },
      storage: window.storage,
      settings: new Settings((name) => {
        if (name === 'terminalAccess') return this.terminalAccess;
        if (name === 'accountBaseUrl') return window.origins.account;
        return name === 'apiBaseUrl' ? window.origins.api : undefined;
      }, this.change.event),
      sessions: window.sessions,
      clock: window.clock,
      log: window.log,
    });
  }

  /** Begins as a window does, and resolves when terminals have what they get. */
  async begin(): Promise<void> {
    this.terminal.begin({
      askConsent: (question) => {
        this.questions.push(question);
        return this.answer(question);
      },
      describeError: (error) => Promise.resolve(new Error(`explained: ${String(error)}`)),
      description: 'What this is',
    });
    await this.settled();
  }

  /** Changes the setting as a person does. */
  async set(terminalAccess: unknown): Promise<void> {
    this.terminalAccess = terminalAccess;
    this.change.fire((name) => name === 'terminalAccess');
    await this.settled();
  }

  /** Resolves when the environment is as the setting says. */
  async settled(): Promise<void> {
    const isReady = (): boolean =>
      (this.terminalAccess === true && !this.isElsewhere) === this.environment.variables.size > 0;
    const end = Date.now() + 5000;
    while (!isReady() && Date.now() < end) await new Promise((resolve) => setImmediate(resolve));
  }

  /** Runs `box-token` in a terminal that is opened now, or with another environment. */
  run(args: readonly string[], environment: NodeJS.ProcessEnv = this.environment.applied()): Promise<Ended> {
    return runProgram(join(this.programs.folder, 'bin/box-token'), args, environment);
  }

  /** Starts `box-token` with the environment of a terminal that is opened now, and without a terminal. */
  start(args: readonly string[]): Started {
    const program = join(this.programs.folder, 'bin/box-token');
    return startProgram(program, args, this.environment.applied(), true);
  }

  /** Sends bytes as they are, and gives what comes back. */
  async send(bytes: string | Uint8Array): Promise<string> {
    const socket = createConnection(this.address);
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write(bytes);
    return text(socket).catch(() => '');
  }

  /** What gives access. */
  access(): Promise<TerminalAccess> {
    return this.terminal.load();
  }

  get address(): string {
    return this.environment.variables.get(VARIABLES.address) ?? '';
  }

  /** A question as `box-token` asks it. */
  question(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
    const key = this.environment.variables.get(VARIABLES.key);
    return { version: PROTOCOL_VERSION, key, scopes: [], program: 'test', ...changes };
  }

  dispose(): void {
    this.terminal.dispose();
  }
}

/** A program that was started. */
export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Waits until it has printed something. */
  prints(what: string): Promise<void>;
}

function startProgram(
  file: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  detached = false,
): Started {
  const child = spawn(file, args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached });
  let printed = '';
  const output = new Emitter<undefined>();
  child.stdout.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
    output.fire(undefined);
  });
  const end = async (): Promise<Ended> => {
    const [err, [code, signal]] = await Promise.all([
      text(child.stderr),
      once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>,
    ]);
    return { exit: code ?? signal, out: printed, err };
  };
  return {
    child,
    ended: end(),
    prints: (what) =>
      new Promise((resolve) => {
        output.event(() => {
          if (printed.includes(what)) resolve();
        });
      }),
  };
}

/** Runs a program until it ends. */
function runProgram(file: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Ended> {
  return startProgram(file, args, env).ended;
}
