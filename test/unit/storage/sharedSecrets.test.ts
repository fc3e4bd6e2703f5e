import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../src/box/clock';
import { FileLock } from '../../../src/storage/fileLock';
import { HostChannel } from '../../../src/storage/hostChannel';
import { Ledger } from '../../../src/storage/ledger';
import { StaleWindowError } from '../../../src/storage/errors';
import { SharedSecrets } from '../../../src/storage/sharedSecrets';
import { FakeClock } from '../support/fakeClock';
import { MemorySecrets } from '../support/memorySecrets';
import { RecordingLog } from '../support/recordingLog';

const KEY = 'session/one';
const value = (text: string): string => JSON.stringify({ version: 1, text });
const textOf = (stored: string | undefined): string | undefined =>
  stored === undefined ? undefined : (JSON.parse(stored) as { text: string }).text;

describe('SharedSecrets', () => {
  let folder: string;
  let log: RecordingLog;
  const opened: SharedSecrets[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bas-'));
    log = new RecordingLog();
  });
  afterEach(async () => {
    for (const secrets of opened.splice(0)) secrets.dispose();
    // Whoever still stores is done when the lock can be had.
    const lock = new FileLock({ folder: join(folder, 'locks'), clock: systemClock, log });
    await lock.withLock('secrets', () => Promise.resolve());
    rmSync(folder, { recursive: true, force: true });
  });

  const desktopWindow = (secrets: MemorySecrets): SharedSecrets => open(secrets, undefined);

  /** A window of a served VS Code: its view of the secrets is its own until it is reloaded. */
  const servedWindow = async (secrets: MemorySecrets): Promise<SharedSecrets> => {
    const channel = new HostChannel(join(folder, 'h'), (key) => secrets.get(key), log);
    const window = open(secrets, channel);
    await window.follow();
    return window;
  };

  const open = (secrets: MemorySecrets, channel: HostChannel | undefined): SharedSecrets => {
    const lock = new FileLock({ folder: join(folder, 'locks'), clock: systemClock, log });
    const ledger = new Ledger(join(folder, 'ledger'));
    const startedAt = Date.now() - 1000;
    const window = new SharedSecrets({ secrets, ledger, lock, channel, clock: systemClock, startedAt, log });
    opened.push(window);
    return window;
  };

  it('gives what another window of the desktop stored, and tells of it', async () => {
    const secrets = new MemorySecrets();
    const [a, b] = [desktopWindow(secrets), desktopWindow(secrets)];
    const told: string[] = [];
    b.onDidChange(({ key }) => told.push(key));
    await a.store(KEY, value('first'));
    assert.equal(textOf(await b.get(KEY)), 'first');
    assert.deepEqual(told, [KEY]);
    await b.delete(KEY);
    assert.equal(await a.get(KEY), undefined);
  });

  it('waits for a change of another window that is on its way', async () => {
    const [mine, theirs] = [new MemorySecrets(), new MemorySecrets()];
    const [a, b] = [desktopWindow(mine), desktopWindow(theirs)];
    await a.store(KEY, value('newer'));
    const reading = b.get(KEY);
    setTimeout(() => theirs.values.set(KEY, mine.values.get(KEY) ?? ''), 60);
    assert.equal(textOf(await reading), 'newer');
  });

  it('keeps no value in the ledger', async () => {
    const a = desktopWindow(new MemorySecrets());
    await a.store(KEY, value('very secret'));
    for (const name of readdirSync(join(folder, 'ledger'))) {
      assert.doesNotMatch(readFileSync(join(folder, 'ledger', name), 'utf8'), /very secret/);
    }
  });

  it('hands what one served window stored to the others, which store it too', async () => {
    const views = [new MemorySecrets(), new MemorySecrets(), new MemorySecrets()];
    const [a, b, c] = await Promise.all(views.map(servedWindow));
    await a?.store(KEY, value('first'));
    assert.equal(textOf(await b?.get(KEY)), 'first');
    await b?.store(KEY, value('second'));
    assert.equal(textOf(await a?.get(KEY)), 'second');
    assert.equal(textOf(await c?.get(KEY)), 'second');
    assert.equal(new Set(views.map((view) => view.values.get(KEY))).size, 1);
    await c?.delete(KEY);
    assert.equal(await a?.get(KEY), undefined);
  });

  it('reads each secret once for whoever asks a served window first', async () => {
    const view = new MemorySecrets();
    const writer = await servedWindow(view);
    for (const name of ['one', 'two', 'three']) await writer.store(`session/${name}`, value(name));
    let reads = 0;
    view.intercept = (operation) => {
      if (operation === 'get') reads += 1;
    };
    const channel = new HostChannel(join(folder, 'h'), (key) => view.get(key), log);
    const reader = open(view, channel);
    const told: string[] = [];
    reader.onDidChange(({ key }) => told.push(key));
    await Promise.all([reader.follow(), reader.keys()]);
    assert.deepEqual([reads, told], [3, []]);
  });

  it('tells a served window of a change that it did not make', async () => {
    const [a, b] = [await servedWindow(new MemorySecrets()), await servedWindow(new MemorySecrets())];
    const told = new Promise<string>((resolve) => {
      b.onDidChange(({ key }) => {
        resolve(key);
      });
    });
    await b.keys();
    await a.store(KEY, value('first'));
    assert.equal(await told, KEY);
    assert.equal(textOf(await b.get(KEY)), 'first');
  });

  it('refuses to read or write from an old view when the window that has the newer one is gone', async () => {
    const old = new MemorySecrets();
    const a = await servedWindow(new MemorySecrets());
    await a.store(KEY, value('first'));
    const b = open(old, new HostChannel(join(folder, 'h'), (key) => old.get(key), log));
    assert.equal(textOf(await b.get(KEY)), 'first');
    await a.store(KEY, value('second'));
    a.dispose();
    await assert.rejects(b.get(KEY), StaleWindowError);
    await assert.rejects(b.store('session/two', value('other')), StaleWindowError);
    assert.deepEqual(
      [...old.values.keys()],
      [],
      'what was handed over is stored with the whole or not at all',
    );
  });

  for (const operation of ['get', 'store', 'delete'] as const) {
    it(`goes on in memory for the window’s life, and says so, when ${operation} throws`, async () => {
      const secrets = new MemorySecrets();
      const a = desktopWindow(secrets);
      const failures: unknown[] = [];
      a.onDidFail((error) => failures.push(error));
      await a.store('session/before', value('before'));
      secrets.fail(operation);
      await a.store(KEY, value('mine'));
      assert.equal(textOf(await a.get(KEY)), 'mine');
      assert.equal(textOf(await a.get('session/before')), 'before');
      await a.delete(KEY);
      assert.equal(await a.get(KEY), undefined);
      assert.ok(failures.length > 0);
    });
  }

  it('remembers what a keyring forgot without a word', async () => {
    const secrets = new MemorySecrets();
    const a = desktopWindow(secrets);
    const failures: unknown[] = [];
    a.onDidFail((error) => failures.push(error));
    await a.store(KEY, value('mine'));
    secrets.values.clear();
    assert.equal(textOf(await a.get(KEY)), 'mine');
    assert.deepEqual(await a.keys(), [KEY]);
    assert.equal(failures.length, 1);
  });

  describe('when SecretStorage works again', () => {
    const clock = new FakeClock();
    /** A window whose pauses pass when they are told to; locks take real time. */
    const patientWindow = (secrets: MemorySecrets): SharedSecrets => {
      const lock = new FileLock({ folder: join(folder, 'locks'), clock: systemClock, log });
      const ledger = new Ledger(join(folder, 'ledger'));
      const window = new SharedSecrets({ secrets, ledger, lock, clock, startedAt: Date.now() + 60_000, log });
      opened.push(window);
      return window;
    };
    /** Lets the next pause pass, and waits until `key` is told to have changed. */
    const recovery = async (window: SharedSecrets, key: string): Promise<void> => {
      const told = new Promise<void>((resolve) => {
        window.onDidChange((change) => {
          if (change.key === key) resolve();
        });
      });
      await clock.advance(await clock.timer());
      await told;
    };

    it('tells what it could not read at first', async () => {
      const secrets = new MemorySecrets();
      secrets.put(KEY, { version: 1, text: 'there' });
      const a = patientWindow(secrets);
      secrets.fail('keys');
      assert.deepEqual(await a.keys(), []);
      secrets.heal();
      await recovery(a, KEY);
      assert.deepEqual([await a.keys(), textOf(await a.get(KEY))], [[KEY], 'there']);
    });

    it('tells of a secret that it could not read at first', async () => {
      const secrets = new MemorySecrets();
      secrets.put(KEY, { version: 1, text: 'there' });
      const a = patientWindow(secrets);
      secrets.fail('get');
      assert.equal(await a.get(KEY), undefined);
      secrets.heal();
      await recovery(a, KEY);
      assert.equal(textOf(await a.get(KEY)), 'there');
    });

    it('stores what it could not store, so that another window has it too', async () => {
      const secrets = new MemorySecrets();
      const a = patientWindow(secrets);
      secrets.fail('store');
      await a.store(KEY, value('mine'));
      secrets.heal();
      const stored = new Promise((resolve) => secrets.onDidChange(resolve));
      await clock.advance(await clock.timer());
      await stored;
      assert.equal(textOf(await desktopWindow(secrets).get(KEY)), 'mine');
    });

    it('deletes what it could not delete', async () => {
      const secrets = new MemorySecrets();
      const a = patientWindow(secrets);
      await a.store(KEY, value('mine'));
      secrets.fail('delete');
      await a.delete(KEY);
      secrets.heal();
      const deleted = new Promise((resolve) => secrets.onDidChange(resolve));
      await clock.advance(await clock.timer());
      await deleted;
      assert.deepEqual([...secrets.values.keys()], []);
    });

    it('drops what another window has meanwhile deleted', async () => {
      const secrets = new MemorySecrets();
      const a = patientWindow(secrets);
      const b = desktopWindow(secrets);
      await a.store(KEY, value('first'));
      secrets.fail('store');
      await a.store(KEY, value('second'));
      secrets.heal();
      await b.delete(KEY);
      await recovery(a, KEY);
      assert.deepEqual([[...secrets.values.keys()], await a.get(KEY)], [[], undefined]);
    });

    it('gives what another window stored meanwhile, and not what is here in memory only', async () => {
      const secrets = new MemorySecrets();
      const a = patientWindow(secrets);
      const b = desktopWindow(secrets);
      await a.store(KEY, value('first'));
      secrets.fail('store');
      await a.store(KEY, value('second'));
      secrets.heal();
      await b.store(KEY, value('third'));
      await b.store(KEY, value('fourth'));
      assert.equal(textOf(await a.get(KEY)), 'fourth');
    });

    it('tries ever less often, every five minutes in the end', async () => {
      const secrets = new MemorySecrets();
      const a = patientWindow(secrets);
      secrets.fail('keys');
      await a.keys();
      const pauses: number[] = [];
      while (pauses.length < 12) {
        const next = await clock.timer();
        pauses.push(next / 1000);
        await clock.advance(next);
      }
      assert.deepEqual(pauses, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
    });
  });

  it('gives a damaged value as it is, for whoever can judge it', async () => {
    const secrets = new MemorySecrets();
    const a = desktopWindow(secrets);
    await a.store(KEY, value('mine'));
    secrets.values.set(KEY, 'damaged');
    assert.equal(await a.get(KEY), 'damaged');
    await a.store(KEY, value('new'));
    assert.equal(textOf(await a.get(KEY)), 'new');
  });
});
