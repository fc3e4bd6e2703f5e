import type { Clock } from '../../common/clock';
import { endOf, type TokenPair } from '../store/sessionRecord';

/** A clock that is set back by less than this is only being adjusted, in ms. */
const ADJUSTMENT_MS = 60_000;
const MAX_MARGIN_MS = 5 * 60_000;
const LEAST_LIFE_MS = 60_000;
const COPY_LIFE_MS = 15 * 60_000;
/** More tokens than a window sees at a time. */
const REMEMBERED = 1000;

/**
 * Judges how long access tokens live, with a wall clock that may be wrong and a monotonic one that may stand still
 * while the machine sleeps: whichever says less counts. So a clock that is set forward costs one refresh more, and
 * one that is set back hands out no dead token.
 */
export class TokenExpiry {
  /** For each access token, the moment on the monotonic clock at which it ends. */
  private readonly ends = new Map<string, number>();

  constructor(private readonly clock: Clock) {}

  /** Life left in ms, zero or less once it has ended or when its issue lies in the future. */
  left(pair: TokenPair): number {
    const now = this.clock.now();
    const byWall = now < pair.issuedAt - ADJUSTMENT_MS ? 0 : endOf(pair) - now;
    const monotonic = this.clock.monotonic();
    const end = this.ends.get(pair.accessToken) ?? this.remember(pair.accessToken, monotonic + byWall);
    return Math.min(byWall, end - monotonic);
  }

  /** Takes a token for ended from now on, whatever its times say, because Box refused it. */
  reject({ accessToken }: TokenPair): void {
    this.ends.delete(accessToken);
    this.remember(accessToken, -Infinity);
  }

  /** How long before its end a token is due for a refresh, in ms: 5 minutes, or a tenth of a short life. */
  margin(pair: TokenPair): number {
    return Math.min(MAX_MARGIN_MS, pair.expiresIn * 100);
  }

  /** Whether so little life is left that a reader gets a new token. */
  isDue(pair: TokenPair): boolean {
    return this.left(pair) < this.margin(pair);
  }

  /** Whether enough is left to hand the token out while a refresh goes on: 60 s, or half of the margin. */
  serves(pair: TokenPair): boolean {
    return this.left(pair) >= Math.min(LEAST_LIFE_MS, this.margin(pair) / 2);
  }

  /** Whether too little is left to hand the token to a person: less than 15 minutes and than half of its life. */
  isTooShortToCopy(pair: TokenPair): boolean {
    return this.left(pair) < Math.min(COPY_LIFE_MS, pair.expiresIn * 500);
  }

  private remember(accessToken: string, end: number): number {
    const [oldest] = this.ends.keys();
    if (oldest !== undefined && this.ends.size >= REMEMBERED) this.ends.delete(oldest);
    this.ends.set(accessToken, end);
    return end;
  }
}
