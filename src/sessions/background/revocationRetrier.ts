import { LONGEST_TIMER_MS, type Clock } from '../../common/clock';
import type { Disposable } from '../../common/emitter';
import { errorText } from '../../common/errorText';
import type { Log } from '../../common/log';
import type { Lifecycle } from '../lifecycle/module';
import type { SignOutMarks } from '../lifecycle/signOutMarks';
import type { PendingRevocations } from '../tokens/pendingRevocations';

/** Dependencies of {@link RevocationRetrier}. */
export interface RevocationRetrierDependencies {
  readonly marks: SignOutMarks;
  readonly revocations: PendingRevocations;
  readonly loadLifecycle: () => Promise<Pick<Lifecycle, 'signOut' | 'children' | 'remover' | 'sender'>>;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly log: Log;
}

const MINUTE_MS = 60_000;
const LONGEST_PAUSE_MS = 60 * MINUTE_MS;
/** A window that lives has sent what it stored before this, or has failed to. */
const UNDER_WAY_MS = 30_000;

/**
 * Sends revocations that Box has not confirmed: a minute or two after the start, and after a sign-out that could not
 * reach Box, then ever less often, up to once an hour, until none is left.
 */
export class RevocationRetrier implements Disposable {
  private cancel = (): void => undefined;

  constructor(private readonly dependencies: RevocationRetrierDependencies) {}

  /** Begins anew with short pauses. */
  begin(): void {
    this.sendAfter(MINUTE_MS);
  }

  dispose(): void {
    this.cancel();
  }

  private sendAfter(pauseMs: number): void {
    const { clock, random, log } = this.dependencies;
    this.cancel();
    const wait = Math.min(LONGEST_TIMER_MS, pauseMs * (1 + random()));
    this.cancel = clock.after(wait, () => {
      this.send(pauseMs).catch((error: unknown) => {
        log.error(`Pending revocations cannot be read: ${errorText(error)}`);
        this.sendAfter(Math.min(LONGEST_PAUSE_MS, pauseMs * 2));
      });
    });
  }

  private async send(pauseMs: number): Promise<void> {
    const { marks, revocations, loadLifecycle } = this.dependencies;
    const { cancel } = this;
    const { signOut, children, remover, sender } = await loadLifecycle();
    await signOut.tidy();
    const asked = await sender.sendAll(UNDER_WAY_MS);
    const areChildrenLeft = await children.endLeft();
    await remover.forgetRemoved();
    // What was settled by sending leaves no mark.
    await signOut.tidy();
    // It began anew meanwhile: that is due sooner.
    if (cancel !== this.cancel) return;
    if (marks.isUnstored || areChildrenLeft || (await revocations.clientIds()).size > 0) {
      this.sendAfter(Math.max(asked, Math.min(LONGEST_PAUSE_MS, pauseMs * 2)));
    }
  }
}
