import type { Outcome } from './actions';
import type { IssuedChild, IssuedChildren } from './issuedChildren';
import type { SignInHistories } from './signInHistories';
import type { SignIn } from './issuedTokens';
import type { HostEnding } from './plan';
import type { WindowSlot, WindowSlots } from './windowSlots';
import type { Topology } from './topology';

/** The end of a host. */
export interface HostEnd {
  readonly slot: WindowSlot;
  /** The child tokens that hosts were given. */
  readonly children: IssuedChildren;
  readonly ending: HostEnding;
  /** Whether it ends in the midst of something, or with values that could not be stored. */
  readonly isBroken: boolean;
}

/** Notes whose newest pair, and which child tokens, go with a host, or with the only store that has them. */
export function noteLosses(
  { slot, children, ending, isBroken }: HostEnd,
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
  const isIn = (token: string): boolean => texts.some((text) => text.includes(token));
  const isStored = ({ refreshTokens }: SignIn): boolean => isIn(refreshTokens.at(-1) ?? '');
  if (isBroken) for (const signIn of histories.discarded) if (!isStored(signIn)) histories.lose(signIn);
  for (const known of histories.all.filter((each) => each.store === store)) {
    if (isForgotten || (isBroken && !isStored(known.signIn))) known.mayBeLost = true;
  }
  for (const child of children.all) {
    if (histories.ofToken(child.subjectToken)?.store !== store) continue;
    if (isForgotten || (isBroken && !isIn(child.token))) child.mayBeLost = true;
  }
}

/**
 * Without a common lock, hosts that change the record of one session's child tokens at the same moment overwrite what
 * the others stored: an accepted limit.
 */
export function noteOverwrittenChildren(
  outcomes: readonly Outcome[],
  fresh: readonly IssuedChild[],
  histories: SignInHistories,
  areFilesBad: boolean,
): void {
  for (const child of fresh) {
    const session = histories.ofToken(child.subjectToken)?.session;
    const hosts = outcomes.flatMap(({ target, slot }) => (target?.id === session && slot ? [slot] : []));
    const apart = hosts.map(({ host, page }) => (areFilesBad ? host : page.folder));
    if (new Set<unknown>(apart).size > 1) child.mayBeLost = true;
  }
}
