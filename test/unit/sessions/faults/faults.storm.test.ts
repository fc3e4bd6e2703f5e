import assert from 'node:assert/strict';
import { UnexpectedResponseError } from '../../../../src/box/errors';
import type { LiveSession } from '../../../../src/sessions/store/sessionRecord';
import type { Fault } from '../../../emulator/src';
import { observeWaits, type Observed } from '../../support/waits';
import { useEmulatedBox } from '../../support/emulatedBox';
import { SessionWindow, useMachine } from '../../support/sessionWindow';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const FIRST_PAUSE_MS = 2000;
/** Pauses are at most five minutes, whatever chance makes of them: so with chance in the middle four or more. */
const LONGEST_PAUSE_MS = 4 * MINUTE_MS;
/** How often one refresh is sent in all, and one revocation. */
const REFRESH_REQUESTS = 3;
const REVOCATION_REQUESTS = 2;
/** Longest wait for one answer, in ms. */
const TIMEOUT_MS = 15_000;

/** How many attempts a back-off allows that begin within `ms`: the pauses double, with chance in the middle. */
function attemptsWithin(ms: number, first = FIRST_PAUSE_MS, longest = LONGEST_PAUSE_MS): number {
  let attempts = 0;
  for (let time = 0; time <= ms; attempts++) time += Math.min(longest, first * 2 ** attempts);
  return attempts;
}

describe('Faults and how often Box is asked', () => {
  const box = useEmulatedBox();
  const machine = useMachine();
  let window: SessionWindow;
  let session: LiveSession;

  beforeEach(async () => {
    window = new SessionWindow(box, machine());
    await window.configureApp();
    session = await window.signIn();
  });

  const failing = (fault: Partial<Fault>): Promise<void> =>
    box.control.fault({ endpoint: 'token', kind: 'status', status: 500, times: -1, ...fault });
  const refreshes = async (): Promise<number> =>
    (await box.control.requests({ endpoint: 'token', grantType: 'refresh_token' })).length;
  const ask = (): Promise<Observed<unknown>> =>
    observeWaits(window.clock, window.provider.getSessions([], {}));

  /** Asks so many times, spread evenly, and sees through what is done ahead of time in between. */
  const askSpread = async (times: number, totalMs: number): Promise<void> => {
    const start = window.clock.monotonic();
    for (let call = 1; call <= times; call++) {
      await ask();
      await window.clock.advance(Math.max(0, start + (call * totalMs) / times - window.clock.monotonic()));
      await observeWaits(window.clock, window.refresher.idle());
    }
  };

  describe('a refresh', () => {
    for (const [name, fault] of [
      ['dropped connections', { kind: 'dropBefore' }],
      ['lost answers', { kind: 'dropAfter' }],
      ['conflicts', { status: 409 }],
      ['rate limits', { status: 429 }],
      ['server errors', {}],
      ['pages of a proxy', { kind: 'html', status: 502 }],
      ['damaged answers', { kind: 'truncate' }],
      ['a wrong client secret', { kind: 'json', status: 400, body: { error: 'invalid_client' } }],
    ] as const) {
      it(`is not asked for more often than the back-off allows during an hour of ${name}`, async () => {
        await window.letTokensExpire();
        await failing(fault);
        await askSpread(50, HOUR_MS);
        const sent = await refreshes();
        assert.ok(sent > 0 && sent <= REFRESH_REQUESTS * attemptsWithin(HOUR_MS), `${sent} requests`);
      });
    }

    it('is not asked for more often by 720 callers in an hour', async () => {
      await window.letTokensExpire();
      await failing({});
      await askSpread(720, HOUR_MS);
      const sent = await refreshes();
      assert.ok(sent <= REFRESH_REQUESTS * attemptsWithin(HOUR_MS), `${sent} requests`);
    });

    it('is not asked for more often while the old token still lives', async () => {
      window.clock.jump(55 * MINUTE_MS + 1000);
      await failing({});
      await askSpread(50, 4.5 * MINUTE_MS);
      const sent = await refreshes();
      assert.ok(sent <= REFRESH_REQUESTS * attemptsWithin(4.5 * MINUTE_MS), `${sent} requests`);
    });

    it('is asked for once by a hundred callers at once', async () => {
      await window.letTokensExpire();
      await failing({});
      const asked = Array.from({ length: 100 }, () => window.refresher.fresh(session));
      const { value } = await observeWaits(window.clock, Promise.allSettled(asked));
      assert.ok(value?.every(({ status }) => status === 'rejected'));
      assert.equal(await refreshes(), REFRESH_REQUESTS);
    });

    it('succeeds with the first call after the pause, and the next pauses are short again', async () => {
      await window.letTokensExpire();
      await failing({});
      await ask();
      await box.control.clearFaults();
      window.clock.jump(FIRST_PAUSE_MS - 1);
      assert.ok((await ask()).error);
      window.clock.jump(1);
      assert.equal((await ask()).error, undefined);
      assert.equal(await refreshes(), REFRESH_REQUESTS + 1);

      await window.letTokensExpire();
      await failing({});
      await ask();
      await box.control.clearFaults();
      window.clock.jump(FIRST_PAUSE_MS);
      assert.equal((await ask()).error, undefined);
    });

    it('succeeds at once when the window regains focus', async () => {
      await window.letTokensExpire();
      await failing({});
      for (let failure = 0; failure < 6; failure++) {
        await ask();
        window.clock.jump(FIRST_PAUSE_MS * 2 ** failure);
      }
      await ask();
      await box.control.clearFaults();
      const before = await refreshes();
      assert.ok((await ask()).error);
      window.backoff.reset();
      assert.equal((await ask()).error, undefined);
      assert.equal(await refreshes(), before + 1);
    });

    it('leaves Box alone for as long as it asks, also beyond the longest pause and in spite of focus', async () => {
      await window.letTokensExpire();
      await failing({ status: 429, headers: { 'retry-after': '900' }, times: 1 });
      await ask();
      for (let minute = 1; minute < 15; minute++) {
        window.clock.jump(MINUTE_MS);
        window.backoff.reset();
        assert.ok((await ask()).error, `minute ${minute}`);
      }
      assert.equal(await refreshes(), 1);
      window.clock.jump(MINUTE_MS);
      assert.equal((await ask()).error, undefined);
      assert.equal(await refreshes(), 2);
    });

    it('is asked for by no other window before the time that Box asks for', async () => {
      const other = new SessionWindow(box, machine());
      await window.letTokensExpire();
      await failing({ status: 429, headers: { 'retry-after': '600' }, times: 1 });
      await ask();
      const askOther = (): Promise<Observed<unknown>> =>
        observeWaits(other.clock, other.refresher.refreshNow(session));
      const { error } = await askOther();
      assert.ok(error instanceof UnexpectedResponseError);
      assert.equal(error.appName, session.appName);
      window.clock.jump(10 * MINUTE_MS - 1);
      assert.ok((await askOther()).error);
      assert.equal(await refreshes(), 1);
      window.clock.jump(1);
      assert.equal((await askOther()).error, undefined);
      assert.equal((await ask()).error, undefined);
      assert.equal(await refreshes(), 2);
    });
  });

  describe('a pending revocation', () => {
    /** Signs out while revocations fail, and lets so many ms pass. */
    const signOutAndWait = async (fault: Partial<Fault>, ms: number): Promise<void> => {
      const { clock } = window;
      await failing({ endpoint: 'revoke', ...fault });
      await observeWaits(clock, window.signOut.run(session.id));
      window.sessions.retrier.begin();
      const end = clock.monotonic() + ms;
      for (;;) {
        const next = await clock.timer((left) => left !== TIMEOUT_MS);
        if (clock.monotonic() + next > end) return;
        await clock.advance(next);
      }
    };
    const sent = async (): Promise<number> => (await box.control.requests({ endpoint: 'revoke' })).length;

    it('is not sent more often than the back-off allows during a day of server errors', async () => {
      await signOutAndWait({}, DAY_MS);
      const rounds = 1 + attemptsWithin(DAY_MS, MINUTE_MS, HOUR_MS);
      assert.ok((await sent()) <= REVOCATION_REQUESTS * rounds, `${await sent()} requests`);
      assert.equal((await window.revocations.pending()).size, 1);
    });

    it('is not sent before the time that Box asks for', async () => {
      await signOutAndWait({ status: 429, headers: { 'retry-after': '600' } }, 599_000);
      assert.equal(await sent(), 1);
    });
  });
});
