import type { KillSwitch } from './killSwitch';

/** A token that Box made from a session's access token (RFC 8693), and whose answer has reached a host. */
export interface IssuedChild {
  readonly token: string;
  /** The access token that it was made from. */
  readonly subjectToken: string;
  /** What the host that got it lives by. */
  readonly killSwitch: KillSwitch;
  /** It was not stored yet when its host died, or the only store that had it is gone. */
  mayBeLost?: boolean;
}

/** Every child token that a host was given, and how often Box was asked to end it. */
export class IssuedChildren {
  private readonly byToken = new Map<string, IssuedChild>();
  private readonly unsettled: IssuedChild[] = [];
  private readonly revocations = new Map<string, number>();

  get all(): readonly IssuedChild[] {
    return [...this.byToken.values()];
  }

  /** Takes note of a token that an answer has brought. */
  note(child: IssuedChild): void {
    this.byToken.set(child.token, child);
    this.unsettled.push(child);
  }

  /** Those that came since the last time that this was asked. */
  takeNew(): readonly IssuedChild[] {
    return this.unsettled.splice(0);
  }

  /** Takes note that Box has answered the revocation of a token. */
  noteRevocation(token: string): void {
    this.revocations.set(token, (this.revocations.get(token) ?? 0) + 1);
  }

  /** The access token that a child was made from; undefined for a token that is none. */
  subjectTokenOf(token: string): string | undefined {
    return this.byToken.get(token)?.subjectToken;
  }

  /** The most answers that Box gave to the revocation of any one of them. */
  get mostRevocations(): number {
    return Math.max(0, ...this.all.map(({ token }) => this.revocations.get(token) ?? 0));
  }
}
