import type { Model } from './model';
import { kill, killPair, type TokenPair } from './tokens';

/** A pair that answers a refresh, and whether it had been given out before. */
export interface Rotated {
  readonly pair: TokenPair;
  readonly repeated: boolean;
}

/** Takes the first use of a pair as proof that it arrived: the pair that it was minted from ends. */
export function confirm(model: Model, pair: TokenPair): void {
  const old = pair.predecessor;
  if (old === undefined || model.switches.rotation === 'grace-window') return;
  pair.predecessor = undefined;
  old.successor = undefined;
  killPair(old);
}

function mint(model: Model, from: TokenPair): Rotated {
  const { clientId, userId, scopes } = from.access;
  const pair = model.issuePair({ clientId, userId, scopes }, from);
  from.successor = pair;
  from.refresh.spent = true;
  return { pair, repeated: false };
}

/** The pair minted earlier, unless it ran out unused: then it ends, and a new one takes its place. */
function pendingOf(model: Model, pair: TokenPair): TokenPair | undefined {
  const pending = pair.successor;
  if (pending === undefined || model.tokens.isLive(pending.access)) return pending;
  killPair(pending);
  return undefined;
}

function repeatOrMint(model: Model, pair: TokenPair): Rotated {
  const pending = pendingOf(model, pair);
  return pending === undefined ? mint(model, pair) : { pair: pending, repeated: true };
}

/** Answers a refresh with a live refresh token, in the way that the switch `rotation` says. */
export function rotate(model: Model, pair: TokenPair): Rotated {
  confirm(model, pair);
  const { rotation, graceSeconds } = model.switches;
  switch (rotation) {
    case 'confirm-on-use':
      return repeatOrMint(model, pair);
    case 'distinct':
      return mint(model, pair);
    case 'strict':
      kill(pair.refresh);
      return mint(model, pair);
    case 'grace-window':
      killPair(pair, model.clock.now() + graceSeconds * 1000);
      return repeatOrMint(model, pair);
  }
}
