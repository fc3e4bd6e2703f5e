import assert from 'node:assert/strict';
import { UnexpectedResponseError, UnreachableError } from '../../../src/box/errors';
import { RefreshCircuit } from '../../../src/sessions/refreshCircuit';
import { FakeClock } from '../support/fakeClock';

const ERROR = new UnreachableError('ECONNREFUSED', 'api.box.com');

describe('RefreshCircuit', () => {
  let clock: FakeClock;
  let circuit: RefreshCircuit;

  beforeEach(() => {
    clock = new FakeClock();
    circuit = new RefreshCircuit(clock, () => 0.5);
  });

  /** How long the pause after the next failure is, in ms. */
  const pause = (error: unknown = ERROR): number => {
    circuit.failed('session', error);
    let ms = 0;
    for (; isOpen(); ms += 500) clock.jump(500);
    return ms;
  };
  const isOpen = (): boolean => {
    try {
      circuit.check('session');
      return false;
    } catch (error) {
      assert.ok(error instanceof Error);
      return true;
    }
  };

  it('doubles the pause after each failure, up to five minutes', () => {
    const pauses = Array.from({ length: 10 }, () => pause());
    assert.deepEqual(pauses.slice(0, 4), [2000, 4000, 8000, 16_000]);
    assert.deepEqual(pauses.slice(8), [300_000, 300_000]);
  });

  it('answers with the last error meanwhile', () => {
    circuit.failed('session', ERROR);
    assert.throws(() => {
      circuit.check('session');
    }, ERROR);
    circuit.check('another session');
  });

  it('begins anew after a success', () => {
    pause();
    circuit.succeeded('session');
    assert.equal(pause(), 2000);
  });

  it('waits as long as Box asks, which a reset does not shorten', () => {
    assert.equal(pause(new UnexpectedResponseError(429, 'slow down', undefined, 60_000)), 60_000);
    circuit.failed('session', new UnexpectedResponseError(429, 'slow down', undefined, 60_000));
    circuit.reset();
    assert.equal(isOpen(), true);
  });

  it('lets the next attempt through after a reset', () => {
    circuit.failed('session', ERROR);
    circuit.reset();
    assert.equal(isOpen(), false);
  });
});
