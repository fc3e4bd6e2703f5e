import assert from 'node:assert/strict';
import { join } from 'node:path';
import fc from 'fast-check';
import { UnexpectedResponseError, UnreachableError } from '../../../../src/box/errors';
import { RefreshBackoff } from '../../../../src/sessions/tokens/refreshBackoff';
import { FakeClock } from '../../support/fakeClock';
import { SAME_VALUES } from '../../support/property';
import { RecordingLog } from '../../support/recordingLog';

const FIRST_PAUSE_MS = 2000;
const LONGEST_PAUSE_MS = 5 * 60_000;
const ERROR = new UnreachableError('ECONNREFUSED', 'api.box.com');

const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const failures = fc.integer({ min: 1, max: 16 });

/** A file where a folder should be: nothing is shared, which makes thousands of pauses fast. */
const NO_FOLDER = join(import.meta.filename, 'pauses');
const SUBJECT = {
  id: 'session',
  clientId: 'client',
  origins: { account: 'https://account.box.com', api: 'https://api.box.com' },
};

/** A back-off that was told of failures, at the beginning of its last pause. */
class Paused {
  private constructor(
    private readonly clock: FakeClock,
    readonly backoff: RefreshBackoff,
  ) {}

  static async after(count: number, random: number, error: unknown = ERROR): Promise<Paused> {
    const clock = new FakeClock();
    const log = new RecordingLog();
    const backoff = new RefreshBackoff({ folder: NO_FOLDER, clock, random: () => random, log });
    for (let failure = 0; failure < count; failure++) await backoff.failed(SUBJECT, error);
    return new Paused(clock, backoff);
  }

  /** Whether it would not let a refresh through after so many ms. */
  async lastsFor(ms: number): Promise<boolean> {
    this.clock.jump(ms);
    return this.backoff
      .check(SUBJECT)
      .then(
        () => false,
        () => true,
      )
      .finally(() => {
        this.clock.jump(-ms);
      });
  }
}

describe('Pauses after failed refreshes', () => {
  const check = (property: fc.IAsyncProperty<[number, number]>): Promise<void> =>
    fc.assert(property, SAME_VALUES);

  it('grow exponentially, with up to 25 % jitter either way', async () => {
    await check(
      fc.asyncProperty(fc.integer({ min: 1, max: 7 }), chance, async (count, random) => {
        const nominal = FIRST_PAUSE_MS * 2 ** (count - 1);
        const paused = await Paused.after(count, random);
        assert.equal(await paused.lastsFor(0.75 * nominal - 1), true);
        assert.equal(await paused.lastsFor(1.25 * nominal), false);
        assert.equal(await paused.lastsFor((0.75 + random / 2) * nominal - 1), true);
        assert.equal(await paused.lastsFor((0.75 + random / 2) * nominal + 1), false);
      }),
    );
  });

  it('are never longer than five minutes, and in the end never shorter than half of that', async () => {
    await check(
      fc.asyncProperty(failures, chance, async (count, random) => {
        const paused = await Paused.after(count, random);
        assert.equal(await paused.lastsFor(LONGEST_PAUSE_MS), false);
        if (count > 8) assert.equal(await paused.lastsFor(LONGEST_PAUSE_MS / 2), true);
      }),
    );
  });

  it('are as long as Box asks where that is longer', async () => {
    await check(
      fc.asyncProperty(failures, chance, async (count, random) => {
        for (const asked of [400_000, 3_600_000]) {
          const paused = await Paused.after(
            count,
            random,
            new UnexpectedResponseError(429, '', undefined, asked),
          );
          assert.equal(await paused.lastsFor(asked - 1), true);
          assert.equal(await paused.lastsFor(asked), false);
        }
      }),
    );
  });

  it('end when something has changed, except for what Box asked for', async () => {
    await check(
      fc.asyncProperty(failures, chance, async (count, random) => {
        const ours = await Paused.after(count, random);
        ours.backoff.reset();
        assert.equal(await ours.lastsFor(0), false);

        const asked = await Paused.after(
          count,
          random,
          new UnexpectedResponseError(429, '', undefined, 1000),
        );
        asked.backoff.reset();
        assert.equal(await asked.lastsFor(999), true);
        assert.equal(await asked.lastsFor(1000), false, `${count} failures`);
      }),
    );
  });
});
