import { chmod } from 'node:fs/promises';
import type { Server } from 'node:net';

/** Longest address of a socket that every system takes, in bytes. */
export const LONGEST_ADDRESS = 100;

/**
 * Begins to listen at the address of a socket, which others than its owner cannot reach, or of a named pipe on Windows.
 * The server keeps no process alive.
 * @param onError told of what fails once it listens.
 * @throws what the system throws where it cannot listen
 */
export async function listenAt(
  server: Server,
  address: string,
  onError: (error: Error) => void,
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(address, () => {
      server.off('error', reject);
      server.on('error', onError);
      resolve();
    });
  });
  server.unref();
  if (process.platform !== 'win32') await chmod(address, 0o600);
}
