import type { Emitter } from '../common/emitter';

/** How many tokens programs in this window's terminals were given, for the status bar and the account menu. */
export class AccessCounts {
  private readonly counts = new Map<string, number>();

  /** @param change fires when a token was given, or access has changed. */
  constructor(private readonly change: Emitter<undefined>) {}

  /** How many tokens of an account were given since access was last ended. */
  of(accountId: string): number {
    return this.counts.get(accountId) ?? 0;
  }

  /** Counts a token. */
  add(accountId: string): void {
    this.counts.set(accountId, this.of(accountId) + 1);
    this.change.fire(undefined);
  }

  /** Tells that access has changed. */
  touch(): void {
    this.change.fire(undefined);
  }

  /** Begins anew, for one account or for all. */
  clear(accountId?: string): void {
    if (accountId === undefined) this.counts.clear();
    else this.counts.delete(accountId);
    this.change.fire(undefined);
  }
}
