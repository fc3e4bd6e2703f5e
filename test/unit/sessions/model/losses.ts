import type { Fates } from './fates';
import type { SignIn } from './ledger';
import type { Fate } from './plan';
import type { Seat, Seats } from './seats';
import type { Topology } from './topology';

/** The end of a host. */
export interface HostEnd {
  readonly seat: Seat;
  readonly fate: Fate;
  /** Whether it ends in the midst of something, or with values that could not be stored. */
  readonly isBroken: boolean;
}

/** Notes whose newest pair goes with a host, or with the only store that has it. */
export function noteLosses(
  { seat, fate, isBroken }: HostEnd,
  seats: Seats,
  topology: Topology,
  fates: Fates,
): void {
  const { store, secrets } = seat.page;
  const isForgotten = fate === 'reload' && topology.name === 'noKeyring';
  const others = seats.all.filter(({ page }) => page !== seat.page && page.store === store);
  const left = fate === 'reload' ? topology.found(seat.page) : secrets.values;
  const texts = [left, ...others.map(({ page }) => page.secrets.values)].flatMap((each) => [
    ...each.values(),
  ]);
  const isStored = ({ refreshTokens }: SignIn): boolean =>
    texts.some((text) => text.includes(refreshTokens.at(-1) ?? ''));
  if (isBroken) for (const signIn of fates.discarded) if (!isStored(signIn)) fates.lose(signIn);
  for (const known of fates.all.filter((each) => each.store === store)) {
    if (isForgotten || (isBroken && !isStored(known.signIn))) known.mayBeLost = true;
  }
}
