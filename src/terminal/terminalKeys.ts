import { createHash, timingSafeEqual } from 'node:crypto';
import { randomToken } from '../box/authorizationRequest';
import type { TerminalGrant } from './tokenGiver';

interface KnownKey {
  readonly digest: Buffer;
  readonly grant: (TerminalGrant & { isInForce: boolean }) | undefined;
}

/** The keys by which this window knows the programs in its terminals. They are new in each extension host. */
export class TerminalKeys {
  private known: readonly KnownKey[] = [];

  /** A new key: for all terminals of the window, or for one that the person opened for an account. */
  issue(accountId?: string): string {
    const key = randomToken();
    const grant = accountId === undefined ? undefined : { accountId, isInForce: true };
    this.known = [...this.known, { digest: digestOf(key), grant }];
    return key;
  }

  /** What a key stands for; undefined where it is none of ours. Takes the same time for any wrong key. */
  find(key: string): { readonly grant: TerminalGrant | undefined } | undefined {
    const digest = digestOf(key);
    let found: KnownKey | undefined;
    for (const each of this.known) if (timingSafeEqual(each.digest, digest)) found = each;
    return found;
  }

  /** Whether a terminal has access to an account without a question. */
  hasGrant(accountId: string): boolean {
    return this.known.some(({ grant }) => grant?.accountId === accountId && grant.isInForce);
  }

  /** Programs in terminals that were opened for an account are asked about from now on. */
  endGrants(accountId: string): void {
    for (const { grant } of this.known) if (grant?.accountId === accountId) grant.isInForce = false;
  }

  /** Forgets a key. */
  drop(key: string): void {
    const digest = digestOf(key);
    this.known = this.known.filter((each) => !timingSafeEqual(each.digest, digest));
  }

  /** Forgets all keys. */
  clear(): void {
    this.known = [];
  }
}

function digestOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
