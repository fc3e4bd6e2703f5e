import assert from 'node:assert/strict';
import { isLive } from '../../../../src/sessions/store/sessionRecord';
import { SEED } from '../../../emulator/src';
import type { EmulatedBox } from '../../support/emulatedBox';
import { FakeClock } from '../../support/fakeClock';
import { Actions, type Outcome } from './actions';
import { ScenarioTime } from './scenarioTime';
import { Disturbances, NEWS_MS, PAUSE_MS } from './disturbances';
import { SignInHistories } from './signInHistories';
import { isCalm, OutcomeChecks } from './outcomeChecks';
import { IssuedTokens } from './issuedTokens';
import { KillSwitch } from './killSwitch';
import { noteLosses, noteOverwrittenChildren } from './lostPairs';
import type { Action, HostEnding, Interruptible, Plan, Step } from './plan';
import { StateChecks } from './stateChecks';
import { WindowSlots, type WindowSlot } from './windowSlots';
import { PEOPLE, SCOPE_SETS, subjectOf } from './subjects';
import { Topology, type TopologyName } from './topology';
import { HostBox, RequestMonitor } from './requestMonitor';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A generated scenario in one topology, carried out in real windows and held against what must be true. */
export class Scenario {
  private readonly clock = new FakeClock(Date.now());
  private readonly topology: Topology;
  private readonly time: ScenarioTime;
  private readonly monitor: RequestMonitor;
  private readonly issued: IssuedTokens;
  private readonly histories: SignInHistories;
  private readonly outcomes: OutcomeChecks;
  private readonly slots: WindowSlots;
  private readonly actions: Actions;
  private readonly state: StateChecks;
  private readonly disturbances: Disturbances;
  private settledAt = -Infinity;

  constructor(
    private readonly box: EmulatedBox,
    name: TopologyName,
    private readonly plan: Plan,
  ) {
    this.topology = new Topology(name, plan.lateness);
    this.time = new ScenarioTime(this.clock, box);
    this.monitor = new RequestMonitor(this.time);
    this.issued = new IssuedTokens(box, this.time);
    this.histories = new SignInHistories(this.issued);
    this.outcomes = new OutcomeChecks(this.histories, this.issued, this.monitor);
    this.slots = new WindowSlots(this.topology, this.time, box, this.monitor);
    const elsewhere = new HostBox(box, this.monitor.fetchOf(new KillSwitch(), undefined)).client(this.clock);
    this.actions = new Actions(box, elsewhere, this.time, this.slots);
    const isStrict = plan.rotation === 'strict';
    this.disturbances = new Disturbances(this.time, this.monitor, this.slots, this.topology, isStrict);
    const parts = { box, time: this.time, slots: this.slots, topology: this.topology };
    this.state = new StateChecks({
      ...parts,
      histories: this.histories,
      outcomes: this.outcomes,
      issued: this.issued,
      children: this.monitor.children,
      childRevocation: plan.childRevocation,
    });
  }

  /** Carries out the plan. Throws an AssertionError as soon as something is not as it must be. */
  async run(): Promise<void> {
    try {
      const { control } = this.box;
      const { rotation, revokeScope, childRevocation } = this.plan;
      await control.reset();
      await control.set({ rotation, revokeScope, childRevocation });
      await this.time.begin();
      for (let count = 0; count < this.plan.windows; count++) await this.slots.add();
      for (const step of this.plan.steps) await this.perform(step);
      await this.finish();
    } finally {
      this.slots.remove();
      await this.time.pass(0);
      this.topology.remove();
    }
  }

  private async perform(step: Step): Promise<void> {
    switch (step.step) {
      case 'do':
        return this.together(step.actions);
      case 'kill':
        return this.kill(step.during, step.calls, step.ending);
      case 'restart':
      case 'reload':
        await this.end(this.slots.at(step.window), step.step);
        break;
      case 'pass':
        await this.time.pass(step.minutes * 60_000);
        break;
      case 'sleep':
        this.time.jump(2 * HOUR_MS);
        break;
      case 'stayAway':
        this.time.jump(61 * DAY_MS);
        this.histories.boxEnds();
        break;
      case 'wrongClock':
        return this.wrongClock(step.actions);
      case 'fault':
        return this.box.control.fault(step.fault);
      case 'secrets':
        for (const slot of step.window === undefined ? this.slots.all : [this.slots.at(step.window)]) {
          this.slots.trouble(slot, step.how, step.operations);
        }
        return;
      case 'files':
        this.slots.setFiles(true);
        return;
      case 'heal':
        return this.heal();
      case 'foreignWrite':
        await this.foreignWrite(step.session);
        break;
      case 'sendRevocations':
        await this.time.drive(
          this.slots
            .at(step.window)
            .window.sender.sendAll()
            .catch(() => 0),
        );
        break;
    }
    await this.settle([], this.time.now());
  }

  private async heal(): Promise<void> {
    if (this.slots.isTroubled) this.disturbances.note();
    this.slots.heal();
    await this.box.control.clearFaults();
    await this.time.pass(0);
    await this.slots.configure();
  }

  /** Does everything at once, each on what its window knows before. */
  private async together(actions: readonly Action[]): Promise<void> {
    const began = this.time.now();
    const prepared = actions.map((action) => this.actions.prepare(action));
    const outcomes = await this.time.drive(Promise.all(prepared.map(({ run }) => run())));
    await this.settle(outcomes, began);
  }

  /** Lets a host die while it does something, and starts another in its page, or loads the page anew. */
  private async kill(during: Interruptible, calls: number, ending: HostEnding): Promise<void> {
    const began = this.time.now();
    const known = this.issued.ids;
    const slot = this.slots.at(during.window);
    const { killSwitch } = slot.host;
    const { target, subject, run } = this.actions.prepare(during);
    const about = { action: during, slot, subject, target, began };
    killSwitch.cutAfter(calls);
    const cut = killSwitch.end.then((): Outcome => ({ ...about, ended: this.time.now(), isCut: true }));
    const outcome = await this.time.drive(Promise.race([run(), cut]));
    this.disturbances.note();
    await this.issued.note();
    this.histories.noteSignIns([outcome]);
    await this.end(slot, ending, true);
    await this.settle([outcome], began, known);
  }

  private async end(slot: WindowSlot, ending: HostEnding, isAmidst = false): Promise<void> {
    const isBroken = isAmidst || this.slots.isTroubled || this.disturbances.isRecent;
    if (isBroken) this.disturbances.note();
    await this.issued.note();
    const { children } = this.monitor;
    noteLosses({ slot, children, ending, isBroken }, this.slots, this.topology, this.histories);
    if (ending === 'restart') await this.slots.restartHost(slot);
    else await this.slots.reload(slot);
  }

  /** The person reloads windows whose view is old, which lose what they have in memory only. Gives whether there are any. */
  private async reloadStale(): Promise<boolean> {
    const stale = this.slots.all.filter(({ window }) => window.storage.isStale());
    for (const slot of stale) {
      await this.time.drive(slot.window.storage.prepareReload());
      await this.end(slot, 'reload', true);
    }
    return stale.length > 0;
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
    const { page, window } = this.slots.at(0);
    const records = window.store.known().filter(isLive);
    const record = records[session % records.length];
    if (record === undefined || this.slots.isTroubled) return;
    this.disturbances.note();
    const { person, scopes } = subjectOf(record);
    const asked = scopes.length === 0 ? undefined : [...scopes];
    const issued = await this.box.control.issuePair(SEED.clientId, PEOPLE[person].id, asked);
    const written = { version: 1, ...record, pair: { ...issued, issuedAt: this.clock.now() } };
    await this.issued.note();
    this.histories.foreignWrite(page, written);
    await page.secrets.store(`session/${record.id}`, JSON.stringify(written));
  }

  /**
   * Waits until nothing is under way, and holds what came of it against what must be true.
   * @param known the sign-ins that Box knew of when it began
   */
  private async settle(
    some: readonly (Outcome | undefined)[],
    began: number,
    known = this.issued.ids,
  ): Promise<void> {
    const outcomes = some.filter((outcome) => outcome !== undefined);
    await this.rest();
    await this.time.pass(NEWS_MS + 500);
    await this.rest();
    await this.issued.note();
    const circumstances = this.disturbances.circumstances(this.settledAt);
    this.settledAt = this.time.now();
    this.histories.note(outcomes, this.disturbances.newsMs(circumstances));
    const fresh = this.monitor.children.takeNew();
    noteOverwrittenChildren(outcomes, fresh, this.histories, this.slots.areFilesBad);
    this.histories.noteFailures(outcomes, known, this.monitor.tokenFailedAt >= began);
    await this.reloadStale();
    this.state.findAdrift();
    this.state.findReplaced();
    this.outcomes.check(outcomes, circumstances);
    if (isCalm(this.disturbances.circumstances(this.time.now())))
      this.state.checkStored(circumstances.isStrict);
  }

  /** Resolves when no host does anything but wait for its timers. */
  private async rest(): Promise<void> {
    const idle = this.slots.all.map(async ({ window, host }) => {
      const { refresher, signOut, userSignIn, children } = window;
      const all = Promise.all([refresher.idle(), signOut.idle(), userSignIn.idle(), children.idle()]);
      await Promise.race([all, host.killSwitch.end]);
    });
    await this.time.drive(Promise.all(idle));
  }

  /** Ends every fault, lets windows do what they do by themselves, and holds the end against what must be true. */
  private async finish(): Promise<void> {
    await this.heal();
    await this.time.pass(2 * PAUSE_MS);
    if (await this.reloadStale()) await this.time.pass(2 * PAUSE_MS);
    await this.settle([], this.time.now());
    for (const { window } of this.slots.all) await this.time.drive(tidy(window));
    await this.time.pass(10_000);
    for (const index of this.slots.all.keys()) {
      for (const scopes of SCOPE_SETS) await this.together([{ action: 'get', window: index, scopes }]);
      for (const session of this.slots.at(index).window.store.known().keys()) {
        await this.together([{ action: 'refreshNow', window: index, session }]);
      }
    }
    assert.ok(isCalm(this.disturbances.circumstances(this.time.now())), 'the scenario does not come to rest');
    await this.state.checkEnd(this.plan.rotation === 'strict');
    await this.state.checkTraces(
      this.disturbances.areNone && !this.histories.all.some(({ mayBeOver }) => mayBeOver),
    );
  }
}

/** What the timers of a window, and the next window, do about what was given up, now. */
async function tidy({ sessions, storage }: WindowSlot['window']): Promise<void> {
  const { signOut, children, remover, sender } = await sessions.loadLifecycle();
  await signOut.tidy();
  await sender.sendAll();
  await children.endLeft();
  await remover.forgetRemoved();
  await signOut.tidy();
  await storage.tidy();
}
