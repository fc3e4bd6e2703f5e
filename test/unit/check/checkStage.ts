import { createServer, type Server } from 'node:net';
import * as v from 'valibot';
import { appSchema, type BoxApp } from '../../../src/apps/app';
import { Settings, type SettingName } from '../../../src/apps/settings';
import { createCheck } from '../../../src/check/module';
import type { AppReport, Finding, Topic } from '../../../src/check/finding';
import type { SignInEnvironment } from '../../../src/signIn/methodChooser';
import { CallbackRouter } from '../../../src/signIn/callback/callbackRouter';
import { createMethods } from '../../../src/signIn/methods/module';
import { SEED } from '../../emulator/src';
import { listen, unlisten } from '../../vscode/listening';
import type { EmulatedBox } from '../support/emulatedBox';
import { ServerSessions, SERVER_KINDS, type ServerKind } from '../support/serverSessions';
import { SessionWindow, type SharedMachine } from '../support/sessionWindow';

/** A desktop window with its apps, whose check can be run. Everything is right until a test changes it. */
export class CheckStage {
  readonly window: SessionWindow;
  readonly settings: Partial<Record<SettingName, unknown>>;
  environment: SignInEnvironment = {
    isDesktop: true,
    isHostLocal: true,
    uriScheme: 'vscode',
    hasOwnPage: false,
    setting: 'auto',
  };
  isServed = false;
  app: BoxApp = v.parse(appSchema, { name: 'My app', clientId: SEED.clientId });
  private readonly client;
  private readonly blocked: Server[] = [];

  constructor(
    readonly box: EmulatedBox,
    readonly machine: SharedMachine,
    /** The port of the local server, which is free. */
    readonly port: number,
  ) {
    this.window = new SessionWindow(box, machine);
    this.client = box.client(machine.clock);
    this.settings = {
      accountBaseUrl: box.origin,
      apiBaseUrl: box.origin,
      redirectPage: 'https://vscode.dev/redirect',
      localServerPorts: [port],
      signInMethod: 'auto',
      apps: [],
    };
  }

  /** An app that users sign in with, as it should be. */
  async userApp(): Promise<void> {
    const redirectUris = [
      'https://vscode.dev/redirect',
      `${this.box.origin}/redirect`,
      `http://127.0.0.1:${this.port}/callback`,
    ];
    await this.box.control.putApp({ clientId: SEED.clientId, redirectUris });
    await this.secret(SEED.clientSecret);
  }

  /** An app that acts as itself, as it should be. */
  async serverApp(credential: ServerKind['credential'], changes: Partial<BoxApp> = {}): Promise<void> {
    const kind = SERVER_KINDS.find((each) => each.credential === credential) ?? SERVER_KINDS[0];
    if (kind === undefined) throw new Error('There is no such kind');
    const sessions = new ServerSessions(this.box, kind);
    this.app = sessions.app({ enterpriseId: SEED.enterpriseId, ...changes });
    await sessions.configure(this.window);
  }

  /** Stores a client secret for the app. */
  async secret(clientSecret: string): Promise<void> {
    await this.window.appSecrets.setClientSecret(this.app.clientId, this.window.origins, clientSecret);
  }

  /** Has another program listen on the local server's port. */
  async block(): Promise<void> {
    const server = createServer();
    this.blocked.push(server);
    await listen(server, '127.0.0.1', this.port);
  }

  /** Runs the check, and gives its report. */
  async run(signal = new AbortController().signal): Promise<AppReport> {
    const { window, machine } = this;
    const { settings: values } = this;
    const settings = new Settings((name) => values[name]);
    const methods = createMethods({
      settings,
      router: new CallbackRouter(window.log),
      callbackUri: (query) => Promise.resolve(`vscode://vscode-box.box-authentication/callback?${query}`),
      bareCallbackUri: () => 'vscode://vscode-box.box-authentication/callback',
      pages: () => {
        throw new Error('not asked for');
      },
      editorUri: () => undefined,
      clock: machine.clock,
      log: window.log,
    });
    const check = createCheck({
      box: this.client,
      settings,
      appSecrets: window.appSecrets,
      sessions: window.sessions,
      storage: window.storage,
      methods,
      environment: () => Promise.resolve(this.environment),
      isServed: this.isServed,
      proxyOf: () => undefined,
      clock: machine.clock,
    });
    return check.run(this.app, signal, () => undefined);
  }

  /** Takes away what the stage holds. */
  async dispose(): Promise<void> {
    await Promise.all(this.blocked.map(unlisten));
  }
}

/** A port of this computer that is free. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server, '127.0.0.1');
  await unlisten(server);
  return port;
}

/** The lines that are not as they should be, as `topic: code`. */
export function wrong({ findings }: AppReport): readonly string[] {
  return findings
    .filter(({ verdict }) => verdict === 'problem' || verdict === 'warning')
    .map(({ topic, verdict, code }) => `${verdict === 'warning' ? '! ' : ''}${topic}: ${code}`);
}

/** The first line about a topic. */
export function about({ findings }: AppReport, topic: Topic): Finding | undefined {
  return findings.find((finding) => finding.topic === topic);
}
