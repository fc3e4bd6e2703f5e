import assert from 'node:assert/strict';
import { SessionError } from '../../../../src/sessions/errors';
import type { HandedOut, Outcome } from './actions';
import type { SignInHistory, SignInHistories } from './signInHistories';
import type { IssuedTokens } from './issuedTokens';
import type { Action } from './plan';
import { isSame, nameOf, type Person, type Subject } from './subjects';
import type { RequestMonitor } from './requestMonitor';

/** What disturbed the scenario, as far as it counts while some actions are judged. */
export interface Circumstances {
  /** Whether a refresh spends its refresh token at once. */
  readonly isStrict: boolean;
  /** Whether no request failed so recently that a pause for it may last. */
  readonly isConnected: boolean;
  /** Whether nothing was the matter lately with hosts, SecretStorage, files and clocks. */
  readonly isWhole: boolean;
  /** Whether nothing is now. */
  readonly isUntroubled: boolean;
  /** Whether no request failed while the actions ran. */
  readonly isUndisturbed: boolean;
}

/** Actions that change no token but by a refresh, when one is due. */
const CALM: readonly Action['action'][] = ['get', 'copy', 'downscope', 'signIn'];
const KILLING: readonly Action['action'][] = ['signOut', 'revoke', 'boxEndsAll', 'boxEndsOne'];
const TOKENS: readonly Action['action'][] = ['get', 'use', 'copy', 'refreshNow'];
/** Life that a token has left when it is handed out, in ms, but for what a retry takes. */
const LEAST_LEFT_MS = 5 * 60_000 - 60_000;
const LEAST_LEFT_TO_COPY_MS = 15 * 60_000 - 60_000;
/** Longest wait of somebody whose token still serves, and of anybody, in ms. */
const SHORT_WAIT_MS = 2500;
const LONG_WAIT_MS = 52_500;

/** Holds what came of actions against what may have come of them. It knows what was done, and nothing of how. */
export class OutcomeChecks {
  constructor(
    private readonly histories: SignInHistories,
    private readonly issued: IssuedTokens,
    private readonly monitor: RequestMonitor,
  ) {}

  /** Whether the newest pair of a sign-in may be in nobody's hands, or Box may have ended it. */
  isUnsure(history: SignInHistory, isStrict: boolean): boolean {
    return (
      history.mayBeOver === true ||
      history.mayBeLost === true ||
      history.mayBeGivenUp === true ||
      this.isLost(history, isStrict)
    );
  }

  /** Asserts that what came of some actions, which ran at once, is what may have come of them. */
  check(outcomes: readonly Outcome[], circumstances: Circumstances): void {
    this.checkRefreshes(circumstances);
    for (const outcome of outcomes) {
      const others = outcomes.filter((other) => other !== outcome);
      checkWait(outcome, circumstances);
      if ('error' in outcome) this.checkError(outcome, others, circumstances);
      if (outcome.isPending === true) {
        assert.ok(!isCalm(circumstances) || !circumstances.isUndisturbed, 'a sign-out stayed pending');
      }
      for (const token of outcome.tokens ?? []) this.checkToken(token, outcome, others, circumstances);
      if (outcome.tokens !== undefined) this.checkAccounts(outcome, others, circumstances);
    }
  }

  private isLost({ signIn }: SignInHistory, isStrict: boolean): boolean {
    return isStrict && signIn.refreshTokens.some((token) => this.monitor.lost.has(token));
  }

  /** One refresh an expiry where a folder and a store are shared and nothing fails; never two in flight at once. */
  private checkRefreshes({ isWhole, isUndisturbed }: Circumstances): void {
    const counts = new Map<unknown, Map<string, number>>();
    for (const { token, realm } of this.monitor.refreshes.splice(0)) {
      // What Box refuses may be asked for again by hosts that wait for certainty.
      if (this.histories.ofToken(token)?.mayBeOver === true) continue;
      const ofRealm = counts.get(realm) ?? new Map<string, number>();
      const id = this.issued.of(token)?.id ?? token;
      counts.set(realm, ofRealm.set(id, (ofRealm.get(id) ?? 0) + 1));
    }
    const overlaps = this.monitor.overlaps.splice(0);
    if (!isWhole) return;
    assert.deepEqual(overlaps, [], 'two refreshes of one session were in flight at once');
    if (!isUndisturbed) return;
    const most = Math.max(0, ...[...counts.values()].flatMap((ofRealm) => [...ofRealm.values()]));
    assert.ok(most <= 1, 'a session was refreshed twice');
  }

  private checkError(
    { action, subject, target, error, slot }: Outcome,
    others: readonly Outcome[],
    circumstances: Circumstances,
  ): void {
    const because = `${action.action} failed: ${String(error)}`;
    assert.ok(action.action !== 'signOut' && action.action !== 'revoke', because);
    const histories = target && slot ? this.histories.all.filter(({ session }) => session === target.id) : [];
    const isEnding = subject !== undefined && others.some((other) => mayKill(other, subject));
    const isUnsure = (history: SignInHistory): boolean =>
      history.givenUp !== undefined ||
      this.isUnsure(history, circumstances.isStrict) ||
      history.wasOver === true;
    if (error instanceof SessionError && error.code !== 'client_secret_missing') {
      // A pair that could not be stored is known to its window alone, and others come with the one before.
      const isAlone = !circumstances.isUntroubled && error.code === 'ended';
      assert.ok(isEnding || isAlone || histories.some(isUnsure) || histories.length === 0, because);
    } else {
      const isDisturbed =
        !circumstances.isUndisturbed || !circumstances.isUntroubled || !circumstances.isWhole;
      const isPaused = !circumstances.isConnected && action.action !== 'signIn';
      assert.ok(isDisturbed || isPaused, because);
    }
  }

  private checkToken(
    { token, person, at, isLive, left }: HandedOut,
    { action, slot }: Outcome,
    others: readonly Outcome[],
    circumstances: Circumstances,
  ): void {
    const subjectToken = this.monitor.children.subjectTokenOf(token) ?? token;
    const history = this.histories.ofToken(subjectToken);
    if (history === undefined) {
      assert.ok(
        this.histories.isAdrift(subjectToken),
        `${action.action} gave a token of a session that nobody keeps`,
      );
      return;
    }
    const { givenUp, signIn } = history;
    if (givenUp !== undefined) {
      const known = givenUp.at + (givenUp.by === slot?.host ? 0 : givenUp.newsMs);
      assert.ok(
        at <= known,
        `${action.action} gave a token of ${nameOf(signIn.subject)}, which was ${givenUp.kind}`,
      );
      return;
    }
    const isAlone = others.length === 0;
    const isNew = action.action === 'refreshNow' && isAlone && isCalm(circumstances);
    if (!isNew && (!isCalm(circumstances) || this.isUnsure(history, circumstances.isStrict))) return;
    if (others.some((other) => isOf(other, person) && !CALM.includes(other.action.action))) return;
    assert.ok(isLive, `${action.action} gave a dead token of ${nameOf(signIn.subject)}`);
    const least = action.action === 'copy' ? LEAST_LEFT_TO_COPY_MS : LEAST_LEFT_MS;
    const mayBeOld = this.monitor.failedAt > -Infinity;
    assert.ok(mayBeOld || left >= least, `${action.action} gave a token with only ${left} ms left`);
  }

  /** Everybody who is signed in for what was asked for must be among those who got a token. */
  private checkAccounts(
    { action, tokens = [], slot }: Outcome,
    others: readonly Outcome[],
    { isStrict, isWhole, isUntroubled }: Circumstances,
  ): void {
    if ((action.action !== 'get' && action.action !== 'use') || slot === undefined) return;
    const people = tokens.map(({ person }) => person);
    assert.equal(new Set(people).size, people.length, 'an account was given twice');
    if (!isWhole || !isUntroubled) return;
    for (const history of this.histories.kept(slot.page.store)) {
      const { subject } = history.signIn;
      const isServing = subject.scopes.length === 0 || action.scopes.every((s) => subject.scopes.includes(s));
      if (!isServing || this.isUnsure(history, isStrict)) continue;
      if (others.some((other) => mayKill(other, subject) || concerns(other, subject, 'signIn'))) continue;
      assert.ok(people.includes(subject.person), `${action.action} left ${nameOf(subject)} out`);
    }
  }
}

/** No wait is above its limit, by the clock that the window waits by. */
function checkWait(
  { action, began, ended, isServed, isCut }: Outcome,
  { isUntroubled, isWhole }: Circumstances,
): void {
  const waited = ended - began;
  const because = `${action.action} took ${waited} ms`;
  if (isCut === true) return;
  if (action.action === 'get' && isServed === true) assert.ok(waited <= SHORT_WAIT_MS, because);
  if (TOKENS.includes(action.action)) assert.ok(waited <= LONG_WAIT_MS, because);
  if (action.action !== 'signOut' && action.action !== 'revoke') return;
  assert.ok(!isUntroubled || !isWhole || waited <= LONG_WAIT_MS, because);
}

/** Whether nothing disturbs, and nothing did lately. */
export function isCalm({ isConnected, isWhole, isUntroubled }: Circumstances): boolean {
  return isConnected && isWhole && isUntroubled;
}

function isOf({ action, subject }: Outcome, person: Person): boolean {
  if (action.action === 'boxEndsAll') return action.person === person;
  return subject === undefined || subject.person === person;
}

function concerns(outcome: Outcome, subject: Subject, action: Action['action']): boolean {
  return (
    outcome.action.action === action && outcome.subject !== undefined && isSame(outcome.subject, subject)
  );
}

function mayKill(outcome: Outcome, subject: Subject): boolean {
  if (!KILLING.includes(outcome.action.action)) return false;
  return outcome.subject === undefined ? isOf(outcome, subject.person) : isSame(outcome.subject, subject);
}
