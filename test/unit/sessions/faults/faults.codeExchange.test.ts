import './faultTexts';
import assert from 'node:assert/strict';
import { UnreachableError } from '../../../../src/box/errors';
import { useFaultyNetwork } from '../../support/faultyNetwork';
import { useEmulatedBox } from '../../support/emulatedBox';
import { settle } from '../../support/fakeClock';
import { messageText } from './faultTexts';
import { PASSING_FAULTS } from './faultTable';
import { FaultTrial } from './faultTrial';
import { useMachine } from '../../support/sessionWindow';

/** A code lives for 30 s; nothing is sent with it from second 28 on. */
const LAST_MS = 28_000;
/** The wait before the second request, in ms, where chance is in the middle. */
const WAIT_MS = 500;

describe('Faults at the exchange of the code', () => {
  const box = useEmulatedBox();
  const network = useFaultyNetwork(() => box.origin);
  const machine = useMachine();
  let trial: FaultTrial;

  beforeEach(async () => {
    trial = new FaultTrial(box, network, machine(), 'exchange');
    await trial.prepare();
  });

  const hung = PASSING_FAULTS.find(({ hangs }) => hangs === true);
  assert.ok(hung);

  it('gives each of two requests 12 s, and both end before second 28', async () => {
    const { clock } = trial.window;
    const receivedAt = clock.now();
    await trial.strike(hung);
    const { error, waits, timeouts } = await trial.run(hung);
    assert.ok(error instanceof UnreachableError);
    assert.deepEqual([timeouts, waits, await trial.reached()], [[12_000, 12_000], [WAIT_MS], 2]);
    assert.ok(clock.now() - receivedAt < LAST_MS);
  });

  /**
   * Has the computer sleep while the first request hangs, so that it is given up at this age of the code.
   * @returns what came out, and whether a second request was waited for.
   */
  const giveUpAt = async (ageMs: number): Promise<{ error?: unknown; waited: boolean }> => {
    const { clock } = trial.window;
    await trial.strike(hung, true);
    const ended = trial.act().then(
      () => ({}),
      (error: unknown) => ({ error }),
    );
    while ((await trial.reached()) < 1) await settle();
    clock.jump(ageMs);
    await clock.advance(0);
    const first = await Promise.race([ended, clock.timer((ms) => ms === WAIT_MS)]);
    if (typeof first !== 'number') return { ...first, waited: false };
    await clock.advance(first);
    return { ...(await ended), waited: true };
  };

  it('sends the second request when it can leave just before second 28', async () => {
    assert.deepEqual(await giveUpAt(LAST_MS - WAIT_MS - 1), { waited: true });
    assert.deepEqual([await trial.reached(), trial.records.length], [2, 1]);
  });

  for (const ageMs of [LAST_MS - WAIT_MS, LAST_MS, LAST_MS + 60_000]) {
    it(`sends no second request that would leave at or after second 28 (given up after ${ageMs} ms)`, async () => {
      const { error, waited } = await giveUpAt(ageMs);
      assert.match(messageText(error), /didn’t answer in time/);
      assert.deepEqual([waited, await trial.reached(), trial.records], [false, 1, []]);
    });
  }
});
