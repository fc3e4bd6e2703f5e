import type { AddressInfo, Server } from 'node:net';

/**
 * Has a server listen.
 *
 * @param port 0 for a free one.
 * @returns The port.
 */
export async function listen(server: Server, host: string, port = 0): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return (server.address() as AddressInfo).port;
}

/** Ends a server; connections that are still open must be ended too. Nothing happens where it does not listen. */
export async function unlisten(server: Server): Promise<void> {
  await new Promise((resolve) => server.close(resolve));
}
