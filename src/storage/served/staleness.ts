import type { Clock } from '../../common/clock';
import { Emitter, type Disposable } from '../../common/emitter';
import { StaleWindowError } from '../errors';

/**
 * Whether a window's view is known to be old, and for how long. While it is, the window looks for the newest every two
 * seconds: the window that holds it may only be reloading.
 */
export class Staleness implements Disposable {
  private readonly stayed = new Emitter<undefined>();
  private state: 'current' | 'waiting' | 'stayed' = 'current';
  private waiting: Promise<boolean> = Promise.resolve(true);
  private settle: (isCurrent: boolean) => void = () => undefined;
  private cancelLook = (): void => undefined;
  private cancelPatience = (): void => undefined;

  /** Fires when the view has been old for 10 s. */
  readonly onDidStay = this.stayed.event;

  /** @param look looks for the newest; ends the staleness where it finds it */
  constructor(
    private readonly look: () => void,
    private readonly clock: Clock,
  ) {}

  get isStale(): boolean {
    return this.state !== 'current';
  }

  /** The view is old, and nobody has the newest. Does nothing where that is known. */
  begin(): void {
    if (this.isStale) return;
    this.state = 'waiting';
    this.waiting = new Promise((resolve) => {
      this.settle = resolve;
    });
    this.lookSoon();
    this.cancelPatience = this.clock.after(PATIENCE_MS, () => {
      this.state = 'stayed';
      this.settle(false);
      this.stayed.fire(undefined);
    });
  }

  /** The view is up to date. */
  end(): void {
    this.state = 'current';
    this.dispose();
    this.settle(true);
  }

  /** Resolves when the view is up to date. @throws StaleWindowError where it is old for 10 s or more */
  async untilOver(): Promise<void> {
    if (this.state === 'current') return;
    if (this.state === 'stayed' || !(await this.waiting)) throw new StaleWindowError();
  }

  dispose(): void {
    this.cancelLook();
    this.cancelPatience();
  }

  private lookSoon(): void {
    this.cancelLook = this.clock.after(LOOK_MS, () => {
      this.look();
      this.lookSoon();
    });
  }
}

const LOOK_MS = 2000;
const PATIENCE_MS = 10_000;
