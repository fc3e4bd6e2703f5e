import { authorizationUrl, randomToken } from '../../../src/box/authorizationRequest';
import { BoxClient } from '../../../src/box/client';
import type { Clock } from '../../../src/common/clock';
import type { Log } from '../../../src/common/log';
import { endpointsOf, type BoxEndpoints, type BoxBaseUrls } from '../../../src/box/endpoints';
import type { Fetch } from '../../../src/box/http';
import { nodeFetch } from '../../../src/box/nodeFetch';
import type { AuthorizationCodeGrant, BoxClientIdentity } from '../../../src/box/protocol';
import { SEED, startEmulator, Visitor, type ControlClient, type Emulator } from '../../emulator/src';
import { FakeClock } from './fakeClock';
import { RecordingLog } from './recordingLog';

/** What the tests send as `User-Agent`. */
export const USER_AGENT = 'Box-Authentication-Tests/1.2.3';

/** The Box emulator, and the parts of this extension that talk to it. */
export class EmulatedBox {
  private emulator: Emulator | undefined;

  /** Starts the emulator on a free port. */
  async start(): Promise<void> {
    this.emulator = await startEmulator();
  }

  /** Stops it and ends its connections, hung ones included. */
  async stop(): Promise<void> {
    await this.emulator?.stop();
  }

  /** Steers the emulator and tells what reached it. */
  get control(): ControlClient {
    return this.running.control;
  }

  /** The emulator's origin, which plays both of Box's. */
  get origin(): string {
    return this.running.origin;
  }

  get origins(): BoxBaseUrls {
    return { account: this.origin, api: this.origin };
  }

  get endpoints(): BoxEndpoints {
    return endpointsOf(this.origins);
  }

  /** The seeded OAuth app, with its client secret unless another is given. */
  identity(clientSecret: string = SEED.clientSecret): BoxClientIdentity {
    return { endpoints: this.endpoints, clientId: SEED.clientId, clientSecret };
  }

  /** A client whose requests really travel, and whose waits are those of the clock. */
  client(
    clock: Clock = new FakeClock(),
    random: () => number = () => 0.5,
    log: Log = new RecordingLog(),
    fetch: Fetch = nodeFetch,
  ): BoxClient {
    return new BoxClient({
      loadFetch: () => Promise.resolve(fetch),
      clock,
      random,
      userAgent: USER_AGENT,
      log,
    });
  }

  /** Signs the seeded user, or another, in at Box's pages, and gives the code with what its exchange needs. */
  async authorizationCode(login: string = SEED.userLogin): Promise<AuthorizationCodeGrant> {
    const redirectUri = 'http://127.0.0.1:17160/callback';
    const codeVerifier = randomToken();
    const request = { clientId: SEED.clientId, redirectUri, state: randomToken(), codeVerifier, scopes: [] };
    const url = authorizationUrl(this.endpoints.authorization, request);
    const location = await new Visitor().authorize(url, login);
    return { code: new URL(location).searchParams.get('code') ?? '', redirectUri, codeVerifier };
  }

  private get running(): Emulator {
    if (this.emulator === undefined) throw new Error('The emulator runs only while tests do');
    return this.emulator;
  }
}

/** Starts an emulator for the tests of the `describe` that this is called in, and resets it before each. */
export function useEmulatedBox(): EmulatedBox {
  const box = new EmulatedBox();
  before(() => box.start());
  beforeEach(() => box.control.reset());
  after(() => box.stop());
  return box;
}
