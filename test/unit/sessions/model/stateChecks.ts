import assert from 'node:assert/strict';
import { isLive, signInOf, type SessionRecord } from '../../../../src/sessions/store/sessionRecord';
import type { Switches } from '../../../emulator/src';
import type { EmulatedBox } from '../../support/emulatedBox';
import { assertHoldsNoSecret } from '../../support/secrecy';
import type { ScenarioTime } from './scenarioTime';
import type { SignInHistory, SignInHistories } from './signInHistories';
import type { OutcomeChecks } from './outcomeChecks';
import type { IssuedTokens } from './issuedTokens';
import { ChildChecks } from './childChecks';
import type { IssuedChildren } from './issuedChildren';
import { assertNothingIsLeft } from './leftovers';
import type { WindowSlot, WindowSlots } from './windowSlots';
import { nameOf, subjectOf } from './subjects';
import type { Topology } from './topology';

/** Dependencies of {@link StateChecks}. */
export interface StateChecksDependencies {
  readonly box: EmulatedBox;
  readonly time: ScenarioTime;
  readonly slots: WindowSlots;
  readonly topology: Topology;
  readonly histories: SignInHistories;
  readonly outcomes: OutcomeChecks;
  readonly issued: IssuedTokens;
  readonly children: IssuedChildren;
  readonly childRevocation: Switches['childRevocation'];
}

/** Holds what is stored, and what Box honours, against what was done, whenever all is quiet. */
export class StateChecks {
  private readonly ofChildren: ChildChecks;

  constructor(private readonly dependencies: StateChecksDependencies) {
    this.ofChildren = new ChildChecks(dependencies);
  }

  /** Finds the sign-ins whose host died when they were stored already: from then on they are kept as all others are. */
  findAdrift(): void {
    const { histories, slots } = this.dependencies;
    for (const { page, window } of slots.all) {
      for (const record of window.store.known()) histories.adopt(page, record);
    }
  }

  /** Finds which of several sign-ins in one place is the present one. */
  findReplaced(): void {
    const { histories, slots } = this.dependencies;
    for (const { page, window } of slots.all) {
      if (window.storage.isStale()) continue;
      for (const history of histories.all.filter(({ store }) => store === page.store)) {
        const record = window.store.recordOf(history.session);
        if (record === undefined || signInOf(record) === history.name) continue;
        const other = histories.of(page.store, record);
        if (other !== undefined) history.isReplaced = true;
      }
    }
  }

  /** Asserts that all windows of a store agree, that no session is lost, revived or ended without cause. */
  checkStored(isStrict: boolean): void {
    const { slots, histories } = this.dependencies;
    const stores = new Set(slots.all.map(({ page }) => page.store));
    for (const store of stores) {
      const [first, ...others] = slots.all.filter(({ page }) => page.store === store);
      if (first === undefined) continue;
      const records = first.window.store.known();
      assertTold(first);
      for (const other of others) {
        const seen = other.window.store.known().map(digest).sort();
        assert.deepEqual(seen, records.map(digest).sort(), 'two windows do not see the same');
        assertTold(other);
      }
      for (const record of records) this.checkRecord(first, record);
      for (const history of histories.kept(store)) this.checkFate(history, records, isStrict);
      this.checkPlaces(records);
    }
  }

  /** Asserts that Box honours what is kept and nothing that was given up, and that nothing is left of that. */
  async checkEnd(isStrict: boolean): Promise<void> {
    const { slots, histories, issued, outcomes } = this.dependencies;
    await issued.note();
    for (const { page, window } of slots.all) {
      for (const history of histories.kept(page.store))
        await this.checkKept(history, window.store.known(), isStrict);
    }
    const living = new Set(slots.all.map(({ page }) => page.store));
    for (const history of histories.all) {
      const isOver = history.givenUp !== undefined || (history.isReplaced === true && this.isGone(history));
      if (
        isOver &&
        living.has(history.store) &&
        !outcomes.isUnsure({ ...history, mayBeOver: false }, isStrict)
      ) {
        assert.deepEqual(
          await issued.living(history.signIn),
          [],
          `tokens of ${nameOf(history.signIn.subject)} outlive it`,
        );
      }
    }
    for (const signIn of histories.discarded) {
      assert.deepEqual(
        await issued.living(signIn),
        [],
        `tokens of ${nameOf(signIn.subject)} are in nobody's hands`,
      );
    }
    await this.ofChildren.checkEnd();
    for (const slot of slots.all) await assertNothingIsLeft(slot, this.dependencies);
  }

  /** What must not be left behind: a refresh token that was sent twice, a failure to store, a secret in a log. */
  async checkTraces(isUndisturbed: boolean): Promise<void> {
    const { box, slots, topology, children } = this.dependencies;
    const { refreshReuse, refreshRepeats } = await box.control.counters();
    const isSure = isUndisturbed && topology.sharesFolder;
    if (isSure) assert.equal(refreshReuse + refreshRepeats, 0, 'a spent token was sent');
    if (isSure) assert.ok(children.mostRevocations <= 1, 'a child token was revoked twice');
    const secrets = await box.control.issuedSecrets();
    for (const { window } of slots.hosts) {
      if (!slots.wasEverTroubled) assert.deepEqual(window.storageFailures, []);
      assertHoldsNoSecret([window.log.lines], secrets);
    }
  }

  /** A record is of a sign-in that was not given up. */
  private checkRecord({ page }: WindowSlot, record: SessionRecord): void {
    const { histories } = this.dependencies;
    const history = histories.adopt(page, record);
    const name = nameOf(subjectOf(record));
    if (history === undefined) {
      assert.ok(!isLive(record), `a session of ${name} came from nowhere`);
      return;
    }
    assert.ok(history.givenUp?.kind !== 'signedOut', `${name} was signed out and is still there`);
    assert.ok(
      history.givenUp === undefined || !isLive(record),
      `${name} lives on after its tokens were revoked`,
    );
    const isRevived = history.wasOver === true && isLive(record);
    assert.ok(!isRevived || history.mayBeLost === true, `${name} came back to life`);
    if (!isLive(record)) history.wasOver = true;
  }

  private checkFate(history: SignInHistory, records: readonly SessionRecord[], isStrict: boolean): void {
    const { outcomes } = this.dependencies;
    const name = nameOf(history.signIn.subject);
    const record = records.find(({ id }) => id === history.session);
    const mayBeGone = history.mayBeGivenUp === true || history.mayBeLost === true;
    assert.ok(record !== undefined || mayBeGone, `${name} is lost`);
    if (record === undefined || isLive(record)) return;
    assert.ok(outcomes.isUnsure(history, isStrict), `${name} needs a new sign-in without cause`);
  }

  /** Who signs in again for the same takes the place of the session before. */
  private checkPlaces(records: readonly SessionRecord[]): void {
    const { topology, slots } = this.dependencies;
    // Two windows that can store nothing do not know of each other's sign-in.
    if (!topology.sharesFolder || slots.wasEverTroubled) return;
    const names = records.filter(isLive).map((record) => nameOf(subjectOf(record)));
    assert.equal(new Set(names).size, names.length, 'somebody has two sessions for the same');
  }

  private async checkKept(
    history: SignInHistory,
    records: readonly SessionRecord[],
    isStrict: boolean,
  ): Promise<void> {
    const { issued, outcomes } = this.dependencies;
    const living = await issued.living(history.signIn);
    const isHonoured = history.signIn.refreshTokens.some((token) => living.includes(token));
    const isExcused = outcomes.isUnsure({ ...history, mayBeOver: false }, isStrict);
    if (!isHonoured || isExcused) return;
    const record = records.find(({ id }) => id === history.session);
    const name = nameOf(history.signIn.subject);
    const refreshToken = record?.pair?.refreshToken;
    assert.ok(refreshToken !== undefined, `${name} has ended here, and Box honours it`);
    assert.ok(living.includes(refreshToken), `the pair of ${name} that Box honours is lost`);
  }

  private isGone({ store, session }: SignInHistory): boolean {
    const { slots } = this.dependencies;
    return slots.all.every(
      ({ page, window }) => page.store !== store || window.store.recordOf(session) === undefined,
    );
  }
}

/** What a window told VS Code is what it shows. */
function assertTold({ window, host }: WindowSlot): void {
  const live = window.store.known().filter(isLive);
  const shown = live.map(({ id, pair }): [string, string] => [id, pair.accessToken]);
  assert.deepEqual([...host.told].sort(), shown.sort(), 'a window told VS Code something else');
}

function digest({ id, pair, ended }: SessionRecord): string {
  return [id, pair?.accessToken, pair?.refreshToken, ended].join(' ');
}
