import { createServer, type Server } from 'node:http';
import { listen } from '../../vscode/listening';
import { ControlClient } from './controlClient';
import { Model } from './model';
import { listener } from './server';
import { checkSwitches, type Switches } from './switches';

export { ControlClient } from './controlClient';
export { SEED } from './seed';
export { Visitor, type Visited } from './visitor';
export type { Switches } from './switches';
export type * from './types';

/** Where the emulator listens and how it behaves; see `startEmulator` for the defaults. */
export interface EmulatorOptions {
  readonly host?: string;
  readonly port?: number;
  readonly switches?: Partial<Switches>;
}

/** A running emulator. `stop` closes every connection at once, hung requests included. */
export interface Emulator {
  readonly origin: string;
  readonly redirectPage: string;
  readonly control: ControlClient;
  stop(): Promise<void>;
}

/** macOS has no loopback address but 127.0.0.1; elsewhere 127.0.0.2 keeps VS Code's port forwarding out of the way. */
const DEFAULT_HOST = process.platform === 'darwin' ? '127.0.0.1' : '127.0.0.2';

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}

/**
 * Starts a Box on loopback: 127.0.0.2 (127.0.0.1 on macOS) and a free port unless told otherwise. `switches` apply
 * until the first `reset`. Rejects when the port is taken.
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { host = DEFAULT_HOST, port = 0, switches = {} } = options;
  const server = createServer();
  const listeningOn = await listen(server, host, port);
  const origin = `http://${host.includes(':') ? `[${host}]` : host}:${listeningOn}`;
  const model = new Model(origin);
  Object.assign(model.switches, checkSwitches(switches));
  server.on('request', listener(model));
  return {
    origin,
    redirectPage: `${origin}/redirect`,
    control: new ControlClient(origin),
    stop: () => close(server),
  };
}
