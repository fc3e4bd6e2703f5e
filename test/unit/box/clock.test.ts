import assert from 'node:assert/strict';
import { sleep } from '../../../src/common/clock';
import { FakeClock } from '../support/fakeClock';

describe('sleep', () => {
  it('ends after its time and not before', async () => {
    const clock = new FakeClock();
    let ended = false;
    const sleeping = sleep(clock, 1000).then(() => {
      ended = true;
    });
    await clock.advance(999);
    assert.equal(ended, false);
    await clock.advance(1);
    assert.equal(ended, true);
    await sleeping;
  });

  it('rejects with the reason as soon as it is aborted, and leaves no timer', async () => {
    const clock = new FakeClock();
    const aborter = new AbortController();
    const sleeping = sleep(clock, 1000, aborter.signal);
    aborter.abort(new Error('enough'));
    await assert.rejects(sleeping, { message: 'enough' });
    assert.deepEqual(clock.pending, []);
  });

  it('does not begin when it was aborted before', async () => {
    const clock = new FakeClock();
    await assert.rejects(sleep(clock, 1000, AbortSignal.abort(new Error('enough'))), { message: 'enough' });
    assert.deepEqual(clock.pending, []);
  });
});
