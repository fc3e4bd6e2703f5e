import assert from 'node:assert/strict';
import { SessionError } from '../../../src/sessions/errors';
import type { LiveSession, SessionRecord } from '../../../src/sessions/sessionRecord';
import type { Action } from './sessionSteps';
import { isSame, nameOf, subjectOf, type Person, type Subject } from './subjects';

/** A token that a window handed out, and whether Box honoured it at that moment. */
export interface HandedOut {
  readonly id: string;
  readonly person: Person;
  readonly isLive: boolean;
  /** Life that Box gave it then, in ms. */
  readonly left: number;
}

/** What became of an action. */
export interface Outcome {
  readonly action: Action;
  /** Who and what it was about, for those that are about a session. */
  readonly subject?: Subject | undefined;
  /** The session that it was about, if there was one before. */
  readonly target?: string | undefined;
  readonly tokens?: readonly HandedOut[];
  readonly signedIn?: LiveSession;
  /** A sign-out that Box could not be told of. */
  readonly isPending?: boolean;
  readonly error?: unknown;
  /** The window died in its midst. */
  readonly isCut?: boolean;
}

/** What the model takes from the wire. */
export interface Circumstances {
  /** Whether a refresh spends its refresh token at once. */
  readonly isStrict: boolean;
  /** Whether a request failed while the actions ran. */
  readonly isFaulty: boolean;
  /** Whether one of those may have made Box issue tokens that nobody received. */
  readonly mayHaveLostTokens: boolean;
  /** Whether one failed so recently that a pause for it may last. */
  readonly wasFaulty: boolean;
  /** Whether an answer was ever lost: Box then gives the pair that it was lost with, and what is left of its life. */
  readonly wasEverLost: boolean;
  /** Sessions whose newest pair may not have reached its window. */
  readonly lost: ReadonlySet<string>;
}

/** What is known of a session that somebody signed in and did not sign out. */
interface Fact {
  readonly subject: Subject;
  /** It needs a new sign-in: that is known here. */
  readonly isOver: boolean;
  /** Box may have ended it behind our back. */
  readonly mayBeOver: boolean;
}

/** Actions that change no token but by a refresh, when one is due. */
const CALM: readonly Action['action'][] = ['get', 'copy', 'signIn'];
const KILLING: readonly Action['action'][] = ['signOut', 'revoke', 'boxEndsAll', 'boxEndsOne'];
/** Life that a token has left when it is handed out, in ms, but for what a retry takes. */
const LEAST_LEFT_MS = 5 * 60_000 - 60_000;
const LEAST_LEFT_TO_COPY_MS = 15 * 60_000 - 60_000;

/** What must be true of sessions, whatever happens. It knows what was done, and nothing of how. */
export class SessionModel {
  private facts = new Map<string, Fact>();
  private everOver = false;

  /** Whether Box ended a session behind our back, or may have, at any time. */
  get wasEndedByBox(): boolean {
    return this.everOver;
  }

  /** What a session is for that somebody is signed in with. */
  subjectOf(id: string): Subject | undefined {
    return this.facts.get(id)?.subject;
  }

  /** Whether somebody is signed in with these scopes, and needs no new sign-in as far as is known here. */
  isUsable(subject: Subject): boolean {
    return [...this.facts.values()].some((fact) => isSame(fact.subject, subject) && !fact.isOver);
  }

  /** Whether somebody is signed in with these scopes. */
  has(subject: Subject): boolean {
    return [...this.facts.values()].some((fact) => isSame(fact.subject, subject));
  }

  private isSure(id: string): boolean {
    const fact = this.facts.get(id);
    return fact !== undefined && !fact.isOver && !fact.mayBeOver;
  }

  /** Notes that Box ended whatever it had issued. */
  boxEndsAll(): void {
    for (const [id, fact] of this.facts) this.facts.set(id, { ...fact, mayBeOver: true });
    this.everOver ||= this.facts.size > 0;
  }

  /** Asserts that what came of some actions, which ran at once, is what may have come of them. */
  check(outcomes: readonly Outcome[], circumstances: Circumstances): void {
    for (const outcome of outcomes) {
      const others = outcomes.filter((other) => other !== outcome);
      if ('error' in outcome) this.checkError(outcome, others, circumstances);
      if (outcome.isPending === true) assert.ok(circumstances.isFaulty, 'a sign-out stayed pending');
      for (const token of outcome.tokens ?? []) this.checkToken(token, outcome, others, circumstances);
      if (outcome.tokens !== undefined) this.checkAccounts(outcome, others, circumstances);
    }
  }

  /** Takes over what is stored after some actions, and asserts that none is lost and none came from nowhere. */
  reconcile(
    stored: ReadonlyMap<string, SessionRecord>,
    outcomes: readonly Outcome[],
    circumstances: Circumstances,
  ): void {
    const next = new Map<string, Fact>();
    for (const [id, record] of stored) next.set(id, this.factOf(record, outcomes, circumstances));
    for (const [id, { subject }] of this.facts) {
      const signOut = outcomes.find(({ action, target }) => action.action === 'signOut' && target === id);
      if (next.has(id)) {
        const isUndone = signOut !== undefined && signOut.isCut !== true && !signedIn(outcomes, id);
        assert.ok(!isUndone, `${nameOf(subject)} was signed out and is still there`);
      } else assert.ok(signOut !== undefined, `${nameOf(subject)} is lost`);
    }
    for (const { signedIn: session } of outcomes) {
      if (session === undefined || next.has(session.id)) continue;
      const isUndone = outcomes.some(
        (each) => each.action.action === 'signOut' && concerns(each, subjectOf(session)),
      );
      assert.ok(isUndone, `${nameOf(subjectOf(session))} signed in and is not there`);
    }
    for (const outcome of outcomes) this.checkPlace(outcome, outcomes, next);
    this.facts = next;
    this.everOver ||= [...next.values()].some(({ mayBeOver }) => mayBeOver);
  }

  private factOf(
    record: SessionRecord,
    outcomes: readonly Outcome[],
    { isStrict, lost }: Circumstances,
  ): Fact {
    const before = this.facts.get(record.id);
    const subject = before?.subject ?? subjectOf(record);
    const about = outcomes.filter((outcome) => isAbout(outcome, record.id, subject));
    const isCut = about.some(({ action, ...rest }) => action.action === 'signIn' && rest.isCut === true);
    const isSignedIn = signedIn(about, record.id);
    const isNew = isSignedIn || isCut;
    assert.ok(before !== undefined || isNew, `a session of ${nameOf(subject)} came from nowhere`);
    const mayBeOver =
      (before?.mayBeOver === true && !isSignedIn) || about.some(mayEnd) || (isStrict && lost.has(record.id));
    const isOver = record.pair === null;
    const wasRevoked = about.some(({ action, error }) => action.action === 'revoke' && error === undefined);
    if (isOver) {
      const isDue = before?.isOver === true || mayBeOver || wasRevoked;
      assert.ok(isDue, `${nameOf(subject)} needs a new sign-in without cause`);
    } else if (!isNew) {
      assert.ok(before?.isOver !== true, `${nameOf(subject)} came back to life`);
      const isAlone = about.length === 1 && about[0]?.isCut !== true;
      assert.ok(!(wasRevoked && isAlone), `${nameOf(subject)} lives on after its tokens were revoked`);
    }
    return { subject, isOver, mayBeOver };
  }

  /** Who signs in again for the same takes the place of the session before. */
  private checkPlace(
    { subject, signedIn: session }: Outcome,
    outcomes: readonly Outcome[],
    next: ReadonlyMap<string, Fact>,
  ): void {
    if (session === undefined || subject === undefined) return;
    if (outcomes.filter((other) => concerns(other, subject)).length > 1) return;
    const count = (facts: ReadonlyMap<string, Fact>): number =>
      [...facts.values()].filter((fact) => isSame(fact.subject, subject)).length;
    assert.equal(count(next), Math.max(1, count(this.facts)), `${nameOf(subject)} has another session`);
  }

  private checkError(
    { action, target, error }: Outcome,
    others: readonly Outcome[],
    { isStrict, isFaulty, wasFaulty, lost }: Circumstances,
  ): void {
    const because = `${action.action} failed: ${String(error)}`;
    const fact = this.facts.get(target ?? '');
    const isEnding = others.some((other) => fact !== undefined && mayKill(other, fact.subject));
    if (error instanceof SessionError) {
      const mayBeOver = fact?.mayBeOver === true || fact?.isOver === true;
      assert.ok(mayBeOver || isEnding || (isStrict && lost.has(target ?? '')), because);
    } else if (action.action === 'signOut') assert.fail(because);
    else assert.ok(isFaulty || (wasFaulty && action.action !== 'signIn'), because);
  }

  private checkToken(
    { id, person, isLive, left }: HandedOut,
    { action }: Outcome,
    others: readonly Outcome[],
    { isStrict, wasEverLost, lost }: Circumstances,
  ): void {
    const fact = this.facts.get(id);
    const isJoined = others.some((other) => other.action.action === 'signIn' && isOf(other, person));
    if (isJoined && fact?.isOver !== false) return;
    assert.ok(fact !== undefined, `${action.action} gave a token of a session that was signed out`);
    assert.ok(!fact.isOver, `${action.action} gave a token of ${nameOf(fact.subject)}, which was revoked`);
    const isNew = action.action === 'refreshNow' && others.length === 0;
    if (!isNew && (fact.mayBeOver || (isStrict && lost.has(id)))) return;
    if (others.some((other) => isOf(other, person) && !CALM.includes(other.action.action))) return;
    assert.ok(isLive, `${action.action} gave a dead token of ${nameOf(fact.subject)}`);
    const least = action.action === 'copy' ? LEAST_LEFT_TO_COPY_MS : LEAST_LEFT_MS;
    assert.ok(wasEverLost || left >= least, `${action.action} gave a token with only ${left} ms left`);
  }

  /** Everybody who is signed in for what was asked for must be among those who got a token. */
  private checkAccounts(
    { action, tokens = [] }: Outcome,
    others: readonly Outcome[],
    { isStrict, lost }: Circumstances,
  ): void {
    if (action.action !== 'get' && action.action !== 'use') return;
    const people = tokens.map(({ person }) => person);
    assert.equal(new Set(people).size, people.length, 'an account was given twice');
    for (const [id, { subject }] of this.facts) {
      const isServing = subject.scopes.length === 0 || action.scopes.every((s) => subject.scopes.includes(s));
      if (!isServing || !this.isSure(id) || (isStrict && lost.has(id))) continue;
      if (others.some((other) => mayKill(other, subject))) continue;
      assert.ok(people.includes(subject.person), `${action.action} left ${nameOf(subject)} out`);
    }
  }
}

function isOf({ action, subject }: Outcome, person: Person): boolean {
  if (action.action === 'boxEndsAll') return action.person === person;
  return subject === undefined || subject.person === person;
}

function concerns(outcome: Outcome, subject: Subject): boolean {
  return outcome.subject === undefined ? isOf(outcome, subject.person) : isSame(outcome.subject, subject);
}

/** Somebody may be signed in twice for the same: then a session's id tells which one is meant. */
function isAbout(outcome: Outcome, id: string, subject: Subject): boolean {
  return outcome.target === undefined ? concerns(outcome, subject) : outcome.target === id;
}

function mayKill(outcome: Outcome, subject: Subject): boolean {
  return KILLING.includes(outcome.action.action) && concerns(outcome, subject);
}

/** Whether Box may have ended a session that is still taken for a live one here. */
function mayEnd({ action, error, isCut }: Outcome): boolean {
  if (action.action === 'boxEndsAll' || action.action === 'boxEndsOne') return true;
  if (action.action === 'signOut') return isCut === true;
  return action.action === 'revoke' && (error !== undefined || isCut === true);
}

function signedIn(outcomes: readonly Outcome[], id: string): boolean {
  return outcomes.some(({ signedIn: session }) => session?.id === id);
}
