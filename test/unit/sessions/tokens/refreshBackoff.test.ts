import '../../support/vscodeStub';
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ApiRefusedError,
  OAuthError,
  UnexpectedResponseError,
  UnreachableError,
  type BoxError,
} from '../../../../src/box/errors';
import { SessionError } from '../../../../src/sessions/errors';
import { RefreshBackoff, type BackoffSubject } from '../../../../src/sessions/tokens/refreshBackoff';
import { messageFor } from '../../../../src/ui/messages/messages';
import { FakeClock } from '../../support/fakeClock';
import { RecordingLog } from '../../support/recordingLog';

const ERROR = new UnreachableError('ECONNREFUSED', 'api.box.com');
const SECOND_MS = 1000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const SESSION: BackoffSubject = {
  id: 'session',
  clientId: 'client',
  origins: { account: 'https://account.box.com', api: 'https://api.box.com' },
};
/** Another session of the same app. */
const SIBLING: BackoffSubject = { ...SESSION, id: 'sibling' };

/** What Box answers that asks to be left alone. */
const busy = (retryAfterMs: number): BoxError =>
  new UnexpectedResponseError(429, 'slow down', undefined, retryAfterMs);

/** What a check of the session throws; undefined when it lets a refresh through. */
const thrown = (backoff: RefreshBackoff, subject = SESSION): Promise<unknown> =>
  backoff.check(subject).then(
    () => undefined,
    (error: unknown) => {
      assert.ok(error instanceof Error);
      return error;
    },
  );
const isPaused = async (backoff: RefreshBackoff, subject = SESSION): Promise<boolean> =>
  (await thrown(backoff, subject)) !== undefined;

describe('RefreshBackoff', () => {
  let parent: string;
  let folder: string;
  let clock: FakeClock;
  let log: RecordingLog;
  let backoff: RefreshBackoff;
  /** The same in another window. */
  let other: RefreshBackoff;

  const open = (): RefreshBackoff => new RefreshBackoff({ folder, clock, random: () => 0.5, log });
  const files = (): string[] => readdirSync(folder);
  const onlyFile = (): string => {
    const [name, ...others] = files();
    assert.ok(name !== undefined && others.length === 0);
    return join(folder, name);
  };

  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'box-authentication-unit-'));
    folder = join(parent, 'pauses');
    clock = new FakeClock();
    log = new RecordingLog();
    backoff = open();
    other = open();
  });
  afterEach(() => {
    rmSync(parent, { recursive: true, force: true });
  });

  /** How long the pause after the next failure is, in ms. */
  const pause = async (error: unknown = ERROR, window = backoff): Promise<number> => {
    await window.failed(SESSION, error);
    let ms = 0;
    while (await isPaused(window)) {
      const step = ms < 20_000 ? 500 : 5000;
      clock.jump(step);
      ms += step;
    }
    return ms;
  };

  it('doubles the pause after each failure, up to five minutes', async () => {
    const pauses: number[] = [];
    while (pauses.length < 10) pauses.push(await pause());
    assert.deepEqual(pauses.slice(0, 4), [2000, 4000, 8000, 16_000]);
    assert.deepEqual(pauses.slice(8), [300_000, 300_000]);
  });

  it('answers with the last error meanwhile', async () => {
    await backoff.failed(SESSION, ERROR);
    assert.equal(await thrown(backoff), ERROR);
    await backoff.check(SIBLING);
  });

  it('begins anew after a success', async () => {
    await pause();
    await backoff.succeeded(SESSION);
    assert.equal(await pause(), 2000);
  });

  it('waits as long as Box asks, which a reset does not shorten', async () => {
    assert.equal(await pause(busy(60_000)), 60_000);
    await backoff.failed(SESSION, busy(60_000));
    backoff.reset();
    assert.equal(await isPaused(backoff), true);
  });

  it('lets the next attempt through after a reset', async () => {
    await backoff.failed(SESSION, ERROR);
    backoff.reset();
    assert.equal(await isPaused(backoff), false);
  });

  it('ends our own pauses of others in this window after a success, and not what Box asked for', async () => {
    await backoff.failed(SIBLING, ERROR);
    await backoff.succeeded(SESSION);
    assert.equal(await isPaused(backoff, SIBLING), false);
    assert.equal(await isPaused(other, SIBLING), true);
    await backoff.failed(SIBLING, busy(MINUTE_MS));
    await backoff.succeeded(SESSION);
    assert.equal(await isPaused(backoff, SIBLING), true);
  });

  describe('in several windows', () => {
    it('S19: lets none ask before Box wants to be asked (retry-after: 600)', async () => {
      await backoff.failed(SESSION, busy(600 * SECOND_MS));
      for (const window of [backoff, other, open()]) {
        window.reset();
        assert.ok((await thrown(window)) instanceof UnexpectedResponseError);
      }
      clock.jump(600 * SECOND_MS - 1);
      for (const window of [backoff, other, open()]) assert.equal(await isPaused(window), true);
      clock.jump(1);
      for (const window of [backoff, other, open()]) assert.equal(await isPaused(window), false);
    });

    it('holds what Box asked for against the whole app, and no other app or Box', async () => {
      await backoff.failed(SESSION, busy(HOUR_MS));
      assert.equal(await isPaused(backoff, SIBLING), true);
      assert.equal(await isPaused(other, SIBLING), true);
      assert.equal(await isPaused(other, { ...SIBLING, clientId: 'another' }), false);
      const api = 'https://api.box.example';
      assert.equal(await isPaused(other, { ...SIBLING, origins: { ...SESSION.origins, api } }), false);
    });

    it('keeps the longer of two times that Box asked for', async () => {
      await backoff.failed(SESSION, busy(HOUR_MS));
      await other.failed(SIBLING, busy(MINUTE_MS));
      clock.jump(HOUR_MS - 1);
      for (const window of [backoff, other]) assert.equal(await isPaused(window), true);
    });

    it('counts the failures of all', async () => {
      assert.equal(await pause(ERROR, backoff), 2000);
      assert.equal(await pause(ERROR, other), 4000);
      assert.equal(await pause(ERROR, backoff), 8000);
      assert.equal(await pause(ERROR, open()), 16_000);
    });

    it('holds our own pauses in all, and ends them in all with a success', async () => {
      await backoff.failed(SESSION, ERROR);
      assert.equal(await isPaused(other), true);
      await other.succeeded(SESSION);
      assert.equal(await isPaused(backoff), false);
      assert.equal(await pause(ERROR, backoff), 2000);
    });

    it('ends with a reset what began before in any, for one attempt of that window only', async () => {
      await backoff.failed(SESSION, ERROR);
      other.reset();
      assert.equal(await isPaused(other), false);
      assert.equal(await isPaused(backoff), true);
      clock.jump(1);
      await other.failed(SESSION, ERROR);
      assert.equal(await isPaused(other), true);
    });

    it('does not let a reset end what begins later', async () => {
      other.reset();
      clock.jump(1);
      await backoff.failed(SESSION, ERROR);
      assert.equal(await isPaused(other), true);
    });

    it('keeps what is no error of Box to its window', async () => {
      await backoff.failed(SESSION, new SessionError('client_secret_missing', 'Example App'));
      assert.equal(await isPaused(backoff), true);
      assert.equal(await isPaused(other), false);
    });
  });

  describe('when the wall clock jumps', () => {
    it('ahead, waits here as long as Box asked', async () => {
      await backoff.failed(SESSION, busy(HOUR_MS));
      clock.wallError = DAY_MS;
      await other.failed({ ...SESSION, id: 'x', clientId: 'y' }, ERROR);
      assert.deepEqual(files().length, 1, 'the other window takes the pause for long over');
      assert.equal(await isPaused(backoff), true);
      assert.equal(await isPaused(other), false);
      clock.jump(HOUR_MS);
      assert.equal(await isPaused(backoff), false);
    });

    it('back, takes a pause that begins in the future for over, and waits no longer where it began', async () => {
      await backoff.failed(SESSION, busy(HOUR_MS));
      clock.wallError = -1;
      assert.equal(await isPaused(other), false);
      assert.equal(await isPaused(backoff), true);
      clock.wallError = -DAY_MS;
      clock.jump(HOUR_MS);
      assert.equal(await isPaused(backoff), false);
    });

    it('back within a pause, prolongs it in no window that knows it', async () => {
      await backoff.failed(SESSION, busy(HOUR_MS));
      assert.equal(await isPaused(other), true);
      clock.jump(50 * MINUTE_MS);
      clock.wallError = -40 * MINUTE_MS;
      clock.jump(10 * MINUTE_MS);
      assert.equal(await isPaused(backoff), false);
      assert.equal(await isPaused(other), false);
    });
  });

  describe('stamp', () => {
    it('tells a failure that came after it from those before', async () => {
      assert.equal(await other.stamp(SESSION), undefined);
      await backoff.failed(SESSION, ERROR);
      const stamp = await other.stamp(SESSION);
      assert.ok(stamp);
      assert.equal(await other.failureSince(SESSION, stamp), undefined);
      await backoff.failed(SESSION, new OAuthError('invalid_client', undefined, 400));
      const failure = await other.failureSince(SESSION, stamp);
      assert.ok(failure instanceof OAuthError);
      assert.equal(failure.error, 'invalid_client');
    });

    it('finds the first failure, even when its pause is over or was ended here', async () => {
      await backoff.failed(SESSION, ERROR);
      clock.jump(MINUTE_MS);
      other.reset();
      assert.ok((await other.failureSince(SESSION, undefined)) instanceof UnreachableError);
      assert.equal(await other.failureSince(SIBLING, undefined), undefined);
    });

    it('finds none after a success', async () => {
      await backoff.failed(SESSION, ERROR);
      const stamp = await other.stamp(SESSION);
      await backoff.failed(SESSION, ERROR);
      await backoff.succeeded(SESSION);
      assert.equal(await other.failureSince(SESSION, stamp), undefined);
    });
  });

  describe('files', () => {
    const left = async (act: (subject: BackoffSubject) => Promise<void>): Promise<string[]> => {
      await backoff.failed(SESSION, busy(MINUTE_MS));
      assert.equal(files().length, 2);
      clock.jump(MINUTE_MS);
      await act(SESSION);
      return files();
    };

    it('are gone after a success', async () => {
      assert.deepEqual(await left((subject) => other.succeeded(subject)), []);
    });

    it('are gone when the session is', async () => {
      assert.deepEqual(await left((subject) => other.forget(subject)), []);
    });

    it('of what Box asked for stay when a session goes, for the others of its app', async () => {
      await backoff.failed(SESSION, busy(HOUR_MS));
      await backoff.forget(SESSION);
      assert.equal(files().length, 1);
      assert.equal(await isPaused(backoff, SIBLING), true);
      assert.equal(await isPaused(other, SIBLING), true);
    });

    it('can be read by their user only', async function () {
      if (process.platform === 'win32') return;
      await backoff.failed(SESSION, ERROR);
      assert.equal(statSync(folder).mode & 0o777, 0o700);
      assert.equal(statSync(onlyFile()).mode & 0o777, 0o600);
    });

    it('hold no token that a server echoes, and no name of session or client', async () => {
      const token = 'T'.repeat(32);
      await backoff.failed(SESSION, new OAuthError('invalid_request', `bad ${token}`, 400));
      const text = readFileSync(onlyFile(), 'utf8');
      assert.ok(!text.includes(token));
      assert.ok(!text.includes('"session"') && !text.includes('"client"'));
    });

    it('do not become more: those of sessions that are long gone are removed, and drafts that were left', async () => {
      for (let each = 0; each < 20; each++) await backoff.failed({ ...SESSION, id: `gone${each}` }, ERROR);
      const draft = join(folder, 'x.json.draft');
      writeFileSync(draft, '{');
      utimesSync(draft, 0, 0);
      writeFileSync(join(folder, 'damaged.json'), '{');
      writeFileSync(join(folder, 'y.json.draft'), '{');
      clock.jump(DAY_MS);
      for (let each = 0; each < 10; each++) await other.failed(SESSION, ERROR);
      assert.equal(files().length, 2, 'a pause, and a draft that may still be in use');
    });

    it('of failures long ago do not make the next pause longer', async () => {
      for (let each = 0; each < 5; each++) await backoff.failed(SESSION, ERROR);
      clock.jump(DAY_MS);
      assert.equal(await pause(ERROR, other), 2000);
    });

    const damaged: Readonly<Record<string, (text: string) => string>> = {
      empty: () => '',
      'cut off': (text) => text.slice(0, 40),
      'not JSON': () => 'pause',
      'of another form': () => '[]',
      'with a pause for ever': (text) => text.replace('"length":2000', '"length":1e999'),
      'with an unknown kind of error': (text) => text.replace('unreachable', 'unheard_of'),
    };
    for (const [how, damage] of Object.entries(damaged)) {
      it(`that are ${how} count as no pause`, async () => {
        await backoff.failed(SESSION, ERROR);
        const file = onlyFile();
        const text = damage(readFileSync(file, 'utf8'));
        writeFileSync(file, text);
        for (const window of [backoff, other]) {
          assert.equal(await isPaused(window), false);
          assert.equal(await window.stamp(SESSION), undefined);
        }
        assert.equal(await pause(ERROR, other), 2000);
      });
    }

    it('that cannot be written leave the pauses to each window, which is logged once', async () => {
      writeFileSync(folder, 'a file where the folder should be');
      assert.equal(await pause(), 2000);
      await backoff.failed(SESSION, busy(MINUTE_MS));
      assert.equal(await isPaused(backoff, SIBLING), true);
      assert.equal(await isPaused(other), false);
      assert.ok(await backoff.failureSince(SESSION, undefined));
      assert.deepEqual(
        log.lines.map(({ level }) => level),
        ['debug'],
      );
      await backoff.succeeded(SESSION);
      await backoff.forget(SIBLING);
      backoff.reset();
      clock.jump(MINUTE_MS);
      assert.equal(await isPaused(backoff), false);
    });

    it('that stay because the folder is gone hold up nobody who succeeds', async () => {
      await backoff.failed(SESSION, ERROR);
      rmSync(folder, { recursive: true });
      await other.succeeded(SESSION);
      assert.equal(await isPaused(other), false);
    });
  });

  describe('an error in another window', () => {
    const asServer = new OAuthError('invalid_client', 'The client credentials are invalid', 400, 'request1');
    asServer.serverCredential = 'jwt';
    const errors: readonly BoxError[] = [
      new OAuthError('invalid_request', 'The grant type is unauthorized for this client_id', 400, 'request1'),
      new OAuthError('temporarily_unavailable'),
      asServer,
      new UnreachableError('ENOTFOUND', 'api.box.com'),
      new UnreachableError('CERT_HAS_EXPIRED', 'api.box.com'),
      new UnexpectedResponseError(429, 'Too many requests', 'request1', 30_000),
      new UnexpectedResponseError(502, 'HTML'),
      new UnexpectedResponseError(407, 'HTML'),
      new ApiRefusedError(403, 'forbidden_by_policy', 'request1'),
      new ApiRefusedError(401, undefined),
    ];
    for (const error of errors) {
      it(`is of the same class and has the same message: ${error.message}`, async () => {
        error.appName = 'Example App';
        await backoff.failed(SESSION, error);
        const theirs = await thrown(other);
        assert.ok(theirs instanceof Error);
        assert.notEqual(theirs, error);
        assert.equal(Object.getPrototypeOf(theirs), Object.getPrototypeOf(error));
        assert.deepEqual(Object.entries(theirs), Object.entries(error));
        assert.equal(theirs.message, error.message);
        assert.deepEqual(messageFor(theirs), messageFor(error));
        assert.deepEqual(await other.failureSince(SESSION, undefined), theirs);
      });
    }
  });
});
