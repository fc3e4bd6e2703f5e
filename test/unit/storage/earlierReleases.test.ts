import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { systemClock, type Clock } from '../../../src/common/clock';
import {
  SESSION_KIND,
  type LiveSession,
  type SessionRecord,
} from '../../../src/sessions/store/sessionRecord';
import type { Storage } from '../../../src/storage/module';
import { RecordStore } from '../../../src/storage/recordStore';
import { FileLock as EarlierLock } from '../../fixtures/earlierRelease/fileLock';
import { HostChannel } from '../../fixtures/earlierRelease/hostChannel';
import { Ledger } from '../../fixtures/earlierRelease/ledger';
import { RecordStore as EarlierRecordStore } from '../../fixtures/earlierRelease/recordStore';
import { SharedSecrets } from '../../fixtures/earlierRelease/sharedSecrets';
import { FakeClock } from '../support/fakeClock';
import { MemorySecrets } from '../support/memorySecrets';
import { RecordingLog } from '../support/recordingLog';
import { sessionOf } from '../support/sessions';
import { openStorage } from '../support/storage';

const DANA = sessionOf('dana');
const KEY = `session/${DANA.id}`;

/** A session with the tokens of a later refresh. */
const refreshed = (session: LiveSession, accessToken: string): LiveSession => ({
  ...session,
  pair: { ...session.pair, accessToken, refreshToken: `refresh of ${accessToken}` },
});

interface Options {
  readonly clock?: Clock;
  /** In a served VS Code. */
  readonly channel?: HostChannel;
}

/** A window with the release before the envelope, on a desktop. */
class EarlierWindow {
  readonly log = new RecordingLog();
  readonly failures: unknown[] = [];
  readonly secrets: SharedSecrets;
  readonly sessions: EarlierRecordStore<Record<string, unknown>>;

  constructor(secrets: MemorySecrets, folder: string, { clock = systemClock, channel }: Options = {}) {
    const { log } = this;
    const lock = new EarlierLock({ folder: join(folder, 'locks'), clock: systemClock, log });
    const ledger = new Ledger(join(folder, 'ledger'));
    const startedAt = Date.now() - 60_000;
    this.secrets = new SharedSecrets({ secrets, ledger, lock, channel, clock, startedAt, log });
    this.secrets.onDidFail((error) => this.failures.push(error));
    const schema = v.looseObject({ id: v.string() });
    this.sessions = new EarlierRecordStore(this.secrets, { prefix: 'session', version: 1, schema }, log);
  }

  async write(session: SessionRecord): Promise<void> {
    await this.sessions.write(session.id, session);
  }

  /** The access token of Dana's session, as this window has it. */
  async token(): Promise<unknown> {
    return tokenOf(await this.sessions.read(DANA.id));
  }
}

/** A window with this release. */
class PresentWindow {
  readonly log = new RecordingLog();
  readonly failures: unknown[] = [];
  readonly storage: Storage;
  readonly sessions: RecordStore<SessionRecord>;

  constructor(secrets: MemorySecrets, folder: string) {
    this.storage = openStorage(secrets, folder, this.log);
    this.storage.onDidFail((error) => this.failures.push(error));
    this.sessions = new RecordStore(this.storage.secrets, SESSION_KIND, this.log);
  }

  async write(session: SessionRecord): Promise<void> {
    await this.sessions.write(session.id, session);
  }

  async token(): Promise<unknown> {
    return tokenOf(await this.sessions.read(DANA.id));
  }
}

function tokenOf(record: object | undefined): unknown {
  return (record as Partial<LiveSession> | undefined)?.pair?.accessToken;
}

describe('Storage with an earlier release', () => {
  let folder: string;
  let secrets: MemorySecrets;
  let old: EarlierWindow;
  let present: PresentWindow;
  let disposables: { dispose(): void }[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'box-authentication-earlier-'));
    secrets = new MemorySecrets();
    disposables = [];
    old = openOld(secrets);
    present = openPresent();
  });

  afterEach(() => {
    for (const each of disposables) each.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  const openOld = (of: MemorySecrets, options?: Options): EarlierWindow => {
    const opened = new EarlierWindow(of, folder, options);
    disposables.push(opened.secrets);
    return opened;
  };
  const openPresent = (): PresentWindow => {
    const opened = new PresentWindow(secrets, folder);
    disposables.push(opened.storage);
    return opened;
  };
  const ledgerFiles = (): string[] => readdirSync(join(folder, 'ledger'));
  const assertNoFailure = (): void => {
    assert.deepEqual([old.failures, present.failures], [[], []]);
    assert.deepEqual([old.log.messages('error'), present.log.messages('error')], [[], []]);
  };

  describe('that has left its store', () => {
    beforeEach(async () => {
      await old.write(sessionOf('dana'));
      await old.write(sessionOf('eli'));
      await old.write(sessionOf('eli'));
      old.secrets.dispose();
    });

    it('is as that release leaves it', () => {
      assert.match(secrets.values.get(KEY) ?? '', /^\{"revision":1,"version":1,"id":"session-dana",/);
      assert.match(secrets.values.get('session/session-eli') ?? '', /^\{"revision":2,"version":1,/);
      assert.equal(ledgerFiles().length, 2);
      assert.deepEqual(existsSync(join(folder, 'locks')), true);
      assert.equal(secrets.values.has('store'), false);
    });

    it('reads it, with its tokens unchanged, and stores nothing for that', async () => {
      const before = new Map(secrets.values);
      const all = await present.sessions.readAll();
      assert.deepEqual([all.get('session-dana'), all.get('session-eli')], [DANA, sessionOf('eli')]);
      assert.deepEqual(await present.sessions.read(DANA.id), DANA);
      await present.storage.tidy();
      assert.deepEqual(secrets.values, before);
      assertNoFailure();
    });

    it('puts a record into the envelope when it is next written, and the others stay as they are', async () => {
      const other = secrets.values.get('session/session-eli');
      await present.write(refreshed(DANA, 'second'));
      assert.deepEqual(secrets.stored(KEY), {
        kind: 'value',
        revision: 1,
        value: refreshed(DANA, 'second'),
      });
      assert.equal(secrets.values.get('session/session-eli'), other);
      const all = await openPresent().sessions.readAll();
      assert.deepEqual([...all.values()].map(tokenOf).sort(), ['second', 'token-of-eli']);
    });

    it('removes one for good', async () => {
      await present.sessions.remove(DANA.id);
      assert.equal(secrets.values.has(KEY), false);
      assert.deepEqual([...(await openPresent().sessions.readAll()).keys()], ['session-eli']);
    });

    it('removes what that release kept beside the secrets, once no window of it can run any more', async () => {
      await present.write(DANA);
      await present.storage.tidy();
      assert.equal(ledgerFiles().length, 2);
      const longAgo = new Date(Date.now() - 31 * 24 * 3_600_000);
      for (const name of ledgerFiles()) utimesSync(join(folder, 'ledger', name), longAgo, longAgo);
      await present.storage.tidy();
      assert.equal(existsSync(join(folder, 'ledger')), false);
    });

    it('makes nothing for that release where it never was', async () => {
      await present.write(sessionOf('finn'));
      await present.sessions.remove('session-finn');
      assert.equal(ledgerFiles().length, 2);
    });
  });

  describe('that runs in another window', () => {
    beforeEach(async () => {
      await old.write(DANA);
      assert.equal(await old.token(), 'token-of-dana');
    });

    it('does not write back what this release deletes, nor show it', async () => {
      await present.sessions.remove(DANA.id);
      assert.equal(await old.token(), undefined);
      assert.deepEqual([...(await old.sessions.readAll()).keys()], []);
      await old.write(sessionOf('eli'));
      assert.deepEqual(secrets.keysBelow('session/'), ['session/session-eli']);
      assert.equal(await present.token(), undefined);
      assertNoFailure();
    });

    it('does not write back what this release stored in the envelope and deletes', async () => {
      await present.write(refreshed(DANA, 'second'));
      await old.token();
      await present.sessions.remove(DANA.id);
      assert.equal(await old.token(), undefined);
      assert.deepEqual(await old.secrets.keys(), ['store']);
      assert.deepEqual(secrets.keysBelow('session/'), []);
      assertNoFailure();
    });

    it('refreshes, and this release takes what it stored', async () => {
      assert.equal(await present.token(), 'token-of-dana');
      await old.write(refreshed(DANA, 'second'));
      assert.equal(await present.token(), 'second');
      await old.write(refreshed(DANA, 'third'));
      assert.deepEqual(await present.sessions.readAll(), new Map([[DANA.id, refreshed(DANA, 'third')]]));
      assert.equal(await openPresent().token(), 'third');
      assertNoFailure();
    });

    it('deletes, and this release has it no more and writes nothing back', async () => {
      await present.write(refreshed(DANA, 'second'));
      await old.sessions.remove(DANA.id);
      assert.equal(await present.token(), undefined);
      assert.deepEqual([...(await present.sessions.readAll()).keys()], []);
      assert.deepEqual(secrets.keysBelow('session/'), []);
      assertNoFailure();
    });

    it('takes no harm from what this release writes, and leaves it alone', async () => {
      await present.write(refreshed(DANA, 'second'));
      const text = secrets.values.get(KEY);
      assert.equal(await old.token(), undefined);
      assert.deepEqual([...(await old.sessions.readAll()).keys()], []);
      await old.write(sessionOf('eli'));
      assert.equal(secrets.values.get(KEY), text);
      assert.deepEqual(secrets.keysBelow('set-aside/'), []);
      assert.equal(await present.token(), 'second');
      assertNoFailure();
    });

    it('keeps what this release wrote when it takes its place, and this release goes on with what is stored', async () => {
      await present.write(refreshed(DANA, 'second'));
      await old.write(refreshed(DANA, 'from the old window'));
      const kept = secrets.keysBelow('set-aside/').map((key) => secrets.values.get(key) ?? '');
      assert.equal(kept.length, 1);
      assert.match(kept[0] ?? '', /"accessToken":"second"/);
      assert.equal(await present.token(), 'from the old window');
      await present.write(refreshed(DANA, 'third'));
      assert.equal(await present.token(), 'third');
      assert.equal(await openPresent().token(), 'third');
      assert.equal(secrets.stored(KEY).revision, 2);
      assertNoFailure();
    });

    it('has a new sign-in of this release in the place of one that was deleted, as one to leave alone', async () => {
      await present.sessions.remove(DANA.id);
      assert.equal(await old.token(), undefined);
      await present.write(refreshed(DANA, 'signed in again'));
      assert.equal(await old.token(), undefined);
      await old.sessions.readAll();
      assert.equal(await present.token(), 'signed in again');
      assertNoFailure();
    });

    it('stores again what was deleted, as a new sign-in, and this release takes it', async () => {
      await present.sessions.remove(DANA.id);
      await old.write(refreshed(DANA, 'signed in again'));
      assert.equal(await present.token(), 'signed in again');
      assertNoFailure();
    });

    it('gives up what it could not store where this release has stored something meanwhile', async () => {
      const clock = new FakeClock();
      const failing = openOld(secrets, { clock });
      assert.equal(await failing.token(), 'token-of-dana');
      secrets.fail('store');
      await failing.write(refreshed(DANA, 'not stored'));
      secrets.heal();
      await present.write(refreshed(DANA, 'second'));
      const told = new Promise((resolve) => failing.secrets.onDidChange(resolve));
      await clock.advance(await clock.timer());
      await told;
      assert.deepEqual([await failing.token(), await present.token()], [undefined, 'second']);
      assert.deepEqual(secrets.keysBelow('set-aside/'), []);
    });

    it('in an old page of a served VS Code says that it is old, and writes nothing over the new', async () => {
      const copy = new MemorySecrets();
      for (const [key, text] of secrets.values) copy.values.set(key, text);
      const channel = new HostChannel(join(folder, 'h'), (key) => copy.get(key), old.log);
      const page = openOld(copy, { channel });
      assert.equal(await page.token(), 'token-of-dana');
      await present.write(refreshed(DANA, 'second'));
      const before = new Map(copy.values);
      await assert.rejects(page.token(), { code: 'stale_window' });
      await assert.rejects(page.write(refreshed(DANA, 'third')), { code: 'stale_window' });
      assert.deepEqual(copy.values, before);
    });

    it('stores beside this release at the same time, and neither loses anything', async () => {
      const people = ['ann', 'ben', 'cat', 'dan', 'eve'];
      await Promise.all(
        people.map((person, number) => (number % 2 === 0 ? old : present).write(sessionOf(person))),
      );
      const all = await present.sessions.readAll();
      assert.deepEqual(
        [...all.keys()].sort(),
        [...people, 'dana'].map((person) => `session-${person}`).sort(),
      );
      assertNoFailure();
    });

    it('waits for the same lock', async () => {
      const order: string[] = [];
      let release = (): void => undefined;
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      const holding = present.storage.lock.withLock('secrets', async () => {
        order.push('present');
        assert.match(readFileSync(join(folder, 'locks', 'secrets.lock'), 'utf8'), /^[\da-f-]{36}$/);
        await held;
        order.push('present ends');
      });
      while (order.length === 0) await new Promise((resolve) => setImmediate(resolve));
      const writing = old.write(sessionOf('eli')).then(() => order.push('old'));
      await old.token();
      assert.equal(secrets.values.has('session/session-eli'), false);
      release();
      await Promise.all([holding, writing]);
      assert.deepEqual(order, ['present', 'present ends', 'old']);
    });
  });
});
