import assert from 'node:assert/strict';
import {
  mainToken,
  type LiveSession,
  type SessionRecord,
  type TokenPair,
} from '../../../../src/sessions/store/sessionRecord';
import type { TokenInfo } from '../../../emulator/src';
import type { EmulatedBox } from '../../support/emulatedBox';
import type { FaultyNetwork } from '../../support/faultyNetwork';
import { observeWaits } from '../../support/waits';
import type { FakeClock } from '../../support/fakeClock';
import { OPERATIONS, type OperationId } from './faultOperations';
import type { FaultRow } from './faultTable';
import { SessionWindow, type SharedMachine } from '../../support/sessionWindow';

const MINUTE_MS = 60_000;
/** A wait between two requests is at most so long, a wait for an answer longer, in ms. */
const LONGEST_WAIT_MS = 11_000;
const LONGEST_TIMEOUT_MS = 15_000;
const FOR_EVER = -1;

/** A record with the numbers that storing adds. */

/** How an operation ended. */
export interface TrialResult {
  /** What it gave. */
  readonly value?: unknown;
  /** What it threw. */
  readonly error?: unknown;
  /** The waits between its requests, in ms. */
  readonly waits: readonly number[];
  /** How long it waited for each answer that never came, in ms. */
  readonly timeouts: readonly number[];
}

/** One operation in a window whose way to Box, or whose Box, is at fault for a while. */
export class FaultTrial {
  readonly window: SessionWindow;
  private made: LiveSession | undefined;
  private before = 0;

  constructor(
    private readonly box: EmulatedBox,
    private readonly network: FaultyNetwork,
    machine: SharedMachine,
    readonly id: OperationId,
  ) {
    this.window = new SessionWindow(box, machine);
    this.window.origins = { account: box.origin, api: network.origin };
  }

  /** The session that the operation is about. */
  get session(): LiveSession {
    assert.ok(this.made, 'a sign-in has no session yet');
    return this.made;
  }

  /** Whether the operation is a sign-in. */
  get isSignIn(): boolean {
    return this.id === 'exchange' || this.id === 'usersMe';
  }

  /** Makes everything ready for the operation, while all is well. */
  async prepare(): Promise<void> {
    const { window } = this;
    await window.configureApp();
    if (!this.isSignIn) this.made = await window.signIn();
    if (this.id === 'expired') await window.letTokensExpire();
    if (this.id === 'live') window.clock.jump(57 * MINUTE_MS);
    window.forgetChanges();
  }

  /** Begins the fault, once or until {@link mend}. */
  async strike({ how }: FaultRow, once = false): Promise<void> {
    const { endpoint } = OPERATIONS[this.id];
    this.before = await this.countAtBox();
    const times = once ? 1 : FOR_EVER;
    if (typeof how === 'function') await this.box.control.fault({ endpoint, times, ...how(endpoint) });
    else if (how === 'tokensEnded') await this.box.control.revokeUser(this.session.user.id);
    else if (this.id === 'usersMe') this.network.shutAfter('/oauth2/token', how, once ? 1 : Infinity);
    else this.network.shut(how, once ? 1 : Infinity);
  }

  /** How many of the operation's requests have reached Box since the fault began. */
  async reached(): Promise<number> {
    return (await this.countAtBox()) - this.before;
  }

  /** Runs the operation to its end, through every wait. */
  async run({ hangs = false }: FaultRow): Promise<TrialResult> {
    const operation = this.act();
    if (!hangs) return { timeouts: [], ...(await observeWaits(this.window.clock, operation)) };
    return driveHung(this.window.clock, operation, () => this.hungRequests());
  }

  /** Ends the fault, and passes the time for which Box asked to be left alone. */
  async mend({ retryAfterMs = 0 }: FaultRow): Promise<void> {
    await this.box.control.clearFaults();
    await this.network.mend();
    this.window.clock.jump(retryAfterMs);
    // As when the window regains focus.
    this.window.backoff.reset();
  }

  /** The operation, once. */
  async act(): Promise<unknown> {
    const { refresher, signOut } = this.window;
    switch (this.id) {
      case 'exchange':
      case 'usersMe':
        return this.window.signIn();
      case 'expired':
      case 'live':
        return refresher.fresh(this.session);
      case 'signOut':
        return signOut.run(this.session.id);
      case 'revoke':
        return signOut.revoke(this.session.id);
    }
  }

  /** What is stored of sessions. */
  get records(): readonly SessionRecord[] {
    const { secrets } = this.window;
    return secrets.keysBelow('session/').map((key) => {
      assert.ok(secrets.stored(key).revision > 0);
      return secrets.valueOf(key) as SessionRecord;
    });
  }

  /** How many revocations are stored to be sent later. */
  get pendingRevocations(): number {
    return this.window.secrets.keysBelow('revocation/').length;
  }

  /** Whether Box still honours either token of the pair. */
  async isAlive({ pair }: LiveSession): Promise<boolean> {
    return (await this.infos(pair)).some(({ live }) => live);
  }

  /** Whether Box honours both tokens of the pair. */
  async isHonoured({ pair }: LiveSession): Promise<boolean> {
    return (await this.infos(pair)).every(({ live }) => live);
  }

  /** How many refresh tokens Box still honours. */
  async liveRefreshTokens(): Promise<number> {
    const secrets = await this.box.control.issuedSecrets();
    const infos = await Promise.all(secrets.map((secret) => this.box.control.tokenInfo(secret)));
    return infos.filter(({ kind, live }) => kind === 'refresh' && live).length;
  }

  private infos(pair: TokenPair): Promise<TokenInfo[]> {
    return Promise.all([pair.accessToken, mainToken(pair)].map((token) => this.box.control.tokenInfo(token)));
  }

  private async countAtBox(): Promise<number> {
    const { endpoint } = OPERATIONS[this.id];
    return (await this.box.control.requests({ endpoint })).length;
  }

  private async hungRequests(): Promise<number> {
    return (await this.box.control.requests()).filter(({ status }) => status === 'hung').length;
  }
}

/** Sees an operation to its end whose requests reach Box and hang there: gives each up when its time has come. */
async function driveHung(
  clock: FakeClock,
  operation: Promise<unknown>,
  hungRequests: () => Promise<number>,
): Promise<TrialResult> {
  const waits: number[] = [];
  const timeouts: number[] = [];
  let ended: { readonly value?: unknown; readonly error?: unknown } | undefined;
  operation.then(
    (value) => (ended = { value }),
    (error: unknown) => (ended = { error }),
  );
  for (;;) {
    const hung = await hungRequests();
    if (ended !== undefined) return { ...ended, waits, timeouts };
    const next = clock.pending.find(
      (ms) => ms <= (hung > timeouts.length ? LONGEST_TIMEOUT_MS : LONGEST_WAIT_MS),
    );
    if (next === undefined) continue;
    (next > LONGEST_WAIT_MS ? timeouts : waits).push(next);
    await clock.advance(next);
  }
}
