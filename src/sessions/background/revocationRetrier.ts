import { LONGEST_TIMER_MS, type Clock } from '../../common/clock';
import type { Disposable } from '../../common/emitter';
import { errorText } from '../../common/errorText';
import type { Log } from '../../common/log';
import type { AppRemover } from '../lifecycle/appRemover';
import type { ChildTokens } from '../downscoped/childTokens';
import type { PendingRevocations } from '../tokens/pendingRevocations';
import type { SignOut } from '../lifecycle/signOut';

/** Dependencies of {@link RevocationRetrier}. */
export interface RevocationRetrierDependencies {
  readonly signOut: SignOut;
  readonly children: ChildTokens;
  readonly revocations: PendingRevocations;
  readonly remover: AppRemover;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly log: Log;
}

const MINUTE_MS = 60_000;
const LONGEST_PAUSE_MS = 60 * MINUTE_MS;

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
    const { revocations, signOut, children, remover } = this.dependencies;
    await signOut.tidy();
    const asked = await revocations.sendAll();
    const areChildrenLeft = await children.endLeft();
    await remover.forgetRemoved();
    // What was settled by sending leaves no mark.
    await signOut.tidy();
    if (signOut.isHidden || areChildrenLeft || (await revocations.pending()).size > 0) {
      this.sendAfter(Math.max(asked, Math.min(LONGEST_PAUSE_MS, pauseMs * 2)));
    }
  }
}
