import { once } from 'node:events';
import { connect } from 'node:net';
import { systemClock } from '../../../../src/common/clock';
import type { Log } from '../../../../src/common/log';
import { CallbackRouter } from '../../../../src/signIn/callback/callbackRouter';
import { LocalServerMethod } from '../../../../src/signIn/methods/localServer';
import { RecordingLog } from '../../support/recordingLog';
import { freePorts, portOf, WORDS } from './localServerClient';

// A process that prepares a sign-in, has a connection to it open, and does nothing more: it should end by itself.

const dependencies = {
  pages: () => WORDS,
  editorUri: () => undefined,
  newRouter: (log: Log) => new CallbackRouter(log),
  clock: systemClock,
  log: new RecordingLog(),
};

async function prepare(): Promise<void> {
  const ports = await freePorts(1);
  const prepared = await new LocalServerMethod({ ...dependencies, ports: () => ports }).prepare('nonce');
  const socket = connect(portOf(prepared), '127.0.0.1');
  await once(socket, 'connect');
  socket.unref();
  process.stdout.write(prepared.redirectUri);
}

void prepare();
