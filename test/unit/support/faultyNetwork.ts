import { lookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, globalAgent } from 'node:https';
import { join } from 'node:path';
import { forward } from '../../vscode/forward';
import { listen, unlisten } from '../../vscode/listening';

/** What can stand between an application and a server that is well. */
export type Outage =
  /** Nobody listens. */
  | 'refused'
  /** The name of the host is not found. */
  | 'unresolved'
  /** The certificate is one that nobody vouches for. */
  | 'untrusted';

/** A name that no resolver finds (RFC 6761 §6.4). */
const HOST = 'box.invalid';
const LOOPBACK = '127.0.0.1';

const certificate = (name: string): Buffer =>
  readFileSync(join(__dirname, '../../fixtures/tls', `${name}.pem`));

type Found = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

/**
 * The way to the emulator as it is to Box: a name to resolve, a port to reach, and a certificate to trust. Each can
 * fail, for real, and be mended again.
 */
export class FaultyNetwork {
  private readonly known = certificate('known');
  private readonly server = createServer({ key: this.known, cert: this.known }, (asked, answer) => {
    this.pass(asked, answer);
  });
  private port = 0;
  private outage: Outage | undefined;
  private limit = Infinity;
  private shutting: { readonly path: string; readonly shut: () => void } | undefined;

  /** How many connections were tried since the last outage began. */
  attempts = 0;

  /** @param target gives the emulator's origin. */
  constructor(private readonly target: () => string) {}

  /** `https://box.invalid:<port>`, once it is open. */
  get origin(): string {
    return `https://${this.host}`;
  }

  /** The origin's host, with its port. */
  get host(): string {
    return `${HOST}:${this.port}`;
  }

  /** Comes up, and has this process find and trust it. */
  async open(): Promise<void> {
    this.port = await listen(this.server, LOOPBACK);
    Object.assign(globalAgent.options, { ca: this.known, lookup: this.resolve });
  }

  /** Takes it away. */
  async close(): Promise<void> {
    delete globalAgent.options.ca;
    delete globalAgent.options.lookup;
    this.server.closeAllConnections();
    await unlisten(this.server);
  }

  /** Begins an outage, for so many attempts or until it is mended. */
  shut(outage: Outage, attempts = Infinity): void {
    this.outage = outage;
    this.limit = attempts;
    this.attempts = 0;
    if (outage === 'refused') void unlisten(this.server);
    if (outage === 'untrusted') this.present(certificate('unknown'));
  }

  /** Lets one request to `path` through before the outage begins. */
  shutAfter(path: string, outage: Outage, attempts = Infinity): void {
    const shut = (): void => {
      this.shut(outage, attempts);
    };
    this.shutting = { path, shut };
  }

  /** Ends the outage. */
  async mend(): Promise<void> {
    const { outage } = this;
    this.outage = undefined;
    this.shutting = undefined;
    this.limit = Infinity;
    if (outage === 'refused') await listen(this.server, LOOPBACK, this.port);
    if (outage === 'untrusted') this.present(this.known);
  }

  private readonly resolve = (name: string, options: LookupOptions, found: Found): void => {
    if (name !== HOST) {
      lookup(name, options, found);
      return;
    }
    this.attempts += 1;
    const mending = this.attempts > this.limit ? this.mend() : Promise.resolve();
    void mending.then(() => {
      if (this.outage === 'unresolved') lookup(name, options, found);
      else if (options.all === true) found(null, [{ address: LOOPBACK, family: 4 }]);
      else found(null, LOOPBACK, 4);
    });
  };

  private pass(asked: IncomingMessage, answer: ServerResponse): void {
    const target = new URL(asked.url ?? '/', this.target());
    // A connection that stays open would lead past the next outage.
    answer.setHeader('connection', 'close');
    forward(asked, answer, target, () => {
      this.shutIfDue(target.pathname);
    });
  }

  private shutIfDue(path: string): void {
    if (this.shutting?.path !== path) return;
    this.shutting.shut();
    this.shutting = undefined;
  }

  private present(pem: Buffer): void {
    this.server.setSecureContext({ key: pem, cert: pem });
  }
}

/** Gives a network before the emulator to the tests of the `describe` that this is called in, and mends it after each. */
export function useFaultyNetwork(target: () => string): FaultyNetwork {
  const network = new FaultyNetwork(target);
  before(() => network.open());
  afterEach(() => network.mend());
  after(() => network.close());
  return network;
}
