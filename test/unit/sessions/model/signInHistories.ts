import { signInOf, type SessionRecord } from '../../../../src/sessions/store/sessionRecord';
import type { Outcome } from './actions';
import type { Host } from './host';
import type { IssuedTokens, SignIn } from './issuedTokens';
import type { WindowSlot } from './windowSlots';
import { isSame, type Person } from './subjects';
import type { OpenPage } from './topology';

/** That a sign-in was signed out or revoked. */
export interface GivenUp {
  /** When that was asked for. */
  readonly at: number;
  readonly by: Host;
  readonly kind: 'signedOut' | 'revoked';
  /** How long other hosts may take to know it, in ms: Infinity where it could not be stored. */
  readonly newsMs: number;
}

/** What is known of a sign-in that Box gave tokens for. */
export interface SignInHistory {
  readonly signIn: SignIn;
  readonly store: object;
  /** The session that it is kept as. */
  session: string;
  /** What the record calls it. */
  name: string;
  givenUp?: GivenUp;
  /** Another sign-in has taken its place: its tokens live until that is given up. */
  isReplaced?: boolean;
  /** Box may have ended it behind our back. */
  mayBeOver?: boolean;
  /** A host died while it gave it up. */
  mayBeGivenUp?: boolean;
  /** What was issued last may have died with a host, or the only store that had it is gone. */
  mayBeLost?: boolean;
  /** It was seen to need a new sign-in. */
  wasOver?: boolean;
}

/** What became of every sign-in, as far as it follows from what was done. */
export class SignInHistories {
  private readonly byId = new Map<string, SignInHistory>();
  /** Sign-ins of which nobody expects that they are kept, or that they are revoked. */
  private readonly adrift = new Set<string>();
  /** Sign-ins that failed: nobody keeps them, so they are to be revoked. */
  private readonly failed = new Set<string>();

  constructor(private readonly issued: IssuedTokens) {}

  get all(): readonly SignInHistory[] {
    return [...this.byId.values()];
  }

  /** Sign-ins that nobody keeps and that are to be dead in the end. */
  get discarded(): readonly SignIn[] {
    return [...this.issued.signIns.values()].filter(({ id }) => this.failed.has(id) && !this.byId.has(id));
  }

  /** Those that are to be usable in a store. */
  kept(store: object): readonly SignInHistory[] {
    return this.all.filter(
      (history) => history.store === store && history.givenUp === undefined && history.isReplaced !== true,
    );
  }

  ofToken(token: string | undefined): SignInHistory | undefined {
    const signIn = this.issued.of(token);
    return signIn && this.byId.get(signIn.id);
  }

  /** Whether a token comes from a sign-in of which nothing is known for sure. */
  isAdrift(token: string): boolean {
    const signIn = this.issued.of(token);
    return signIn === undefined || this.adrift.has(signIn.id);
  }

  /** The history that a record belongs to. */
  of(store: object, record: SessionRecord): SignInHistory | undefined {
    return this.all.find(
      (history) =>
        history.store === store && history.session === record.id && history.name === signInOf(record),
    );
  }

  /** Takes over the sessions that sign-ins gave. */
  noteSignIns(outcomes: readonly (Outcome | undefined)[]): void {
    for (const { signedIn, slot } of outcomes.filter((outcome) => outcome !== undefined))
      if (signedIn !== undefined && slot) this.keep(slot.page, signedIn);
  }

  /** Takes over what was done. @param newsMs as in {@link GivenUp} */
  note(outcomes: readonly Outcome[], newsMs: number): void {
    this.noteSignIns(outcomes);
    this.noteOverwritten(outcomes);
    for (const outcome of outcomes) {
      const { action, target, slot, error, isCut } = outcome;
      if (action.action === 'boxEndsAll') this.boxEnds(action.person);
      if (target === undefined || slot === undefined) continue;
      this.adopt(slot.page, target);
      if (action.action === 'boxEndsOne') this.mark(target, slot, (history) => (history.mayBeOver = true));
      if (action.action !== 'signOut' && action.action !== 'revoke') continue;
      if (action.action === 'revoke' && target.pair === null) continue;
      const kind = action.action === 'signOut' ? ('signedOut' as const) : ('revoked' as const);
      const givenUp = { at: outcome.began, by: slot.host, kind, newsMs };
      this.mark(target, slot, (history) => {
        if (isCut === true || error !== undefined) history.mayBeGivenUp = true;
        else if (history.givenUp?.kind !== 'signedOut')
          history.givenUp = { ...givenUp, at: history.givenUp?.at ?? givenUp.at };
      });
    }
  }

  /**
   * Without a common lock, a sign-out may remove what another host signs in at the same moment, and one sign-in store over
   * another: an accepted limit.
   */
  private noteOverwritten(outcomes: readonly Outcome[]): void {
    for (const { signedIn, slot } of outcomes) {
      if (signedIn === undefined || slot === undefined) continue;
      const { id } = signedIn;
      const apart = outcomes.filter((other) => other.slot?.page.folder !== slot.page.folder);
      const isRemoved = apart.some(
        ({ action, target }) =>
          (action.action === 'signOut' || action.action === 'revoke') && target?.id === id,
      );
      const record = slot.window.store.recordOf(id);
      const isThere = record !== undefined && signInOf(record) === signInOf(signedIn);
      const isStoredOver = !isThere && apart.some((other) => other.signedIn?.id === id);
      const history = isRemoved || isStoredOver ? this.of(slot.page.store, signedIn) : undefined;
      if (history !== undefined) history.mayBeLost = true;
    }
  }

  /** Notes what came of sign-ins that gave no session. @param known the sign-ins that Box knew of before */
  noteFailures(outcomes: readonly Outcome[], known: ReadonlySet<string>, mayBeUnanswered: boolean): void {
    for (const { action, signedIn, isCut } of outcomes) {
      if (action.action !== 'signIn' || signedIn !== undefined) continue;
      for (const { id, subject } of this.issued.signIns.values()) {
        if (known.has(id) || this.byId.has(id) || !isSame(subject, action.subject)) continue;
        if (isCut === true || mayBeUnanswered) this.adrift.add(id);
        else this.failed.add(id);
      }
    }
  }

  /** The same, after taking it for what it may be: that of a sign-in whose host died in its midst, or of an older version. */
  adopt(page: OpenPage, record: SessionRecord): SignInHistory | undefined {
    const known = this.of(page.store, record);
    if (known !== undefined) return known;
    const refreshToken = record.pair?.refreshToken;
    if (refreshToken === undefined || !this.isAdrift(refreshToken)) return undefined;
    return this.keep(page, record);
  }

  /** Takes a pair that somebody stored who knows nothing of the one before: nobody has that any more. */
  foreignWrite(page: OpenPage, record: SessionRecord): void {
    const before = this.of(page.store, record);
    if (before !== undefined) this.byId.delete(before.signIn.id);
    if (before !== undefined) this.adrift.add(before.signIn.id);
    this.keep(page, record);
  }

  /** Notes that nobody knows any more that a sign-in which failed is to be revoked. */
  lose({ id }: SignIn): void {
    if (this.failed.delete(id)) this.adrift.add(id);
  }

  /** Box ends what it had issued. */
  boxEnds(person?: Person): void {
    for (const history of this.all) {
      if (person === undefined || history.signIn.subject.person === person) history.mayBeOver = true;
    }
  }

  private keep({ store }: OpenPage, record: SessionRecord): SignInHistory | undefined {
    const signIn = this.issued.of(record.pair?.refreshToken);
    if (signIn === undefined) return undefined;
    const known = this.byId.get(signIn.id);
    if (known !== undefined) return known;
    const history: SignInHistory = { signIn, store, session: record.id, name: signInOf(record) };
    this.byId.set(signIn.id, history);
    this.adrift.delete(signIn.id);
    return history;
  }

  /** Marks the sign-in that a window knew, and those that it had replaced. */
  private mark(target: SessionRecord, { page }: WindowSlot, mark: (history: SignInHistory) => void): void {
    const ofSession = this.all.filter(({ store, session }) => store === page.store && session === target.id);
    for (const history of ofSession)
      if (history.name === signInOf(target) || history.isReplaced === true) mark(history);
  }
}
