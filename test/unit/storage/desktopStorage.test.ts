import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, type Clock } from '../../../src/common/clock';
import { LeaseLostError } from '../../../src/storage/errors';
import type { Lease } from '../../../src/storage/lock/lock';
import { createStorage, type Storage } from '../../../src/storage/module';
import type { Survives } from '../../../src/storage/store/unsavedValues';
import { eventually } from '../support/eventually';
import { FakeClock, settle } from '../support/fakeClock';
import { MemorySecrets, type SecretOperation } from '../support/memorySecrets';
import { OvertakenSecrets } from '../support/overtakenSecrets';
import { RecordingLog } from '../support/recordingLog';

const KEY = 'session/one';

/** A window on a desktop. */
class Window {
  readonly log = new RecordingLog();
  /** What was told of SecretStorage, as the codes of its errors. */
  readonly failures: unknown[] = [];
  /** The keys that were told to have changed. */
  readonly changed: string[] = [];
  readonly storage: Storage;

  constructor(
    readonly secrets: MemorySecrets,
    folder: string,
    clock: Clock,
    survives?: Survives,
  ) {
    const parts = { secrets, folder, clock, log: this.log };
    this.storage = createStorage({ ...parts, ...(survives && { survives }) });
    this.storage.onDidFail((error) => this.failures.push((error as { code?: unknown }).code));
    this.storage.secrets.onDidChange(({ key }) => this.changed.push(key));
  }

  write(key: string, value: object, lease?: Lease): Promise<void> {
    return this.storage.secrets.write(key, value, lease);
  }

  delete(key: string, lease?: Lease): Promise<void> {
    return this.storage.secrets.delete(key, lease);
  }

  async value(key: string): Promise<unknown> {
    const stored = await this.storage.secrets.get(key);
    return stored.kind === 'value' ? stored.value : stored.kind === 'absent' ? undefined : stored.kind;
  }

  /** Everything that counts below `session/`, without its numbers. */
  async all(): Promise<Record<string, unknown>> {
    const all = await this.storage.secrets.all('session/');
    return Object.fromEntries(
      [...all].map(([key, stored]) => [key, stored.kind === 'value' ? stored.value : stored.kind]),
    );
  }
}

/** A call of SecretStorage that does not settle by itself. */
interface Hanging {
  /** Resolves when the call was made. */
  readonly begun: Promise<void>;
  readonly answer: () => void;
}

/** Makes the next such call hang. */
function hang(secrets: MemorySecrets, operation: SecretOperation, key: string): Hanging {
  let answer = (): void => undefined;
  const settled = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const begun = new Promise<void>((resolve) => {
    secrets.intercept = (called, calledKey) => {
      if (called !== operation || calledKey !== key) return;
      secrets.intercept = () => undefined;
      resolve();
      return settled;
    };
  });
  return { begun, answer };
}

/** Resolves when the secrets tell of a change that `matches`. */
function changeOf(secrets: MemorySecrets, key: string): Promise<void> {
  return new Promise((resolve) => {
    secrets.onDidChange((change) => {
      if (change.key === key) resolve();
    });
  });
}

describe('Storage of a desktop', () => {
  let folder: string;
  let secrets: MemorySecrets;
  let clock: FakeClock;
  let windows: Window[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'box-authentication-desktop-'));
    secrets = new MemorySecrets();
    clock = new FakeClock();
    windows = [];
  });

  afterEach(async () => {
    for (const { storage } of windows) {
      storage.dispose();
      await storage.idle();
    }
    rmSync(folder, { recursive: true, force: true });
  });

  interface Opening {
    readonly of?: MemorySecrets;
    readonly clock?: Clock;
    readonly folder?: string;
    readonly survives?: Survives;
  }
  const open = (opening: Opening = {}): Window => {
    const { of = secrets, clock: ownClock = systemClock, folder: ownFolder = folder, survives } = opening;
    const window = new Window(of, ownFolder, ownClock, survives);
    windows.push(window);
    return window;
  };
  /** A window whose pauses pass when they are told to. */
  const patient = (of = secrets): Window => open({ of, clock });

  /** Lets every short pause of {@link patient} windows pass until something is settled. Gives how long that took. */
  const throughPauses = async <T>(promise: Promise<T>): Promise<{ value: T; ms: number }> => {
    const [began, settled] = [clock.monotonic(), new Set<string>()];
    const note = (): void => {
      settled.add('settled');
    };
    promise.then(note, note);
    for (;;) {
      // Files take real time: reads that go on side by side are to stay so.
      await settle();
      if (settled.size > 0) break;
      const next = clock.pending.find((ms) => ms <= 50);
      if (next !== undefined) await clock.advance(next);
    }
    return { value: await promise, ms: clock.monotonic() - began };
  };

  const indexFiles = (): string[] =>
    readdirSync(join(folder, 'stores')).filter((name) => name.endsWith('.json'));
  const indexFile = (): string => join(folder, 'stores', indexFiles()[0] ?? '');
  const index = (): { counter: number; floor: number; keys: Record<string, number> } =>
    JSON.parse(readFileSync(indexFile(), 'utf8')) as ReturnType<typeof index>;
  const storeId = (of = secrets): unknown =>
    (JSON.parse(of.values.get('store') ?? '{}') as { id?: string }).id;

  /** A second SecretStorage with the same content, which hears of nothing. */
  const copyOf = (other: MemorySecrets): MemorySecrets => {
    const copy = new MemorySecrets();
    for (const [key, text] of other.values) copy.values.set(key, text);
    return copy;
  };

  describe('with several windows', () => {
    it('gives what another window stored, and tells of it', async () => {
      const [a, b] = [open(), open()];
      await a.write(KEY, { text: 'first' });
      assert.deepEqual(await b.value(KEY), { text: 'first' });
      assert.deepEqual(b.changed, [KEY]);
      await b.delete(KEY);
      assert.equal(await a.value(KEY), undefined);
      assert.deepEqual(await a.all(), {});
      assert.deepEqual(a.changed, [KEY, KEY]);
    });

    it('numbers the writes of all of them in one row, and lists what is alive', async () => {
      const [a, b] = [open(), open()];
      await Promise.all([a.write('session/1', {}), b.write('session/2', {}), a.write('session/3', {})]);
      await b.delete('session/2');
      const revisions = ['session/1', 'session/3'].map((key) => secrets.stored(key).revision);
      assert.deepEqual(Object.values(index().keys).sort(), revisions.toSorted());
      assert.deepEqual(Object.keys(index().keys).sort(), ['session/1', 'session/3']);
      assert.deepEqual([index().counter, new Set(revisions).size], [3, 2]);
    });

    it('keeps no value outside of SecretStorage', async () => {
      const a = open();
      await a.write(KEY, { text: 'very secret' });
      await a.delete(KEY);
      for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
        const file = join(folder, name);
        if (statSync(file).isFile()) assert.doesNotMatch(readFileSync(file, 'utf8'), /very secret/, name);
      }
    });

    it('is never stale, and says nothing of a reload', async () => {
      const a = open();
      await a.storage.begin();
      await a.write(KEY, {});
      secrets.values.clear();
      await a.value(KEY);
      assert.equal(a.storage.isStale(), false);
    });
  });

  describe('when what is stored differs from what a window remembers', () => {
    it('what is stored counts', async () => {
      const a = open();
      await a.write(KEY, { text: 'mine' });
      secrets.values.set(
        KEY,
        JSON.stringify({ version: 2, revision: 9, writer: 'w', value: { text: 'other' } }),
      );
      assert.deepEqual(await a.value(KEY), { text: 'other' });
    });

    it('what is stored counts though its number is lower', async () => {
      const a = open();
      await a.write('session/two', {});
      await a.write(KEY, { text: 'mine' });
      secrets.values.set(
        KEY,
        JSON.stringify({ version: 2, revision: 1, writer: 'w', value: { text: 'other' } }),
      );
      assert.deepEqual(await a.value(KEY), { text: 'other' });
    });

    it('absence counts: nothing is given, and nothing is written back', async () => {
      const a = patient();
      await a.write(KEY, { text: 'mine' });
      secrets.values.clear();
      assert.equal(await a.value(KEY), undefined);
      assert.deepEqual(await a.all(), {});
      assert.deepEqual([[...secrets.values], a.failures], [[], []]);
    });

    it('a damaged value is given as it is, for whoever can judge it, and can be replaced', async () => {
      const a = open();
      await a.write(KEY, { text: 'mine' });
      secrets.values.set(KEY, 'damaged');
      assert.deepEqual(await a.storage.secrets.get(KEY), { kind: 'damaged', revision: 0, text: 'damaged' });
      await a.write(KEY, { text: 'new' });
      assert.deepEqual(await a.value(KEY), { text: 'new' });
    });

    it('S10: a read under way that began before a write does not undo it', async () => {
      for (const isRefused of [false, true]) {
        const a = open({ of: new MemorySecrets() });
        await a.write(KEY, { pair: 'old' });
        const old = a.secrets.values.get(KEY);
        const get = a.secrets.get.bind(a.secrets);
        let goOn = (): void => undefined;
        let reading: Promise<unknown> = Promise.resolve();
        await new Promise<void>((begun) => {
          a.secrets.get = async (key) => {
            if (key !== KEY) return get(key);
            a.secrets.get = get;
            begun();
            await new Promise<void>((resolve) => {
              goOn = resolve;
            });
            return old;
          };
          reading = a.value(KEY);
        });
        if (isRefused) a.secrets.fail('store');
        await a.write(KEY, { pair: 'new' });
        goOn();
        assert.deepEqual(await reading, { pair: 'new' });
        assert.deepEqual(await a.all(), { [KEY]: { pair: 'new' } });
      }
    });

    it('S10: nor does it where the change is told late', async () => {
      const silent = new MemorySecrets();
      Object.defineProperty(silent, 'onDidChange', { value: () => ({ dispose: () => undefined }) });
      // Without an index nothing but the read itself tells what is old.
      const file = join(folder, 'a-file');
      writeFileSync(file, '');
      const a = open({ of: silent, folder: file });
      await a.write(KEY, { pair: 'old' });
      const old = silent.values.get(KEY);
      const get = silent.get.bind(silent);
      let goOn = (): void => undefined;
      silent.get = async () => {
        silent.get = get;
        await new Promise<void>((resolve) => {
          goOn = resolve;
        });
        return old;
      };
      const reading = a.value(KEY);
      await new Promise((resolve) => setImmediate(resolve));
      await a.write(KEY, { pair: 'new' });
      goOn();
      await reading;
      assert.deepEqual(await a.all(), { [KEY]: { pair: 'new' } });
    });
  });

  describe('while SecretStorage fails', () => {
    for (const operation of ['get', 'store', 'delete'] as const) {
      it(`goes on in memory for the window’s life, and says so, when ${operation} throws`, async () => {
        const a = open();
        await a.write('session/before', { text: 'before' });
        await a.write(KEY, { text: 'old' });
        secrets.fail(operation);
        await a.write(KEY, { text: 'mine' });
        assert.deepEqual(await a.value(KEY), { text: 'mine' });
        assert.deepEqual(await a.value('session/before'), { text: 'before' });
        await a.delete(KEY);
        assert.equal(await a.value(KEY), undefined);
        assert.deepEqual(await a.all(), { 'session/before': { text: 'before' } });
        assert.equal(a.failures[0], 'secret_storage_failed');
      });
    }

    it('lets nobody wait for a deletion that was refused', async () => {
      const [a, b] = [patient(), patient()];
      await a.write(KEY, { text: 'old' });
      secrets.fail('delete');
      await a.delete(KEY);
      assert.deepEqual(await throughPauses(a.value(KEY)), { value: undefined, ms: 0 });
      assert.deepEqual(await throughPauses(b.value(KEY)), { value: { text: 'old' }, ms: 0 });
    });

    it('gives what it keeps in memory to whoever asks for all', async () => {
      const a = open();
      secrets.fail('store');
      await a.write(KEY, { text: 'mine' });
      assert.deepEqual(await a.all(), { [KEY]: { text: 'mine' } });
      assert.deepEqual(await open().all(), {});
    });

    it('tells that a value is there which is kept in memory', async () => {
      const a = open();
      secrets.fail('store');
      await a.write(KEY, { text: 'mine' });
      assert.ok(a.changed.includes(KEY));
    });

    it('says what cannot be read and was never read', async () => {
      await open().write(KEY, { text: 'there' });
      secrets.fail('get');
      await assert.rejects(open().value(KEY), { name: 'SecretStorageError', code: 'secret_storage_failed' });
      secrets.fail('keys');
      await assert.rejects(open().all(), { name: 'SecretStorageError', code: 'secret_storage_failed' });
    });
  });

  describe('when SecretStorage works again', () => {
    /** Lets the pause before the next try pass, and waits until that has told of something. */
    const recovery = async (told: Promise<unknown>): Promise<void> => {
      await clock.advance(await clock.timer((ms) => ms === 1000));
      await told;
    };
    const recovered = (window: Window): Promise<void> =>
      new Promise((resolve) => {
        window.storage.secrets.onDidRecover(() => {
          resolve();
        });
      });

    for (const operation of ['keys', 'get'] as const) {
      it(`tells that what could not be read at first can be now (${operation})`, async () => {
        await open().write(KEY, { text: 'there' });
        const a = patient();
        secrets.fail(operation);
        await (operation === 'keys' ? a.all() : a.value(KEY)).catch(() => undefined);
        secrets.heal();
        await recovery(recovered(a));
        assert.deepEqual(await a.all(), { [KEY]: { text: 'there' } });
      });
    }

    it('stores what it could not store, so that another window has it too', async () => {
      const a = patient();
      secrets.fail('store');
      await a.write(KEY, { text: 'first' });
      await a.write(KEY, { text: 'mine' });
      secrets.heal();
      await recovery(recovered(a));
      assert.deepEqual(secrets.valueOf(KEY), { text: 'mine' });
      assert.deepEqual(await open().value(KEY), { text: 'mine' });
      assert.equal(index().keys[KEY], secrets.stored(KEY).revision);
    });

    it('deletes what it could not delete', async () => {
      const a = patient();
      await a.write(KEY, { text: 'mine' });
      secrets.fail('delete');
      await a.delete(KEY);
      secrets.heal();
      await recovery(recovered(a));
      assert.deepEqual(secrets.keysBelow('session/'), []);
      assert.deepEqual([index().keys, await open().value(KEY)], [{}, undefined]);
    });

    it('drops what another window has meanwhile deleted', async () => {
      const [a, b] = [patient(), open()];
      await a.write(KEY, { text: 'first' });
      secrets.fail('store');
      await a.write(KEY, { text: 'second' });
      secrets.heal();
      await b.delete(KEY);
      assert.equal(await a.value(KEY), undefined);
      await recovery(recovered(a));
      assert.deepEqual([secrets.keysBelow('session/'), await a.value(KEY)], [[], undefined]);
    });

    it('drops what another window has meanwhile stored', async () => {
      const [a, b] = [patient(), open()];
      await a.write(KEY, { text: 'first' });
      secrets.fail('store');
      await a.write(KEY, { text: 'second' });
      secrets.heal();
      await b.write(KEY, { text: 'third' });
      await b.write(KEY, { text: 'fourth' });
      await recovery(recovered(a));
      assert.deepEqual(secrets.valueOf(KEY), { text: 'fourth' });
      assert.deepEqual(await a.value(KEY), { text: 'fourth' });
    });

    it('drops a deletion where another window has meanwhile stored something', async () => {
      const [a, b] = [patient(), open()];
      await a.write(KEY, { text: 'first' });
      secrets.fail('delete');
      await a.delete(KEY);
      secrets.heal();
      await b.write(KEY, { text: 'second' });
      await recovery(recovered(a));
      assert.deepEqual([secrets.valueOf(KEY), await a.value(KEY)], [{ text: 'second' }, { text: 'second' }]);
    });

    it('keeps what another window did not replace by something better, where that is told apart', async () => {
      const survives: Survives = (_key, unsaved, stored) => 'pair' in unsaved && !('pair' in stored);
      const [a, b] = [open({ clock, survives }), open()];
      await a.write(KEY, { pair: 1 });
      secrets.fail('store');
      await a.write(KEY, { pair: 2 });
      secrets.heal();
      await b.write(KEY, { ended: true });
      assert.deepEqual(await a.value(KEY), { pair: 2 });
      await recovery(recovered(a));
      assert.deepEqual(secrets.valueOf(KEY), { pair: 2 });
    });

    it('tries ever less often, every five minutes in the end', async () => {
      const a = patient();
      secrets.fail('keys');
      await assert.rejects(a.all());
      const pauses: number[] = [];
      while (pauses.length < 12) {
        const next = await clock.timer();
        pauses.push(next / 1000);
        await clock.advance(next);
      }
      assert.deepEqual(pauses, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
    });
  });

  describe('while SecretStorage does not answer', () => {
    const isSettled = async (promise: Promise<unknown>): Promise<boolean> => {
      const pending = Symbol('pending');
      await new Promise((resolve) => setImmediate(resolve));
      return (await Promise.race([promise, Promise.resolve(pending)])) !== pending;
    };

    it('a caller whose value is never stored gets on after 10 s, and the value counts here', async () => {
      const a = patient();
      await a.write(KEY, { text: 'old' });
      const { begun } = hang(secrets, 'store', KEY);
      const writing = a.write(KEY, { text: 'new' });
      await begun;
      await clock.advance(9999);
      assert.equal(await isSettled(writing), false);
      await clock.advance(1);
      await writing;
      assert.deepEqual(await a.value(KEY), { text: 'new' });
      assert.deepEqual(a.failures, ['secret_storage_silent']);
    });

    it('other keys and other windows can be written then, and reading waits for nothing', async () => {
      const [a, b] = [patient(), open()];
      await a.write('session/two', { text: 'two' });
      const { begun } = hang(secrets, 'store', KEY);
      const hanging = a.write(KEY, { text: 'one' });
      await begun;
      const [own, other] = [
        a.write('session/two', { text: 'more' }),
        b.write('session/three', { text: 'three' }),
      ];
      assert.deepEqual(await b.value('session/two'), { text: 'two' });
      await clock.advance(10_000);
      await Promise.all([hanging, other]);
      await throughPauses(own);
      const expected = { 'session/two': { text: 'more' }, 'session/three': { text: 'three' } };
      assert.deepEqual(await b.all(), expected);
      assert.deepEqual(await a.all(), { ...expected, [KEY]: { text: 'one' } });
    });

    /** Lets a window wait in vain for a write of the key. Gives what has it made after all. */
    const giveUp = async (
      operation: 'store' | 'delete',
      write: () => Promise<void>,
    ): Promise<() => Promise<void>> => {
      const { begun, answer } = hang(secrets, operation, KEY);
      const hanging = write();
      await begun;
      await clock.advance(10_000);
      await hanging;
      return async () => {
        const made = changeOf(secrets, KEY);
        answer();
        await made;
      };
    };

    it('the key takes no further write until the hanging one settles; then the newest is stored', async () => {
      const a = patient();
      await a.write(KEY, { text: 'old' });
      const make = await giveUp('store', () => a.write(KEY, { text: 'hangs' }));
      const calls: string[] = [];
      secrets.intercept = (operation, key) => {
        if (operation === 'store' && key === KEY) calls.push(operation);
      };
      await a.write(KEY, { text: 'newest' });
      assert.deepEqual([calls, await a.value(KEY)], [[], { text: 'newest' }]);
      await make();
      await changeIn(a, { text: 'newest' });
      assert.deepEqual(await a.value(KEY), { text: 'newest' });
      assert.equal(index().keys[KEY], secrets.stored(KEY).revision);
      assert.deepEqual(await open().value(KEY), { text: 'newest' });
    });

    it('a deletion that settles late does not take what was stored after it', async () => {
      const a = patient();
      await a.write(KEY, { text: 'old' });
      const make = await giveUp('delete', () => a.delete(KEY));
      await throughPauses(a.write(KEY, { text: 'newest' }));
      await make();
      await changeIn(a, { text: 'newest' });
      assert.deepEqual(await a.value(KEY), { text: 'newest' });
    });

    for (const [does, value] of [
      ['deleted', undefined],
      ['stored', { text: 'third' }],
    ] as const) {
      it(`a store that settles late does not undo what another host has ${does} meanwhile`, async () => {
        const [a, b] = [patient(), open({ folder: mkdtempSync(join(folder, 'container-')) })];
        await a.write(KEY, { text: 'old' });
        const make = await giveUp('store', () => a.write(KEY, { text: 'late' }));
        await (value === undefined ? b.delete(KEY) : b.write(KEY, value));
        assert.deepEqual(await a.value(KEY), value);
        await make();
        await changeIn(a, value);
        assert.deepEqual([await a.value(KEY), await b.value(KEY)], [value, value]);
      });
    }

    it('what another host has stored meanwhile is no more than that: what it stores next counts', async () => {
      const [a, b] = [
        open({ clock, survives: () => true }),
        open({ folder: mkdtempSync(join(folder, 'container-')) }),
      ];
      await a.write(KEY, { text: 'old' });
      const make = await giveUp('store', () => a.write(KEY, { text: 'late' }));
      await b.delete(KEY);
      assert.deepEqual(await a.value(KEY), undefined);
      for (const text of ['third', 'fourth']) {
        await b.write(KEY, { text });
        assert.deepEqual(await a.value(KEY), { text });
      }
      await make();
      await changeIn(a, { text: 'fourth' });
    });

    it('a late store is not undone by a read that began before it was made', async () => {
      const a = patient();
      await a.write(KEY, { text: 'old' });
      const old = secrets.values.get(KEY) ?? '';
      const make = await giveUp('store', () => a.write(KEY, { text: 'late' }));
      let answerOld = (): void => undefined;
      const answer = new Promise<void>((resolve) => {
        answerOld = resolve;
      });
      let isReading = false;
      secrets.get = async (key) => {
        Reflect.deleteProperty(secrets, 'get');
        isReading = true;
        await answer;
        assert.equal(key, KEY);
        return old;
      };
      const reading = a.value(KEY);
      await eventually(() => isReading);
      secrets.put(KEY, { ...(JSON.parse(old) as object), revision: 2, value: { text: 'late' } });
      assert.deepEqual(await a.value(KEY), { text: 'late' });
      answerOld();
      await reading;
      await make();
      await changeIn(a, { text: 'late' });
    });

    for (const isSeenAgain of [false, true]) {
      it(`nor by a moment in which nothing is given${isSeenAgain ? ', and what stood there again' : ''}`, async () => {
        const a = patient();
        await a.write(KEY, { text: 'old' });
        const old = secrets.values.get(KEY) ?? '';
        const make = await giveUp('store', () => a.write(KEY, { text: 'late' }));
        secrets.values.delete(KEY);
        await a.value(KEY);
        secrets.values.set(KEY, old);
        if (isSeenAgain) await a.value(KEY);
        await make();
        await changeIn(a, { text: 'late' });
      });
    }

    it('what another window deletes after a late store is not written back', async () => {
      const [a, b] = [patient(), open()];
      await a.write('session/two', {});
      const make = await giveUp('store', () => a.write(KEY, { text: 'late' }));
      await make();
      await secrets.delete(KEY);
      await changeIn(a, undefined);
      assert.deepEqual([await a.value(KEY), await b.value(KEY)], [undefined, undefined]);
    });

    /** Lets pauses pass until SecretStorage holds a value and nothing is being stored. */
    const changeIn = async (window: Window, value: object | undefined): Promise<void> => {
      for (let time = 0; time < 20; time++) {
        const next = clock.pending.find((ms) => ms !== 10_000 && ms !== 20_000);
        if (next !== undefined) await clock.advance(next);
        await throughPauses(window.storage.idle());
      }
      assert.deepEqual(secrets.valueOf(KEY), value);
    };

    it('a read that hangs is given up: what was read before is given, or an error', async () => {
      const a = patient();
      await a.write(KEY, { text: 'known' });
      await a.write('session/two', { text: 'two' });
      const first = hang(secrets, 'get', KEY);
      const reading = a.value(KEY);
      await first.begun;
      await clock.advance(10_000);
      assert.deepEqual(await reading, { text: 'known' });
      const b = patient();
      await b.value('session/two');
      const second = hang(secrets, 'get', KEY);
      const unknown = assert.rejects(b.value(KEY), { code: 'secret_storage_silent' });
      await second.begun;
      await clock.advance(10_000);
      await unknown;
      assert.deepEqual(await b.value('session/two'), { text: 'two' });
      assert.deepEqual(await b.value(KEY), { text: 'known' });
    });
  });

  describe('where what another window announced is late', () => {
    let announcing: Window;
    let late: MemorySecrets;

    beforeEach(async () => {
      announcing = open();
      await announcing.write(KEY, { text: 'old' });
      late = copyOf(secrets);
    });

    /** Brings what was stored to the other window too. */
    const arrive = (): void => {
      late.values.clear();
      for (const [key, text] of secrets.values) late.values.set(key, text);
    };

    it('waits for a value, and gives it as soon as it is there', async () => {
      const b = patient(late);
      await announcing.write(KEY, { text: 'newer' });
      clock.after(120, arrive);
      const { value, ms } = await throughPauses(b.value(KEY));
      assert.deepEqual(value, { text: 'newer' });
      assert.ok(ms >= 120 && ms < 300, `${ms} ms`);
    });

    it('waits for a value at most 2 s, once for each announced revision: then what is stored counts', async () => {
      const b = patient(late);
      await announcing.write(KEY, { text: 'newer' });
      assert.deepEqual(await throughPauses(b.value(KEY)), { value: { text: 'old' }, ms: 2000 });
      assert.deepEqual(await throughPauses(b.value(KEY)), { value: { text: 'old' }, ms: 0 });
      await announcing.write(KEY, { text: 'newest' });
      assert.deepEqual(await throughPauses(b.value(KEY)), { value: { text: 'old' }, ms: 2000 });
      assert.deepEqual(await throughPauses(b.value(KEY)), { value: { text: 'old' }, ms: 0 });
      arrive();
      assert.deepEqual(await throughPauses(b.value(KEY)), { value: { text: 'newest' }, ms: 0 });
      assert.deepEqual([b.failures, b.log.messages()], [[], []]);
    });

    it('waits for a deletion, and gives nothing as soon as it is there', async () => {
      const b = patient(late);
      await announcing.delete(KEY);
      clock.after(120, arrive);
      const { value, ms } = await throughPauses(b.value(KEY));
      assert.equal(value, undefined);
      assert.ok(ms >= 120 && ms < 300, `${ms} ms`);
    });

    it('waits for a deletion at most 2 s, once: then what is stored counts', async () => {
      const b = patient(late);
      await announcing.delete(KEY);
      assert.deepEqual(await throughPauses(b.value(KEY)), { value: { text: 'old' }, ms: 2000 });
      assert.deepEqual(await throughPauses(b.value(KEY)), { value: { text: 'old' }, ms: 0 });
      assert.deepEqual([b.failures, b.log.messages()], [[], []]);
    });

    it('waits for a value that is new, and for several at once', async () => {
      const b = patient(late);
      await Promise.all(
        ['two', 'three', 'four'].map((name) => announcing.write(`session/${name}`, { name })),
      );
      const { value, ms } = await throughPauses(b.all());
      assert.deepEqual(value, { [KEY]: { text: 'old' } });
      assert.ok(ms >= 2000 && ms < 5000, `${ms} ms`);
      assert.deepEqual(await throughPauses(b.all()), { value: { [KEY]: { text: 'old' } }, ms: 0 });
    });

    it('never waits for what was here already', async () => {
      const b = patient(late);
      assert.deepEqual(await throughPauses(b.value(KEY)), { value: { text: 'old' }, ms: 0 });
      late.values.delete(KEY);
      assert.deepEqual(await throughPauses(b.value(KEY)), { value: undefined, ms: 0 });
    });

    it('isNewest tells that something newer is announced', async () => {
      const b = patient(late);
      assert.equal(await b.storage.secrets.isNewest(KEY), true);
      await announcing.write(KEY, { text: 'newer' });
      assert.equal(await b.storage.secrets.isNewest(KEY), false);
      arrive();
      assert.equal(await b.storage.secrets.isNewest(KEY), true);
    });
  });

  describe('S4: two hosts with one SecretStorage and a folder each', () => {
    let container: string;

    beforeEach(() => {
      container = join(folder, 'container');
      mkdirSync(container);
    });

    it('one deletes, and the other sees it gone, without an error, and writes nothing back', async () => {
      const [a, b] = [patient(), open({ folder: container })];
      await a.write(KEY, { text: 'signed in' });
      await b.delete(KEY);
      const before = new Map(secrets.values);
      const { value, ms } = await throughPauses(a.value(KEY));
      assert.deepEqual([value, ms, await a.all()], [undefined, 0, {}]);
      assert.equal(a.storage.isStale(), false);
      await a.storage.idle();
      assert.deepEqual(secrets.values, before);
      assert.deepEqual([a.failures, a.log.messages('error'), a.log.messages('warn')], [[], [], []]);
      await a.write('session/two', {});
      assert.deepEqual(await b.all(), { 'session/two': {} });
    });

    it('one replaces, and the other has it at once, whatever its number', async () => {
      const [a, b] = [patient(), open({ folder: container })];
      for (let time = 0; time < 3; time++) await a.write(KEY, { text: 'a' });
      await b.write(KEY, { text: 'b' });
      assert.deepEqual(await throughPauses(a.value(KEY)), { value: { text: 'b' }, ms: 0 });
      await a.write(KEY, { text: 'a again' });
      assert.deepEqual(await b.value(KEY), { text: 'a again' });
    });

    it('one stores right after the other, which does not take its own value for what is stored', async () => {
      const overtaken = new OvertakenSecrets();
      const [a, b] = [open({ of: overtaken }), open({ of: overtaken, folder: container })];
      for (const window of [a, b]) await window.write('session/two', {});
      overtaken.overtake = () => b.write(KEY, { text: 'b' });
      await a.write(KEY, { text: 'a' });
      assert.deepEqual(await a.all(), { [KEY]: { text: 'b' }, 'session/two': {} });
    });

    it('neither takes for the newest what it cannot know to be', async () => {
      const a = open();
      await a.write(KEY, { text: 'a' });
      assert.equal(await a.storage.secrets.isNewest(KEY), true);
      const b = open({ folder: container });
      await b.write('session/two', {});
      assert.equal(await a.storage.secrets.isNewest(KEY), false);
      assert.equal(await b.storage.secrets.isNewest('session/two'), false);
    });

    it('what is deleted elsewhere does not stay in the index, nor make new windows wait for ever', async () => {
      const [a, b] = [open(), open({ folder: container })];
      for (const name of ['one', 'two', 'three']) await a.write(`session/${name}`, { name });
      for (const name of ['one', 'two']) await b.delete(`session/${name}`);
      await a.storage.tidy();
      assert.deepEqual(Object.keys(index().keys), ['session/three']);
      const later = patient();
      assert.deepEqual(await throughPauses(later.all()), {
        value: { 'session/three': { name: 'three' } },
        ms: 0,
      });
    });
  });

  describe('S6: windows without a keyring, each with secrets of its own', () => {
    it('has an identity for each, which are in nothing disturbed but one wait for an identity on its way', async () => {
      const [mine, theirs] = [new MemorySecrets(), new MemorySecrets()];
      const [a, b] = [patient(mine), patient(theirs)];
      await a.write(KEY, { of: 'a' });
      const { ms } = await throughPauses(
        (async () => {
          assert.deepEqual([await b.value(KEY), await b.all()], [undefined, {}]);
          await b.write(KEY, { of: 'b' });
          await b.write(KEY, { of: 'b', more: true });
          assert.deepEqual(await a.value(KEY), { of: 'a' });
          await b.delete(KEY);
          assert.deepEqual(await a.value(KEY), { of: 'a' });
          await a.write(KEY, { of: 'a', more: true });
          assert.equal(await b.value(KEY), undefined);
        })(),
      );
      assert.ok(ms >= 2000 && ms < 2200, `${ms} ms`);
      assert.notEqual(storeId(mine), storeId(theirs));
      assert.equal(indexFiles().length, 2);
      assert.equal(await a.storage.secrets.isNewest(KEY), true);
      assert.deepEqual([a.failures, b.failures, a.log.messages(), b.log.messages()], [[], [], [], []]);
    });
  });

  describe('the identity of a store', () => {
    it('is not made by reading, nor by beginning', async () => {
      let stores = 0;
      secrets.intercept = (operation) => {
        if (operation === 'store') stores += 1;
      };
      const a = open();
      await a.storage.begin();
      assert.deepEqual([await a.value(KEY), await a.all()], [undefined, {}]);
      assert.equal(await a.storage.secrets.isNewest(KEY), false);
      await a.storage.secrets.ensureCurrent();
      await a.storage.tidy();
      assert.deepEqual([stores, existsSync(join(folder, 'stores'))], [0, false]);
    });

    it('is made with the first thing that is stored, before it', async () => {
      const stored: string[] = [];
      secrets.intercept = (operation, key) => {
        if (operation === 'store') stored.push(key);
      };
      await open().write(KEY, {});
      assert.deepEqual(stored, ['store', KEY]);
      assert.deepEqual(indexFiles(), [`${String(storeId())}.json`]);
    });

    it('is made once, whoever is first', async () => {
      await Promise.all(
        [open(), open(), open()].map((window, number) => window.write(`session/${number}`, {})),
      );
      assert.equal(indexFiles().length, 1);
      assert.equal(Object.keys(index().keys).length, 3);
    });

    it('is made before Box gives what is to be stored, where that is asked for', async () => {
      const a = open();
      await a.storage.secrets.prepare();
      assert.deepEqual([...secrets.values.keys()], ['store']);
      await a.storage.secrets.prepare();
      await a.write(KEY, {});
      assert.deepEqual(indexFiles(), [`${String(storeId())}.json`]);
    });

    it('is told to nobody as a change', async () => {
      const [a, b] = [open(), open()];
      await a.write(KEY, {});
      assert.deepEqual([a.changed, b.changed], [[KEY], [KEY]]);
    });

    it('is made anew where it was deleted with everything else', async () => {
      const a = open();
      await a.write(KEY, {});
      const before = storeId();
      for (const key of [...secrets.values.keys()]) await secrets.delete(key);
      await a.write('session/two', {});
      assert.notEqual(storeId(), before);
      assert.deepEqual([await a.all(), await open().all()], [{ 'session/two': {} }, { 'session/two': {} }]);
    });

    it('of a later version is left as it is, with what it holds beside', async () => {
      secrets.put('store', { version: 2, id: 'of-the-future', folder: 'somewhere', more: { than: 'today' } });
      const a = open();
      await a.write(KEY, { text: 'mine' });
      const { version, id, more } = JSON.parse(secrets.values.get('store') ?? '{}') as Record<
        string,
        unknown
      >;
      assert.deepEqual([version, id, more], [2, 'of-the-future', { than: 'today' }]);
      assert.deepEqual(await open().value(KEY), { text: 'mine' });
    });

    it('of a later version that cannot be read is left as it is', async () => {
      secrets.put('store', { version: 2, name: 'of the future' });
      const before = secrets.values.get('store');
      const a = open();
      await a.write(KEY, { text: 'mine' });
      await a.delete('session/two');
      assert.equal(secrets.values.get('store'), before);
      assert.deepEqual(await open().value(KEY), { text: 'mine' });
      assert.deepEqual(a.failures, []);
    });
  });

  describe('S16: what is gone', () => {
    /** What is left after so many keys came and went. */
    const leftAfter = async (count: number): Promise<unknown> => {
      const [own, of] = [join(folder, String(count)), new MemorySecrets()];
      const a = open({ of, folder: own });
      await a.write('session/stays', {});
      for (let number = 0; number < count; number++) {
        await a.write(`session/${number}`, { text: 'x'.repeat(100) });
        await a.delete(`session/${number}`);
      }
      await a.storage.tidy();
      const name = readdirSync(join(own, 'stores')).find((each) => each.endsWith('.json')) ?? '';
      const state = JSON.parse(readFileSync(join(own, 'stores', name), 'utf8')) as ReturnType<typeof index>;
      const files = readdirSync(own, { recursive: true, encoding: 'utf8' }).map((each) =>
        each.replace(name, 'index'),
      );
      return {
        files: files.sort(),
        keys: Object.keys(state),
        live: state.keys,
        secrets: [...of.values.keys()],
      };
    };

    it('leaves no file, no entry and no secret', async () => {
      const none = await leftAfter(0);
      assert.deepEqual(await leftAfter(50), none);
    });

    it('is asked for by nobody: a new window reads what is alive', async () => {
      const a = open();
      await a.write('session/stays', {});
      for (let number = 0; number < 20; number++) {
        await a.write(`session/${number}`, {});
        await a.delete(`session/${number}`);
      }
      const read: string[] = [];
      secrets.intercept = (operation, key) => {
        if (operation === 'get') read.push(key);
      };
      assert.deepEqual(await open().all(), { 'session/stays': {} });
      assert.deepEqual(read.sort(), ['session/stays', 'store']);
    });

    it('leaves the indexes of the 16 stores that were last used, besides one’s own', async () => {
      const a = open();
      await a.write(KEY, {});
      const file = (number: number): string => join(folder, 'stores', `store-${number}.json`);
      for (let number = 0; number < 30; number++) {
        writeFileSync(file(number), '{}');
        utimesSync(file(number), new Date(2025, 0, 1, 0, number), new Date(2025, 0, 1, 0, number));
      }
      utimesSync(indexFile(), new Date(2020, 0, 1), new Date(2020, 0, 1));
      await a.storage.tidy();
      const expected = Array.from({ length: 16 }, (_, number) => `store-${number + 14}.json`);
      assert.deepEqual(indexFiles().sort(), [...expected, `${String(storeId())}.json`].sort());
    });

    it('is completed by the next window where one ended before it could announce what it stored', async () => {
      const a = open();
      await a.write(KEY, { text: 'one' });
      const stores = join(folder, 'stores');
      renameSync(stores, `${stores}.aside`);
      writeFileSync(stores, '');
      await a.write('session/two', { text: 'two' });
      a.storage.dispose();
      rmSync(stores);
      renameSync(`${stores}.aside`, stores);
      const b = open();
      assert.deepEqual(await b.all(), { [KEY]: { text: 'one' }, 'session/two': { text: 'two' } });
      assert.equal(await b.storage.secrets.isNewest('session/two'), false);
      await b.storage.tidy();
      assert.deepEqual(Object.keys(index().keys), [KEY, 'session/two']);
      assert.equal(await b.storage.secrets.isNewest('session/two'), true);
    });

    it('leaves no half-written index of a window that crashed', async () => {
      const a = open();
      await a.write(KEY, {});
      const draft = `${indexFile()}.0f8fad5b-d9cb-469f-a165-70867728950e`;
      const fresh = `${indexFile()}.7c9e6679-7425-40de-944b-e07fc1f90ae7`;
      for (const each of [draft, fresh]) writeFileSync(each, '{');
      utimesSync(draft, new Date(2025, 0, 1), new Date(2025, 0, 1));
      await a.storage.tidy();
      assert.deepEqual([existsSync(draft), existsSync(fresh)], [false, true]);
    });
  });

  describe('S20: what a later version stored', () => {
    it('keeps fields that it does not know, of a value and of its envelope, when it is written again', async () => {
      const a = open();
      const text = {
        version: 2,
        revision: 4,
        writer: 'w',
        value: { pair: 1, later: { a: 1 } },
        sealedWith: [1, 2],
      };
      secrets.put(KEY, text);
      const value = (await a.value(KEY)) as object;
      assert.deepEqual(value, { pair: 1, later: { a: 1 } });
      await a.write(KEY, { ...value, pair: 2 });
      const { writer, ...written } = JSON.parse(secrets.values.get(KEY) ?? '') as Record<string, unknown>;
      assert.deepEqual(written, {
        version: 2,
        revision: 5,
        value: { pair: 2, later: { a: 1 } },
        sealedWith: [1, 2],
      });
      assert.notEqual(writer, 'w');
    });

    it('is untouched, byte for byte, whatever is done', async () => {
      const text = '{ "version": 3,\n "revision": 5, "what": "nobody knows" }';
      const a = open();
      await a.write('session/two', {});
      secrets.values.set(KEY, text);
      secrets.values.set('note/three', '{"version":99}');
      assert.deepEqual(await a.all(), { 'session/two': {}, [KEY]: 'newer' });
      const stored = await a.storage.secrets.get(KEY);
      assert.deepEqual(stored, { kind: 'newer', revision: 5 });
      const isRefused = { name: 'NewerRecordError', code: 'newer_record' };
      await assert.rejects(a.write(KEY, {}), isRefused);
      await assert.rejects(a.delete(KEY), isRefused);
      await a.storage.secrets.setAside(KEY, stored).catch(() => undefined);
      await a.storage.secrets.setAside(KEY, { kind: 'damaged', revision: 0, text: 'x' });
      await a.storage.tidy();
      assert.deepEqual(
        [secrets.values.get(KEY), secrets.values.get('note/three'), secrets.keysBelow('set-aside/')],
        [text, '{"version":99}', []],
      );
      assert.equal(await a.value(KEY), 'newer');
    });

    it('stays in the index', async () => {
      const a = open();
      await a.write(KEY, {});
      const state = index();
      writeFileSync(indexFile(), JSON.stringify({ ...state, counter: 5, keys: { ...state.keys, [KEY]: 5 } }));
      secrets.put(KEY, { version: 3, revision: 5 });
      await a.write('session/two', {});
      await a.storage.tidy();
      assert.deepEqual(index().keys, { [KEY]: 5, 'session/two': 6 });
    });

    it('is not undone by what could not be stored', async () => {
      const a = patient();
      await a.write(KEY, { text: 'old' });
      secrets.fail('store');
      await a.write(KEY, { text: 'new' });
      secrets.heal();
      secrets.put(KEY, { version: 3 });
      await clock.advance(1000);
      await a.storage.idle();
      assert.deepEqual([await a.value(KEY), secrets.values.get(KEY)], ['newer', '{"version":3}']);
    });

    it('an index of a later version is left alone, and disturbs nothing', async () => {
      const a = open();
      await a.write(KEY, { text: 'old' });
      const text = JSON.stringify({ version: 2, revisions: [[KEY, 7]] });
      writeFileSync(indexFile(), text);
      await a.write(KEY, { text: 'new' });
      await a.write('session/two', {});
      await a.delete('session/two');
      await a.storage.tidy();
      assert.equal(readFileSync(indexFile(), 'utf8'), text);
      assert.deepEqual(await open().all(), { [KEY]: { text: 'new' } });
      assert.equal(await a.storage.secrets.isNewest(KEY), false);
      assert.deepEqual(a.failures, []);
    });

    it('fields of an index that it does not know are kept', async () => {
      const a = open();
      await a.write(KEY, {});
      writeFileSync(indexFile(), JSON.stringify({ ...index(), later: { a: 1 } }));
      await a.write('session/two', {});
      await a.delete(KEY);
      assert.deepEqual(Reflect.get(index(), 'later'), { a: 1 });
    });
  });

  describe('where the shared folder fails', () => {
    it('a damaged index is no obstacle', async () => {
      const a = open();
      await a.write(KEY, { text: 'old' });
      await a.write('session/two', {});
      writeFileSync(indexFile(), '{"version":1,"counter":');
      assert.deepEqual(await open().all(), { [KEY]: { text: 'old' }, 'session/two': {} });
      await a.write(KEY, { text: 'new' });
      const b = open();
      assert.deepEqual(await b.all(), { [KEY]: { text: 'new' }, 'session/two': {} });
      await b.delete('session/two');
      assert.deepEqual(await a.all(), { [KEY]: { text: 'new' } });
      assert.equal(await a.storage.secrets.isNewest(KEY), true);
      assert.deepEqual([a.failures, b.failures], [[], []]);
    });

    it('an index that vanishes is no obstacle', async () => {
      const a = open();
      await a.write(KEY, { text: 'old' });
      rmSync(join(folder, 'stores'), { recursive: true });
      assert.deepEqual(await a.all(), { [KEY]: { text: 'old' } });
      await a.write(KEY, { text: 'new' });
      assert.deepEqual(await open().value(KEY), { text: 'new' });
    });

    it('each window works by itself where a file is in the folder’s place', async () => {
      const file = join(folder, 'a-file');
      writeFileSync(file, '');
      const [a, b] = [open({ folder: file }), open({ folder: file })];
      await a.storage.begin();
      await a.write(KEY, { text: 'first' });
      assert.deepEqual(await b.value(KEY), { text: 'first' });
      await b.write(KEY, { text: 'second' });
      assert.deepEqual(await a.all(), { [KEY]: { text: 'second' } });
      assert.equal(await a.storage.secrets.isNewest(KEY), false);
      await a.delete(KEY);
      assert.deepEqual(await b.all(), {});
      await a.storage.tidy();
      assert.deepEqual([a.failures, readFileSync(file, 'utf8')], [[], '']);
    });
  });

  describe('reads', () => {
    it('each key once for all that ask, and again only what somebody changed', async () => {
      const [a, b] = [open(), open()];
      for (const name of ['one', 'two', 'three']) await a.write(`session/${name}`, { name });
      const later = open();
      const read: string[] = [];
      secrets.intercept = (operation, key) => {
        if (operation === 'get') read.push(key);
      };
      await later.all();
      assert.deepEqual(read.splice(0).sort(), [KEY, 'session/three', 'session/two', 'store']);
      await later.all();
      await later.all();
      assert.deepEqual(read.splice(0), []);
      await b.write('session/two', { name: 'two', changed: true });
      read.length = 0;
      const all = await later.all();
      assert.deepEqual([read, all['session/two']], [['session/two'], { name: 'two', changed: true }]);
    });
  });

  describe('with a lease', () => {
    /** A lease that somebody else has taken over. */
    const lost: Lease = {
      check: () => Promise.reject(new LeaseLostError()),
      whileHeld: () => Promise.reject(new LeaseLostError()),
    };

    it('writes nothing and deletes nothing when it is lost', async () => {
      const a = patient();
      await a.write(KEY, { text: 'old' });
      const [before, state] = [new Map(secrets.values), readFileSync(indexFile(), 'utf8')];
      await assert.rejects(a.write(KEY, { text: 'new' }, lost), LeaseLostError);
      await assert.rejects(a.write('session/two', {}, lost), LeaseLostError);
      await assert.rejects(a.delete(KEY, lost), LeaseLostError);
      assert.deepEqual(secrets.values, before);
      assert.equal(readFileSync(indexFile(), 'utf8'), state);
      assert.deepEqual(await a.all(), { [KEY]: { text: 'old' } });
      await clock.advance(10_000);
      await a.storage.idle();
      assert.deepEqual(secrets.values, before);
    });

    it('decides anew under a lock that was lost before the write', async () => {
      const a = open();
      await a.write(KEY, { count: 1 });
      const seen: unknown[] = [];
      await a.storage.lock.withLock('sessions', async (lease) => {
        const value = (await a.value(KEY)) as { count: number };
        seen.push(value);
        if (seen.length === 1) {
          rmSync(join(folder, 'locks', 'sessions.lock'));
          await open().write(KEY, { count: 10 });
        }
        await a.write(KEY, { count: value.count + 1 }, lease);
      });
      assert.deepEqual([seen, await a.value(KEY)], [[{ count: 1 }, { count: 10 }], { count: 11 }]);
    });

    it('writes and deletes while it holds', async () => {
      const a = open();
      await a.storage.lock.withLock('sessions', async (lease) => {
        await a.write(KEY, { text: 'first' }, lease);
        await a.write('session/two', {}, lease);
        await a.delete('session/two', lease);
      });
      assert.deepEqual(await open().all(), { [KEY]: { text: 'first' } });
    });
  });
});
