import type { EmulatedBox } from '../../support/emulatedBox';
import type { ScenarioTime } from './scenarioTime';
import { personOf, type Subject } from './subjects';

/** A sign-in as Box knows it: every token that came of it. */
export interface SignIn {
  readonly id: string;
  readonly subject: Subject;
  /** In the order in which they were issued. */
  readonly accessTokens: string[];
  readonly refreshTokens: string[];
}

/** Every token that Box has issued, by the sign-in that it comes from. */
export class IssuedTokens {
  readonly signIns = new Map<string, SignIn>();
  private readonly byToken = new Map<string, SignIn>();
  private readonly seen = new Set<string>();

  constructor(
    private readonly box: EmulatedBox,
    private readonly time: ScenarioTime,
  ) {}

  /** The ids of the sign-ins that are known. */
  get ids(): ReadonlySet<string> {
    return new Set(this.signIns.keys());
  }

  /** Takes note of what was issued since the last time. */
  async note(): Promise<void> {
    const secrets = await this.time.busy(() => this.box.control.issuedSecrets());
    const unknown = secrets.filter((secret) => !this.seen.has(secret));
    for (const token of unknown) {
      this.seen.add(token);
      const { kind, signIn, userId, scopes = [] } = await this.time.tokenInfo(token);
      if (signIn === undefined || userId === undefined) continue;
      const known = this.signIns.get(signIn) ?? {
        id: signIn,
        subject: { person: personOf(userId), scopes: scopes.length > 2 ? [] : scopes },
        accessTokens: [],
        refreshTokens: [],
      };
      this.signIns.set(signIn, known);
      this.byToken.set(token, known);
      (kind === 'access' ? known.accessTokens : known.refreshTokens).push(token);
    }
  }

  /** The sign-in that a token comes from; undefined for one that is not known yet, or comes from none. */
  of(token: string | undefined): SignIn | undefined {
    return token === undefined ? undefined : this.byToken.get(token);
  }

  /** The tokens of a sign-in that Box honours. */
  async living(signIn: SignIn): Promise<readonly string[]> {
    const tokens = [...signIn.accessTokens, ...signIn.refreshTokens];
    const infos = await Promise.all(tokens.map((token) => this.time.tokenInfo(token)));
    return tokens.filter((_token, index) => infos[index]?.live === true);
  }
}
