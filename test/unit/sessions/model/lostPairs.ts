import type { SignInHistories } from './signInHistories';
import type { SignIn } from './issuedTokens';
import type { HostEnding } from './plan';
import type { WindowSlot, WindowSlots } from './windowSlots';
import type { Topology } from './topology';

/** The end of a host. */
export interface HostEnd {
  readonly slot: WindowSlot;
  readonly ending: HostEnding;
  /** Whether it ends in the midst of something, or with values that could not be stored. */
  readonly isBroken: boolean;
}

/** Notes whose newest pair goes with a host, or with the only store that has it. */
export function noteLosses(
  { slot, ending, isBroken }: HostEnd,
  slots: WindowSlots,
  topology: Topology,
  histories: SignInHistories,
): void {
  const { store, secrets } = slot.page;
  const isForgotten = ending === 'reload' && topology.name === 'noKeyring';
  const others = slots.all.filter(({ page }) => page !== slot.page && page.store === store);
  const left = ending === 'reload' ? topology.found(slot.page) : secrets.values;
  const texts = [left, ...others.map(({ page }) => page.secrets.values)].flatMap((each) => [
    ...each.values(),
  ]);
  const isStored = ({ refreshTokens }: SignIn): boolean =>
    texts.some((text) => text.includes(refreshTokens.at(-1) ?? ''));
  if (isBroken) for (const signIn of histories.discarded) if (!isStored(signIn)) histories.lose(signIn);
  for (const known of histories.all.filter((each) => each.store === store)) {
    if (isForgotten || (isBroken && !isStored(known.signIn))) known.mayBeLost = true;
  }
}
