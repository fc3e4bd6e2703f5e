import assert from 'node:assert/strict';
import { isLive, signInOf, type SessionRecord } from '../../../../src/sessions/store/sessionRecord';
import type { EmulatedBox } from '../../support/emulatedBox';
import { assertHoldsNoSecret } from '../../support/secrecy';
import type { CourseTime } from './courseTime';
import type { Fate, Fates } from './fates';
import type { Judge } from './judge';
import type { Ledger } from './ledger';
import { assertNothingIsLeft } from './remains';
import type { Seat, Seats } from './seats';
import { nameOf, subjectOf } from './subjects';
import type { Topology } from './topology';

/** Dependencies of {@link Reckoning}. */
export interface ReckoningDependencies {
  readonly box: EmulatedBox;
  readonly time: CourseTime;
  readonly seats: Seats;
  readonly topology: Topology;
  readonly fates: Fates;
  readonly judge: Judge;
  readonly ledger: Ledger;
}

/** Holds what is stored, and what Box honours, against what was done, whenever all is quiet. */
export class Reckoning {
  constructor(private readonly dependencies: ReckoningDependencies) {}

  /** Finds the sign-ins whose host died when they were stored already: from then on they are kept as all others are. */
  findAdrift(): void {
    const { fates, seats } = this.dependencies;
    for (const { page, window } of seats.all) {
      for (const record of window.store.known()) fates.adopt(page, record);
    }
  }

  /** Finds which of several sign-ins in one place is the present one. */
  findReplaced(): void {
    const { fates, seats } = this.dependencies;
    for (const { page, window } of seats.all) {
      if (window.storage.isStale()) continue;
      for (const fate of fates.all.filter(({ store }) => store === page.store)) {
        const record = window.store.recordOf(fate.session);
        if (record === undefined || signInOf(record) === fate.name) continue;
        const other = fates.of(page.store, record);
        if (other !== undefined) fate.isReplaced = true;
      }
    }
  }

  /** Asserts that all windows of a store agree, that no session is lost, revived or ended without cause. */
  checkStored(isStrict: boolean): void {
    const { seats, fates } = this.dependencies;
    const stores = new Set(seats.all.map(({ page }) => page.store));
    for (const store of stores) {
      const [first, ...others] = seats.all.filter(({ page }) => page.store === store);
      if (first === undefined) continue;
      const records = first.window.store.known();
      assertTold(first);
      for (const other of others) {
        const seen = other.window.store.known().map(digest).sort();
        assert.deepEqual(seen, records.map(digest).sort(), 'two windows do not see the same');
        assertTold(other);
      }
      for (const record of records) this.checkRecord(first, record);
      for (const fate of fates.kept(store)) this.checkFate(fate, records, isStrict);
      this.checkPlaces(records);
    }
  }

  /** Asserts that Box honours what is kept and nothing that was given up, and that nothing is left of that. */
  async checkEnd(isStrict: boolean): Promise<void> {
    const { seats, fates, ledger, judge } = this.dependencies;
    await ledger.note();
    for (const { page, window } of seats.all) {
      for (const fate of fates.kept(page.store)) await this.checkKept(fate, window.store.known(), isStrict);
    }
    const living = new Set(seats.all.map(({ page }) => page.store));
    for (const fate of fates.all) {
      const isOver = fate.givenUp !== undefined || (fate.isReplaced === true && this.isGone(fate));
      if (isOver && living.has(fate.store) && !judge.isUnsure({ ...fate, mayBeOver: false }, isStrict)) {
        assert.deepEqual(
          await ledger.living(fate.signIn),
          [],
          `tokens of ${nameOf(fate.signIn.subject)} outlive it`,
        );
      }
    }
    for (const signIn of fates.discarded) {
      assert.deepEqual(
        await ledger.living(signIn),
        [],
        `tokens of ${nameOf(signIn.subject)} are in nobody's hands`,
      );
    }
    for (const seat of seats.all) await assertNothingIsLeft(seat, this.dependencies);
  }

  /** What must not be left behind: a refresh token that was sent twice, a failure to store, a secret in a log. */
  async checkTraces(isUndisturbed: boolean): Promise<void> {
    const { box, seats, topology } = this.dependencies;
    const { refreshReuse, refreshRepeats } = await box.control.counters();
    const isSure = isUndisturbed && topology.sharesFolder;
    if (isSure) assert.equal(refreshReuse + refreshRepeats, 0, 'a spent token was sent');
    const secrets = await box.control.issuedSecrets();
    for (const { window } of seats.hosts) {
      if (!seats.wasEverTroubled) assert.deepEqual(window.storageFailures, []);
      assertHoldsNoSecret([window.log.lines], secrets);
    }
  }

  /** A record is of a sign-in that was not given up. */
  private checkRecord({ page }: Seat, record: SessionRecord): void {
    const { fates } = this.dependencies;
    const fate = fates.adopt(page, record);
    const name = nameOf(subjectOf(record));
    if (fate === undefined) {
      assert.ok(!isLive(record), `a session of ${name} came from nowhere`);
      return;
    }
    assert.ok(fate.givenUp?.kind !== 'signedOut', `${name} was signed out and is still there`);
    assert.ok(
      fate.givenUp === undefined || !isLive(record),
      `${name} lives on after its tokens were revoked`,
    );
    const isRevived = fate.wasOver === true && isLive(record);
    assert.ok(!isRevived || fate.mayBeLost === true, `${name} came back to life`);
    if (!isLive(record)) fate.wasOver = true;
  }

  private checkFate(fate: Fate, records: readonly SessionRecord[], isStrict: boolean): void {
    const { judge } = this.dependencies;
    const name = nameOf(fate.signIn.subject);
    const record = records.find(({ id }) => id === fate.session);
    const mayBeGone = fate.mayBeGivenUp === true || fate.mayBeLost === true;
    assert.ok(record !== undefined || mayBeGone, `${name} is lost`);
    if (record === undefined || isLive(record)) return;
    assert.ok(judge.isUnsure(fate, isStrict), `${name} needs a new sign-in without cause`);
  }

  /** Who signs in again for the same takes the place of the session before. */
  private checkPlaces(records: readonly SessionRecord[]): void {
    const { topology, seats } = this.dependencies;
    // Two windows that can store nothing do not know of each other's sign-in.
    if (!topology.sharesFolder || seats.wasEverTroubled) return;
    const names = records.filter(isLive).map((record) => nameOf(subjectOf(record)));
    assert.equal(new Set(names).size, names.length, 'somebody has two sessions for the same');
  }

  private async checkKept(fate: Fate, records: readonly SessionRecord[], isStrict: boolean): Promise<void> {
    const { ledger, judge } = this.dependencies;
    const living = await ledger.living(fate.signIn);
    const isHonoured = fate.signIn.refreshTokens.some((token) => living.includes(token));
    const isExcused = judge.isUnsure({ ...fate, mayBeOver: false }, isStrict);
    if (!isHonoured || isExcused) return;
    const record = records.find(({ id }) => id === fate.session);
    const name = nameOf(fate.signIn.subject);
    const refreshToken = record?.pair?.refreshToken;
    assert.ok(refreshToken !== undefined, `${name} has ended here, and Box honours it`);
    assert.ok(living.includes(refreshToken), `the pair of ${name} that Box honours is lost`);
  }

  private isGone({ store, session }: Fate): boolean {
    const { seats } = this.dependencies;
    return seats.all.every(
      ({ page, window }) => page.store !== store || window.store.recordOf(session) === undefined,
    );
  }
}

/** What a window told VS Code is what it shows. */
function assertTold({ window, host }: Seat): void {
  const live = window.store.known().filter(isLive);
  const shown = live.map(({ id, pair }): [string, string] => [id, pair.accessToken]);
  assert.deepEqual([...host.told].sort(), shown.sort(), 'a window told VS Code something else');
}

function digest({ id, pair, ended }: SessionRecord): string {
  return [id, pair?.accessToken, pair?.refreshToken, ended].join(' ');
}
