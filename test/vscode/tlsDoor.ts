import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { join } from 'node:path';
import { forward } from './forward';
import { listen, unlisten } from './listening';
import { projectRoot } from '../../tools/lib/paths';

/** A private certificate authority: one that Node.js is told of, or one that the system knows. */
export type Authority = 'extra' | 'system';

const address = '127.0.0.2';
/** A name that no resolver finds (RFC 6761 §6.4). */
const name = 'box.invalid';
const fixture = (file: string): string => join(projectRoot, 'test/fixtures/tls', `${file}.pem`);

/**
 * Environment variables that make a VS Code server know both authorities, each in its own way: as one to trust beside
 * those of Node.js, and as the only one of the system, which VS Code trusts while `http.systemCertificates` is on.
 */
export const authorities: Readonly<Record<string, string>> = {
  NODE_EXTRA_CA_CERTS: fixture('extra-authority'),
  SSL_CERT_FILE: fixture('system-authority'),
};

/** The name and the address of doors, for a proxy that finds what nobody else does. */
export const doorHosts: Readonly<Record<string, string>> = { [name]: address };

/** A way to a server over TLS, with a certificate that a private authority has signed. */
export class TlsDoor {
  /** How many connections came in, whatever became of them. */
  connections = 0;
  readonly #server: Server;
  #port = 0;

  /**
   * @param authority Who has signed the certificate.
   * @param target The origin that it leads to, `http`.
   */
  constructor(authority: Authority, target: string) {
    const pem = readFileSync(fixture(authority));
    this.#server = createServer({ key: pem, cert: pem }, (asked, answer) => {
      forward(asked, answer, new URL(asked.url ?? '/', target));
    });
    this.#server.on('connection', () => {
      this.connections += 1;
    });
  }

  /** Where everybody can reach it, once it is open. */
  get origin(): string {
    return `https://${address}:${this.#port}`;
  }

  /** The same under the name of {@link doorHosts}: a request that goes past the proxy does not arrive. */
  get originByName(): string {
    return `https://${name}:${this.#port}`;
  }

  /** Opens it on a free port. */
  async open(): Promise<void> {
    this.#port = await listen(this.#server, address);
  }

  /** Ends its connections and takes it away. */
  async close(): Promise<void> {
    const closed = unlisten(this.#server);
    this.#server.closeAllConnections();
    await closed;
  }
}
