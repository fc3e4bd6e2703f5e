import type { TokenInfo } from '../../emulator';
import type { EmulatedBox } from '../support/emulatedBox';
import type { FakeClock } from '../support/fakeClock';
import type { Wire } from './wire';

/** No wait between two requests is longer, nor the wait for an answer, in ms. */
const LONGEST_WAIT_MS = 15_000;
/** How long files and sockets are given before another look, in real ms. */
const LOOK_MS = 1;

/** The time of a machine and of Box, which moves only when nothing but time is waited for. */
export class MachineTime {
  private boxTime = 0;

  constructor(
    private readonly clock: FakeClock,
    private readonly box: EmulatedBox,
    private readonly wire: Wire,
  ) {}

  /** Stops Box's clock. */
  async begin(): Promise<void> {
    await this.box.control.freezeClock();
    this.boxTime = Date.now();
  }

  /** Sees an operation to its end, and lets waits between requests and for answers that never come pass. */
  async drive<T>(operation: Promise<T>): Promise<T> {
    const ended = operation.then(
      () => true,
      () => true,
    );
    const look = (): Promise<boolean> =>
      new Promise((resolve) => {
        setTimeout(resolve, LOOK_MS, false);
      });
    for (;;) {
      if (await Promise.race([ended, look()])) return operation;
      const next = this.clock.pending[0];
      if (next !== undefined && next <= LONGEST_WAIT_MS && (await this.isStill())) {
        await this.move(Math.max(0, next));
      }
    }
  }

  /** Lets time pass as it does while a machine is awake. @param rest resolves when the windows are at rest */
  async pass(ms: number, rest: () => Promise<void>): Promise<void> {
    for (let left = ms; left > 0;) {
      const next = Math.max(0, this.clock.pending[0] ?? left);
      await this.move(Math.min(left, next));
      left -= next;
      await this.drive(rest());
    }
  }

  /** Lets time pass while the machine sleeps. */
  async jump(ms: number): Promise<void> {
    await this.moveBox(ms);
    this.clock.jump(ms);
  }

  /** Whether a token works, and how long it will, in ms. Box's clock is ahead by one wait at most. */
  judge({ live, expiresAt = 0 }: TokenInfo): { readonly isLive: boolean; readonly left: number } {
    const left = expiresAt - this.clock.now();
    return { isLive: live || (expiresAt <= this.boxTime && left > 0), left };
  }

  /** Whether no answer is on its way. */
  private async isStill(): Promise<boolean> {
    if (this.wire.inFlight === 0) return true;
    const hung = (await this.box.control.requests()).filter(({ status }) => status === 'hung').length;
    // An answer may have arrived while Box was asked.
    return this.wire.inFlight > 0 && this.wire.inFlight <= hung - this.wire.abandoned;
  }

  private async move(ms: number): Promise<void> {
    await this.moveBox(ms);
    await this.clock.advance(ms);
  }

  private async moveBox(ms: number): Promise<void> {
    await this.box.control.advanceClock(ms);
    this.boxTime += ms;
  }
}
