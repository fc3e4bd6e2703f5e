import assert from 'node:assert/strict';
import type { TokenInfo } from '../../../emulator/src';
import type { EmulatedBox } from '../../support/emulatedBox';
import type { FakeClock } from '../../support/fakeClock';

/** Turns of the event loop without any work after which nothing but time is waited for. */
const STILL_TURNS = 3;
/** The same while a request is in flight: one that is answered makes progress in each turn. */
const HUNG_TURNS = 12;
/** Real time that a request is given to arrive before it counts as hung, in ms. */
const ARRIVAL_MS = 2;
/** Nothing takes longer, in ms: what does hangs. */
const LONGEST_MS = 30 * 60_000;

/** The time of a scenario, hosts' and Box's, which moves only when nothing but time is waited for. */
export class ScenarioTime {
  /** Requests of hosts that have no answer yet. */
  inFlight = 0;
  private working = 0;
  private behind = 0;
  private syncing: Promise<unknown> = Promise.resolve();
  private arrivals = { inFlight: 0, since: 0 };
  private readonly pipes = countActive(isPipe);

  constructor(
    readonly clock: FakeClock,
    private readonly box: EmulatedBox,
  ) {}

  /** By no clock that can be wrong, in ms. */
  now(): number {
    return this.clock.monotonic();
  }

  /** Stops Box's clock. */
  async begin(): Promise<void> {
    await this.box.control.freezeClock();
  }

  /** Does something that takes no time here: a person at Box's pages, or a question to the emulator. */
  async busy<T>(work: () => Promise<T>): Promise<T> {
    this.working++;
    try {
      await this.sync();
      return await work();
    } finally {
      this.working--;
    }
  }

  /** Brings Box's clock up to date: before each request. */
  async sync(): Promise<void> {
    const ms = this.behind;
    this.behind = 0;
    if (ms > 0) this.syncing = this.syncing.then(() => this.box.control.advanceClock(ms));
    await this.syncing;
  }

  /** What Box knows of a token now. */
  tokenInfo(token: string): Promise<TokenInfo> {
    return this.busy(() => this.box.control.tokenInfo(token));
  }

  /** Sees an operation to its end, and lets whatever time pass that it takes. */
  async drive<T>(operation: Promise<T>): Promise<T> {
    const state = { isOver: false };
    const over = (): void => {
      state.isOver = true;
    };
    operation.then(over, over);
    for (const end = this.now() + LONGEST_MS; ;) {
      await this.stillness(() => state.isOver);
      if (state.isOver) return operation;
      assert.ok(this.now() < end, 'something hangs');
      await this.next(LONGEST_MS);
    }
  }

  /** Lets time pass as it does while a machine is awake. */
  async pass(ms: number): Promise<void> {
    for (const end = this.now() + ms; this.now() < end;) {
      await this.stillness();
      await this.next(end - this.now());
    }
    await this.stillness();
  }

  /** Lets time pass while the machine sleeps. */
  jump(ms: number): void {
    this.behind += ms;
    this.clock.jump(ms);
  }

  private async next(most: number): Promise<void> {
    const ms = Math.min(most, Math.max(0, this.clock.pending[0] ?? most));
    this.behind += ms;
    await this.clock.advance(ms);
  }

  /** Resolves when nothing but time is waited for, or as soon as it is no more of interest. */
  private async stillness(isEnough = (): boolean => false): Promise<void> {
    for (let turns = 0; !this.isStill(turns) && !isEnough(); turns++) {
      await new Promise((resolve) => setImmediate(resolve));
      if (this.working > 0 || countActive(isFileWork) > 0 || countActive(isPipe) > this.pipes) turns = 0;
    }
  }

  private isStill(turns: number): boolean {
    if (this.inFlight === 0) return turns >= STILL_TURNS;
    if (this.arrivals.inFlight !== this.inFlight) {
      this.arrivals = { inFlight: this.inFlight, since: performance.now() };
    }
    return turns >= HUNG_TURNS && performance.now() - this.arrivals.since > ARRIVAL_MS;
  }
}

const isFileWork = (name: string): boolean =>
  name.startsWith('FSReq') || name === 'CloseReq' || name === 'DirHandle';
const isPipe = (name: string): boolean => name.startsWith('Pipe');

function countActive(matches: (name: string) => boolean): number {
  return process.getActiveResourcesInfo().filter(matches).length;
}

/** Loads what is loaded when it is needed, so that it takes no time in the midst of a scenario. */
export async function loadAll(): Promise<void> {
  await Promise.all([
    import('../../../../src/box/requests'),
    import('../../../../src/sessions/lifecycle/module'),
    import('../../../../src/storage/served/module'),
  ]);
}
