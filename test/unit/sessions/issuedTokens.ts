import type { TokenPair } from '../../../src/sessions/sessionRecord';
import type { EmulatedBox } from '../support/emulatedBox';
import { isSame, personOf, type Subject } from './subjects';

type Values = Pick<TokenPair, 'accessToken' | 'refreshToken'>;

/** Every token that Box has issued, by whom and what it was issued for. */
export class IssuedTokens {
  private readonly subjects = new Map<string, Subject>();
  private readonly excused = new Set<string>();
  private newest: ReadonlySet<string> = new Set();

  constructor(private readonly box: EmulatedBox) {}

  /** Takes note of what was issued since the last time. */
  async note(): Promise<void> {
    const { control } = this.box;
    const secrets = await control.issuedSecrets();
    const unknown = secrets.filter((secret) => !this.subjects.has(secret));
    const infos = await Promise.all(unknown.map((secret) => control.tokenInfo(secret)));
    this.newest = new Set(unknown);
    for (const [index, { userId, scopes = [] }] of infos.entries()) {
      const token = unknown[index];
      if (token === undefined || userId === undefined) continue;
      this.subjects.set(token, { person: personOf(userId), scopes: scopes.length > 2 ? [] : scopes });
    }
  }

  /** Expects the revocation of no token so far but those of the given pairs: the others were given up. */
  excuseAllBut(subject: Subject, kept: readonly Values[]): void {
    const keep = new Set(kept.flatMap(({ accessToken, refreshToken }) => [accessToken, refreshToken]));
    for (const token of this.of(subject)) if (!keep.has(token)) this.excused.add(token);
  }

  /** The same for those that were issued last. */
  excuseNewestBut(subject: Subject, kept: readonly Values[]): void {
    const keep = new Set(kept.flatMap(({ accessToken, refreshToken }) => [accessToken, refreshToken]));
    for (const token of this.of(subject)) {
      if (this.newest.has(token) && !keep.has(token)) this.excused.add(token);
    }
  }

  /** How many tokens that should have been revoked still work. */
  async survivors(subject: Subject): Promise<number> {
    const tokens = this.of(subject).filter((token) => !this.excused.has(token));
    const infos = await Promise.all(tokens.map((token) => this.box.control.tokenInfo(token)));
    return infos.filter(({ live }) => live).length;
  }

  private of(subject: Subject): readonly string[] {
    return [...this.subjects].filter(([, each]) => isSame(each, subject)).map(([token]) => token);
  }
}
