import assert from 'node:assert/strict';
import fc from 'fast-check';
import { UnexpectedResponseError, UnreachableError } from '../../../src/box/errors';
import { RefreshCircuit } from '../../../src/sessions/refreshCircuit';
import { FakeClock } from '../support/fakeClock';
import { SAME_VALUES } from '../support/property';

const FIRST_PAUSE_MS = 2000;
const LONGEST_PAUSE_MS = 5 * 60_000;
const ERROR = new UnreachableError('ECONNREFUSED', 'api.box.com');

const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const failures = fc.integer({ min: 1, max: 40 });

/** A circuit that was told of failures, at the beginning of its last pause. */
class Paused {
  private readonly clock = new FakeClock();
  readonly circuit: RefreshCircuit;

  constructor(count: number, random: number, error: unknown = ERROR) {
    this.circuit = new RefreshCircuit(this.clock, () => random);
    for (let failure = 0; failure < count; failure++) this.circuit.failed('session', error);
  }

  /** Whether it would not let a refresh through after so many ms. */
  isOpenAfter(ms: number): boolean {
    this.clock.jump(ms);
    try {
      this.circuit.check('session');
      return false;
    } catch {
      return true;
    } finally {
      this.clock.jump(-ms);
    }
  }
}

describe('Pauses after failed refreshes', () => {
  const check = (property: fc.IProperty<[number, number]>): void => {
    fc.assert(property, SAME_VALUES);
  };

  it('grow exponentially, with up to 25 % jitter either way', () => {
    check(
      fc.property(fc.integer({ min: 1, max: 7 }), chance, (count, random) => {
        const nominal = FIRST_PAUSE_MS * 2 ** (count - 1);
        const paused = new Paused(count, random);
        assert.equal(paused.isOpenAfter(0.75 * nominal - 1), true);
        assert.equal(paused.isOpenAfter(1.25 * nominal), false);
        assert.equal(paused.isOpenAfter((0.75 + random / 2) * nominal - 1), true);
        assert.equal(paused.isOpenAfter((0.75 + random / 2) * nominal + 1), false);
      }),
    );
  });

  it('are never longer than five minutes, and in the end never shorter than half of that', () => {
    check(
      fc.property(failures, chance, (count, random) => {
        const paused = new Paused(count, random);
        assert.equal(paused.isOpenAfter(LONGEST_PAUSE_MS), false);
        if (count > 8) assert.equal(paused.isOpenAfter(LONGEST_PAUSE_MS / 2), true);
      }),
    );
  });

  it('are as long as Box asks where that is longer', () => {
    check(
      fc.property(failures, chance, (count, random) => {
        for (const asked of [400_000, 3_600_000]) {
          const paused = new Paused(count, random, new UnexpectedResponseError(429, '', undefined, asked));
          assert.equal(paused.isOpenAfter(asked - 1), true);
          assert.equal(paused.isOpenAfter(asked), false);
        }
      }),
    );
  });

  it('end when something has changed, except for what Box asked for', () => {
    check(
      fc.property(failures, chance, (count, random) => {
        const ours = new Paused(count, random);
        ours.circuit.reset();
        assert.equal(ours.isOpenAfter(0), false);

        const asked = new Paused(count, random, new UnexpectedResponseError(429, '', undefined, 1000));
        asked.circuit.reset();
        assert.equal(asked.isOpenAfter(999), true);
        assert.equal(asked.isOpenAfter(1000), false, `${count} failures`);
      }),
    );
  });
});
