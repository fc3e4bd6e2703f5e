import assert from 'node:assert/strict';
import { isLive, type LiveSession, type SessionRecord } from '../../../src/sessions/sessionRecord';
import { SEED } from '../../emulator';
import type { EmulatedBox } from '../support/emulatedBox';
import { assertHoldsNoSecret } from '../support/secrecy';
import { IssuedTokens } from './issuedTokens';
import { Lifeline } from './lifeline';
import { MachineTime } from './machineTime';
import { MachineWindows } from './machineWindows';
import { News } from './openWindow';
import { SessionModel, type Circumstances, type Outcome } from './sessionModel';
import type { Action, Interruptible, Plan, Step } from './sessionSteps';
import { SharedMachine } from './sessionWindow';
import { isSame, nameOf, PEOPLE, SCOPE_SETS, subjectOf, SUBJECTS, type Subject } from './subjects';
import { WindowActions } from './windowActions';
import { WindowBox, Wire } from './wire';

const HOUR_MS = 3_600_000;
/** Longer than any pause after a failed refresh, in ms. */
const LONGEST_PAUSE_MS = 7 * 60_000;

/** A machine with several windows, on which a plan is carried out and held against the model. */
export class SessionMachine {
  private readonly shared = new SharedMachine();
  private readonly wire = new Wire(this.shared.clock, this.shared.secrets);
  private readonly news = new News();
  private readonly model = new SessionModel();
  private readonly time: MachineTime;
  private readonly tokens: IssuedTokens;
  private readonly actions: WindowActions;
  private readonly windows: MachineWindows;
  private hasCrashed = false;

  constructor(
    private readonly box: EmulatedBox,
    private readonly plan: Plan,
  ) {
    this.time = new MachineTime(this.shared.clock, box, this.wire);
    this.tokens = new IssuedTokens(box);
    const elsewhere = new WindowBox(box, this.wire, new Lifeline()).client(this.shared.clock);
    this.actions = new WindowActions(box, elsewhere, this.time, (index) => this.windows.at(index).window);
    this.windows = new MachineWindows(plan.windows, this.shared, this.news, box, this.wire);
  }

  /** Carries out the plan. Throws an AssertionError as soon as something is not as it must be. */
  async run(): Promise<void> {
    try {
      const { control } = this.box;
      await control.reset();
      await control.set({ rotation: this.plan.rotation });
      await this.time.begin();
      await this.windows.at(0).window.configureApp();
      for (const step of this.plan.steps) await this.perform(step);
      await this.finish();
    } finally {
      this.windows.remove();
      this.shared.remove();
    }
  }

  private async perform(step: Step): Promise<void> {
    switch (step.step) {
      case 'do':
        return this.together(step.actions);
      case 'crash':
        return this.crash(step.during, step.calls);
      case 'reload':
        this.windows.reopen(step.window);
        break;
      case 'pass':
        await this.time.pass(step.minutes * 60_000, () => this.windows.idle());
        break;
      case 'sleep':
        await this.time.jump(2 * HOUR_MS);
        break;
      case 'stayAway':
        await this.time.jump(61 * 24 * HOUR_MS);
        this.model.boxEndsAll();
        break;
      case 'fault':
        return this.box.control.fault(step.fault);
      case 'heal':
        return this.box.control.clearFaults();
      case 'foreignWrite':
        await this.foreignWrite(step.session);
        break;
      case 'sendRevocations':
        await this.time.drive(this.windows.at(step.window).window.revocations.sendAll());
        break;
    }
    await this.settle([], 0);
  }

  /** Does everything at once, each on what its window knows before. */
  private async together(actions: readonly Action[]): Promise<void> {
    const failures = this.wire.failures.length;
    const prepared = actions.map((action) => this.actions.prepare(action));
    this.wire.refreshes.clear();
    if (this.plan.areNewsLate) this.news.hold();
    const outcomes = await this.time.drive(Promise.all(prepared.map(({ run }) => run())));
    this.news.release();
    if (this.wire.failures.length === failures) {
      const often = [...this.wire.refreshes].filter(([, times]) => times > 1);
      assert.deepEqual(often, [], 'a session was refreshed twice');
    }
    await this.settle(outcomes, failures);
  }

  /** Lets a window die while it does something, and opens it again. */
  private async crash(during: Interruptible, calls: number): Promise<void> {
    const failures = this.wire.failures.length;
    const { lifeline } = this.windows.at(during.window);
    const { target, subject, run } = this.actions.prepare(during);
    lifeline.cutAfter(calls);
    const cut = lifeline.end.then((): Outcome => ({ action: during, subject, target, isCut: true }));
    const outcome = await this.time.drive(Promise.race([run(), cut]));
    this.windows.reopen(during.window);
    if (outcome?.isCut === true) {
      this.hasCrashed = true;
      if (target !== undefined && during.action !== 'signOut') this.wire.lost.add(target);
      await this.windows.takeLocksOver();
    }
    await this.settle([outcome], failures);
  }

  private async foreignWrite(session: number): Promise<void> {
    const records = this.windows.at(0).window.book.known().filter(isLive);
    const record = records[session % records.length];
    if (record === undefined) return;
    const subject = subjectOf(record);
    const { person, scopes } = subject;
    const asked = scopes.length === 0 ? undefined : [...scopes];
    const issued = await this.box.control.issuePair(SEED.clientId, PEOPLE[person].id, asked);
    const pair = { ...issued, issuedAt: this.shared.clock.now() };
    const written = JSON.stringify({ version: 1, ...record, pair });
    await this.shared.secrets.store(`session/${record.id}`, written);
    await this.tokens.note();
    this.tokens.excuseAllBut(subject, [pair]);
  }

  /** Waits until nothing is under way and all windows agree, and holds what is stored against the model. */
  private async settle(some: readonly (Outcome | undefined)[], failuresBefore: number): Promise<void> {
    const outcomes = some.filter((outcome) => outcome !== undefined);
    await this.time.drive(this.windows.idle());
    assert.deepEqual(this.wire.overlaps, [], 'two refreshes of one session were in flight at once');
    for (const { signedIn } of outcomes) if (signedIn !== undefined) this.wire.lost.delete(signedIn.id);
    const circumstances = this.circumstances(failuresBefore);
    this.model.check(outcomes, circumstances);
    const stored = await this.windows.agreed();
    await this.tokens.note();
    this.excuse(stored, outcomes, circumstances);
    this.model.reconcile(stored, outcomes, circumstances);
    for (const { action, subject, isPending, error, isCut } of outcomes) {
      const isMeant = action.action === 'signOut' ? isPending === false : action.action === 'revoke';
      const isDone = error === undefined && isCut !== true;
      if (isMeant && isDone && subject !== undefined) await this.checkRevoked(subject);
    }
  }

  private circumstances(failuresBefore: number): Circumstances {
    const failures = this.wire.failures.slice(failuresBefore);
    return {
      isStrict: this.plan.rotation === 'strict',
      isFaulty: failures.length > 0,
      mayHaveLostTokens: failures.some(({ path }) => path === '/oauth2/token'),
      wasFaulty: this.wire.failedWithin(LONGEST_PAUSE_MS),
      wasEverLost: this.wire.failures.length > 0 || this.hasCrashed,
      lost: this.wire.lost,
    };
  }

  /** Expects nobody to revoke what nobody here knows of, or what was replaced by a new sign-in. */
  private excuse(
    stored: ReadonlyMap<string, SessionRecord>,
    outcomes: readonly Outcome[],
    { isStrict, mayHaveLostTokens, lost }: Circumstances,
  ): void {
    const pairsOf = (subject: Subject): LiveSession['pair'][] =>
      [...stored.values()]
        .filter((record) => isSame(subjectOf(record), subject))
        .flatMap(({ pair }) => pair ?? []);
    for (const { action, subject, signedIn, isCut } of outcomes) {
      if (action.action !== 'signIn' || subject === undefined) continue;
      const about = outcomes.filter((other) => other.subject !== undefined && isSame(other.subject, subject));
      const isReplaced = signedIn !== undefined && (this.model.has(subject) || about.length > 1);
      if (isReplaced || isCut === true) this.tokens.excuseAllBut(subject, pairsOf(subject));
      else if (mayHaveLostTokens) this.tokens.excuseNewestBut(subject, pairsOf(subject));
    }
    for (const id of lost) {
      const subject = this.model.subjectOf(id);
      if (isStrict && subject !== undefined) this.tokens.excuseAllBut(subject, pairsOf(subject));
    }
  }

  /** Ends every fault, and holds the end against the model. */
  private async finish(): Promise<void> {
    await this.box.control.clearFaults();
    await this.time.pass(LONGEST_PAUSE_MS + 1000, () => this.windows.idle());
    await this.settle([], 0);
    for (const [index, { window }] of this.windows.all.entries()) {
      await this.time.drive(window.revocations.sendAll());
      assert.equal((await window.revocations.pending()).size, 0, 'a revocation is still pending');
      await this.together([{ action: 'get', window: index, scopes: SCOPE_SETS[index % 3] ?? [] }]);
    }
    const last = this.windows.all.length - 1;
    for (const session of this.windows.at(last).window.book.known().keys()) {
      await this.together([{ action: 'refreshNow', window: last, session }]);
    }
    for (const subject of SUBJECTS) await this.checkRevoked(subject);
    await this.checkTraces();
  }

  /** Nothing that was issued for somebody who is not signed in any more may work. */
  private async checkRevoked(subject: Subject): Promise<void> {
    const isPending = this.shared.secrets.keysBelow('revocation/').length > 0;
    const isLater = isPending && (this.wire.failures.length > 0 || this.hasCrashed);
    if (this.model.isUsable(subject) || isLater) return;
    assert.equal(await this.tokens.survivors(subject), 0, `tokens of ${nameOf(subject)} outlive it`);
  }

  /** What must not be left behind: a refresh token that was sent twice, a failure to store, a secret in a log. */
  private async checkTraces(): Promise<void> {
    const { control } = this.box;
    const { refreshReuse, refreshRepeats } = await control.counters();
    const isUndisturbed = this.wire.failures.length === 0 && !this.hasCrashed && !this.model.wasEndedByBox;
    if (isUndisturbed) assert.equal(refreshReuse + refreshRepeats, 0, 'a spent token was sent');
    const { ever } = this.windows;
    for (const { window } of ever) assert.deepEqual(window.storageFailures, []);
    assertHoldsNoSecret(
      ever.map(({ log }) => log),
      await control.issuedSecrets(),
    );
  }
}
