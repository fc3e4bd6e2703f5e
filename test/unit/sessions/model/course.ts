import assert from 'node:assert/strict';
import { isLive } from '../../../../src/sessions/store/sessionRecord';
import { SEED } from '../../../emulator/src';
import type { EmulatedBox } from '../../support/emulatedBox';
import { FakeClock } from '../../support/fakeClock';
import { Actions, type Outcome } from './actions';
import { CourseTime } from './courseTime';
import { Disturbances, NEWS_MS, PAUSE_MS } from './disturbances';
import { Fates } from './fates';
import { isCalm, Judge } from './judge';
import { Ledger } from './ledger';
import { Lifeline } from './lifeline';
import { noteLosses } from './losses';
import type { Action, Fate as HostFate, Interruptible, Plan, Step } from './plan';
import { Reckoning } from './reckoning';
import { Seats, type Seat } from './seats';
import { PEOPLE, SCOPE_SETS, subjectOf } from './subjects';
import { Topology, type TopologyName } from './topology';
import { HostBox, Wire } from './wire';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A generated course of events in one topology, carried out in real windows and held against what must be true. */
export class Course {
  private readonly clock = new FakeClock(Date.now());
  private readonly topology: Topology;
  private readonly time: CourseTime;
  private readonly wire: Wire;
  private readonly ledger: Ledger;
  private readonly fates: Fates;
  private readonly judge: Judge;
  private readonly seats: Seats;
  private readonly actions: Actions;
  private readonly reckoning: Reckoning;
  private readonly disturbances: Disturbances;
  private settledAt = -Infinity;

  constructor(
    private readonly box: EmulatedBox,
    name: TopologyName,
    private readonly plan: Plan,
  ) {
    this.topology = new Topology(name, plan.lateness);
    this.time = new CourseTime(this.clock, box);
    this.wire = new Wire(this.time);
    this.ledger = new Ledger(box, this.time);
    this.fates = new Fates(this.ledger);
    this.judge = new Judge(this.fates, this.ledger, this.wire);
    this.seats = new Seats(this.topology, this.time, box, this.wire);
    const elsewhere = new HostBox(box, this.wire.fetchOf(new Lifeline(), undefined)).client(this.clock);
    this.actions = new Actions(box, elsewhere, this.time, this.seats);
    const isStrict = plan.rotation === 'strict';
    this.disturbances = new Disturbances(this.time, this.wire, this.seats, this.topology, isStrict);
    const parts = { box, time: this.time, seats: this.seats, topology: this.topology };
    this.reckoning = new Reckoning({ ...parts, fates: this.fates, judge: this.judge, ledger: this.ledger });
  }

  /** Carries out the plan. Throws an AssertionError as soon as something is not as it must be. */
  async run(): Promise<void> {
    try {
      const { control } = this.box;
      await control.reset();
      await control.set({ rotation: this.plan.rotation });
      await this.time.begin();
      for (let count = 0; count < this.plan.windows; count++) await this.seats.add();
      for (const step of this.plan.steps) await this.perform(step);
      await this.finish();
    } finally {
      this.seats.remove();
      await this.time.pass(0);
      this.topology.remove();
    }
  }

  private async perform(step: Step): Promise<void> {
    switch (step.step) {
      case 'do':
        return this.together(step.actions);
      case 'kill':
        return this.kill(step.during, step.calls, step.fate);
      case 'restart':
      case 'reload':
        await this.end(this.seats.at(step.window), step.step);
        break;
      case 'pass':
        await this.time.pass(step.minutes * 60_000);
        break;
      case 'sleep':
        this.time.jump(2 * HOUR_MS);
        break;
      case 'stayAway':
        this.time.jump(61 * DAY_MS);
        this.fates.boxEnds();
        break;
      case 'wrongClock':
        return this.wrongClock(step.actions);
      case 'fault':
        return this.box.control.fault(step.fault);
      case 'secrets':
        for (const seat of step.window === undefined ? this.seats.all : [this.seats.at(step.window)]) {
          this.seats.trouble(seat, step.how, step.operations);
        }
        return;
      case 'files':
        this.seats.setFiles(true);
        return;
      case 'heal':
        return this.heal();
      case 'foreignWrite':
        await this.foreignWrite(step.session);
        break;
      case 'sendRevocations':
        await this.time.drive(
          this.seats
            .at(step.window)
            .window.revocations.sendAll()
            .catch(() => 0),
        );
        break;
    }
    await this.settle([], this.time.now());
  }

  private async heal(): Promise<void> {
    if (this.seats.isTroubled) this.disturbances.note();
    this.seats.heal();
    await this.box.control.clearFaults();
    await this.time.pass(0);
    await this.seats.configure();
  }

  /** Does everything at once, each on what its window knows before. */
  private async together(actions: readonly Action[]): Promise<void> {
    const began = this.time.now();
    const prepared = actions.map((action) => this.actions.prepare(action));
    const outcomes = await this.time.drive(Promise.all(prepared.map(({ run }) => run())));
    await this.settle(outcomes, began);
  }

  /** Lets a host die while it does something, and starts another in its page, or loads the page anew. */
  private async kill(during: Interruptible, calls: number, fate: HostFate): Promise<void> {
    const began = this.time.now();
    const known = this.ledger.ids;
    const seat = this.seats.at(during.window);
    const { lifeline } = seat.host;
    const { target, subject, run } = this.actions.prepare(during);
    const about = { action: during, seat, subject, target, began };
    lifeline.cutAfter(calls);
    const cut = lifeline.end.then((): Outcome => ({ ...about, ended: this.time.now(), isCut: true }));
    const outcome = await this.time.drive(Promise.race([run(), cut]));
    this.disturbances.note();
    await this.ledger.note();
    this.fates.noteSignIns([outcome]);
    await this.end(seat, fate, true);
    await this.settle([outcome], began, known);
  }

  private async end(seat: Seat, fate: HostFate, isAmidst = false): Promise<void> {
    const isBroken = isAmidst || this.seats.isTroubled || this.disturbances.isRecent;
    if (isBroken) this.disturbances.note();
    await this.ledger.note();
    noteLosses({ seat, fate, isBroken }, this.seats, this.topology, this.fates);
    if (fate === 'restart') await this.seats.restartHost(seat);
    else await this.seats.reload(seat);
  }

  private async wrongClock(actions: readonly Action[]): Promise<void> {
    this.disturbances.note();
    this.clock.wallError = 61 * DAY_MS;
    await this.together(actions);
    await this.time.pass(60_000);
    this.clock.wallError = 0;
    this.disturbances.note();
    await this.settle([], this.time.now());
  }

  private async foreignWrite(session: number): Promise<void> {
    const { page, window } = this.seats.at(0);
    const records = window.store.known().filter(isLive);
    const record = records[session % records.length];
    if (record === undefined || this.seats.isTroubled) return;
    this.disturbances.note();
    const { person, scopes } = subjectOf(record);
    const asked = scopes.length === 0 ? undefined : [...scopes];
    const issued = await this.box.control.issuePair(SEED.clientId, PEOPLE[person].id, asked);
    const written = { version: 1, ...record, pair: { ...issued, issuedAt: this.clock.now() } };
    await this.ledger.note();
    this.fates.foreignWrite(page, written);
    await page.secrets.store(`session/${record.id}`, JSON.stringify(written));
  }

  /**
   * Waits until nothing is under way, and holds what came of it against what must be true.
   * @param known the sign-ins that Box knew of when it began
   */
  private async settle(
    some: readonly (Outcome | undefined)[],
    began: number,
    known = this.ledger.ids,
  ): Promise<void> {
    const outcomes = some.filter((outcome) => outcome !== undefined);
    await this.rest();
    await this.time.pass(NEWS_MS + 500);
    await this.rest();
    await this.ledger.note();
    const circumstances = this.disturbances.circumstances(this.settledAt);
    this.settledAt = this.time.now();
    this.fates.note(outcomes, this.disturbances.newsMs(circumstances));
    this.fates.noteFailures(outcomes, known, this.wire.tokenFailedAt >= began);
    if (await this.seats.reloadStale()) this.disturbances.note();
    this.reckoning.findAdrift();
    this.reckoning.findReplaced();
    this.judge.check(outcomes, circumstances);
    if (isCalm(this.disturbances.circumstances(this.time.now())))
      this.reckoning.checkStored(circumstances.isStrict);
  }

  /** Resolves when no host does anything but wait for its timers. */
  private async rest(): Promise<void> {
    const idle = this.seats.all.map(async ({ window, host }) => {
      const all = Promise.all([window.refresher.idle(), window.signOut.idle(), window.userSignIn.idle()]);
      await Promise.race([all, host.lifeline.end]);
    });
    await this.time.drive(Promise.all(idle));
  }

  /** Ends every fault, lets windows do what they do by themselves, and holds the end against what must be true. */
  private async finish(): Promise<void> {
    await this.heal();
    await this.time.pass(2 * PAUSE_MS);
    if (await this.seats.reloadStale()) await this.time.pass(2 * PAUSE_MS);
    await this.settle([], this.time.now());
    for (const { window } of this.seats.all) await this.time.drive(tidy(window));
    await this.time.pass(10_000);
    for (const index of this.seats.all.keys()) {
      for (const scopes of SCOPE_SETS) await this.together([{ action: 'get', window: index, scopes }]);
      for (const session of this.seats.at(index).window.store.known().keys()) {
        await this.together([{ action: 'refreshNow', window: index, session }]);
      }
    }
    assert.ok(isCalm(this.disturbances.circumstances(this.time.now())), 'the course does not come to rest');
    await this.reckoning.checkEnd(this.plan.rotation === 'strict');
    await this.reckoning.checkTraces(
      this.disturbances.areNone && !this.fates.all.some(({ mayBeOver }) => mayBeOver),
    );
  }
}

/** What the timers of a window, and the next window, do about what was given up, now. */
async function tidy({ sessions, storage }: Seat['window']): Promise<void> {
  const { signOut, revocations, children, remover } = sessions;
  await signOut.tidy();
  await revocations.sendAll();
  await children.endLeft();
  await remover.forgetRemoved();
  await signOut.tidy();
  await storage.tidy();
}
