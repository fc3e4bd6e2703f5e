import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { systemClock, type Clock } from '../../../src/common/clock';
import { NewerRecordError, SecretStorageError, StaleWindowError } from '../../../src/storage/errors';
import { createStorage, type Storage } from '../../../src/storage/module';
import { RecordStore, type RecordKind } from '../../../src/storage/recordStore';
import { BrowserStorage, PageSecrets } from '../support/servedSecrets';
import { MemorySecrets } from '../support/memorySecrets';
import { RecordingLog } from '../support/recordingLog';
import { eventually } from '../support/eventually';
import { openStorage } from '../support/storage';

interface Note {
  readonly text: string;
  readonly tags: readonly string[];
}

const KIND: RecordKind<Note> = {
  prefix: 'note',
  schema: v.looseObject({ text: v.string(), tags: v.array(v.string()) }),
};
const NOTE: Note = { text: 'a text that nobody else may read', tags: ['x'] };

/** A text as a window of this version leaves it under a key. */
const sealed = (value: unknown): string => JSON.stringify({ version: 2, revision: 1, writer: 'w', value });

describe('RecordStore', () => {
  let folder: string;
  let secrets: MemorySecrets;
  let log: RecordingLog;
  let storages: Storage[];
  let store: RecordStore<Note>;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'box-authentication-records-'));
    secrets = new MemorySecrets();
    log = new RecordingLog();
    storages = [];
    store = window();
  });

  afterEach(() => {
    for (const each of storages) each.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The records as one more window sees them. */
  const window = (): RecordStore<Note> => {
    const opened = openStorage(secrets, folder, log);
    storages.push(opened);
    return new RecordStore(opened.secrets, KIND, log);
  };

  /** The texts that were set aside. */
  const setAside = (): unknown[] =>
    secrets.keysBelow('set-aside/').map((key) => (secrets.valueOf(key) as { text: unknown }).text);

  it('gives back what was written, from a store of another window too', async () => {
    await store.write('one', NOTE);
    assert.deepEqual(await store.read('one'), NOTE);
    assert.deepEqual(await window().readAll(), new Map([['one', NOTE]]));
  });

  it('keeps each record in a secret of its own, in an envelope that begins with its version', async () => {
    await store.write('one', NOTE);
    await store.write('two', { ...NOTE, tags: [] });
    assert.deepEqual(secrets.keysBelow('note/'), ['note/one', 'note/two']);
    assert.match(secrets.values.get('note/one') ?? '', /^\{"version":2,/);
    const { writer, ...envelope } = JSON.parse(secrets.values.get('note/one') ?? '') as { writer: string };
    assert.deepEqual(envelope, { version: 2, revision: 1, value: NOTE });
    assert.match(writer, /^[\da-f]{8}$/);
  });

  it('numbers its writes, in the order in which they were made', async () => {
    await store.write('one', NOTE);
    await window().write('two', NOTE);
    await store.write('one', { ...NOTE, tags: [] });
    const revisions = ['note/one', 'note/two'].map((key) => secrets.stored(key).revision);
    assert.deepEqual(revisions, [3, 2]);
  });

  it('read gives undefined for a name that there is not', async () => {
    assert.equal(await store.read('one'), undefined);
    assert.deepEqual(log.lines, []);
  });

  it('write replaces the record of that name alone', async () => {
    await store.write('one', NOTE);
    await store.write('two', NOTE);
    await store.write('one', { text: 'new', tags: [] });
    assert.deepEqual(
      await store.readAll(),
      new Map([
        ['one', { text: 'new', tags: [] }],
        ['two', NOTE],
      ]),
    );
  });

  it('remove takes one record, and none of that name is fine', async () => {
    await store.write('one', NOTE);
    await store.write('two', NOTE);
    await store.remove('one');
    await store.remove('one');
    assert.deepEqual([...(await store.readAll()).keys()], ['two']);
  });

  it('reads no record of another kind', async () => {
    for (const key of ['notes/one', 'not', 'other/note/one']) secrets.values.set(key, sealed(NOTE));
    assert.deepEqual(await store.readAll(), new Map());
    assert.equal(secrets.values.size, 3);
  });

  for (const [key, name] of [
    ['note/one', 'one'],
    ['note/one/two', 'one/two'],
    ['note', undefined],
    ['notes/one', undefined],
    ['set-aside/note/one/id', undefined],
  ] as const) {
    it(`nameOf ${key} is ${String(name)}`, () => {
      assert.equal(store.nameOf(key), name);
    });
  }

  it('keyOf is what nameOf takes apart', () => {
    assert.deepEqual(
      [store.keyOf('one/two'), store.nameOf(store.keyOf('one/two'))],
      ['note/one/two', 'one/two'],
    );
  });

  const damaged: [string, string][] = [
    ['no JSON', '{"version":2,"revision":1,"value":{"text":"a te'],
    ['nothing', ''],
    ['null', 'null'],
    ['a list', '[1]'],
    ['a text', '"note"'],
    ['no version', JSON.stringify(NOTE)],
    ['a version that is no number', JSON.stringify({ ...JSON.parse(sealed(NOTE)), version: '2' })],
    ['a version that never was', JSON.stringify({ version: 0, ...NOTE })],
    ['an envelope without a number', JSON.stringify({ version: 2, writer: 'w', value: NOTE })],
    ['an envelope with a number that is none', sealed(NOTE).replace('"revision":1', '"revision":-1')],
    ['an envelope without a writer', JSON.stringify({ version: 2, revision: 1, value: NOTE })],
    ['an envelope without a value', JSON.stringify({ version: 2, revision: 1, writer: 'w' })],
    ['a value that is no object', sealed('a text')],
    ['a list as its value', sealed([NOTE])],
    ['a field less', sealed({ text: 'a text' })],
    ['a field of another type', sealed({ text: 1, tags: [] })],
    ['a field less in the form of an earlier version', JSON.stringify({ version: 1, text: 'a text' })],
  ];
  for (const [name, stored] of damaged) {
    it(`sets aside a record that holds ${name}, whole, and keeps its neighbours`, async () => {
      await store.write('sound', NOTE);
      secrets.values.set('note/damaged', stored);
      assert.deepEqual(await store.readAll(), new Map([['sound', NOTE]]));
      assert.equal(secrets.values.has('note/damaged'), false);
      assert.deepEqual(setAside(), [stored]);
      assert.equal(log.messages('error').length, 1);
      assert.match(log.messages('error')[0] ?? '', /note\/damaged/);
    });
  }

  it('says nothing of what a damaged record holds', async () => {
    secrets.values.set('note/damaged', sealed({ text: 'a token of Dana' }));
    await store.read('damaged');
    assert.ok(!log.messages().join('\n').includes('a token of Dana'));
  });

  it('never overwrites what it set aside before', async () => {
    secrets.values.set('note/damaged', 'first');
    await store.read('damaged');
    secrets.values.set('note/damaged', 'second');
    await store.read('damaged');
    assert.deepEqual(setAside().sort(), ['first', 'second']);
  });

  it('keeps the same damaged text once, however often it comes back and whoever reads it', async () => {
    for (let time = 0; time < 3; time++) {
      secrets.values.set('note/damaged', 'the same');
      await window().read('damaged');
    }
    secrets.values.set('note/damaged', 'the same');
    await Promise.all([window(), window(), window()].map((each) => each.readAll()));
    assert.deepEqual(setAside(), ['the same']);
    assert.equal(secrets.values.has('note/damaged'), false);
  });

  it('sets aside under the record’s own key, as the hash of the text, where no record of the kind is', async () => {
    secrets.values.set('note/damaged', 'first');
    await store.read('damaged');
    const [key = ''] = secrets.keysBelow('set-aside/');
    assert.match(key, /^set-aside\/note\/damaged\/[\da-f]{16}$/);
    assert.deepEqual([store.nameOf(key), await store.readAll()], [undefined, new Map()]);
  });

  it('gives a name whose record was set aside to a new one', async () => {
    secrets.values.set('note/one', 'damaged');
    await store.read('one');
    await store.write('one', NOTE);
    assert.deepEqual(await store.read('one'), NOTE);
    assert.equal(log.messages('error').length, 1);
  });

  it('does not delete a sound record that another window put there meanwhile', async () => {
    secrets.values.set('note/one', 'damaged');
    let reads = 0;
    secrets.intercept = (operation, key) => {
      if (operation === 'get' && key === 'note/one') reads += 1;
      // Between the read that found it damaged and the one under the lock.
      if (reads === 2) secrets.values.set('note/one', sealed(NOTE));
    };
    await store.read('one');
    assert.deepEqual(await store.read('one'), NOTE);
    assert.deepEqual(setAside(), []);
  });

  it('leaves a damaged record where it is when it cannot be set aside', async () => {
    secrets.values.set('note/one', 'damaged');
    secrets.fail('store');
    assert.equal(await store.read('one'), undefined);
    assert.equal(secrets.values.get('note/one'), 'damaged');
    assert.match(
      log.messages('error').join('\n'),
      /note\/one is damaged and could not be set aside: .*keychain/,
    );
    secrets.heal();
    assert.equal(await store.read('one'), undefined);
    assert.deepEqual(setAside(), ['damaged']);
  });

  it('leaves a record of a newer version alone, whatever its form', async () => {
    const newer = JSON.stringify({ version: 3, words: 'of the future' });
    secrets.values.set('note/newer', newer);
    await store.write('sound', NOTE);
    assert.deepEqual(await store.readAll(), new Map([['sound', NOTE]]));
    assert.equal(await store.read('newer'), undefined);
    assert.deepEqual([secrets.values.get('note/newer'), setAside(), log.messages('error')], [newer, [], []]);
  });

  it('neither replaces nor removes a record of a newer version: it says so', async () => {
    const newer = JSON.stringify({ version: 3, words: 'of the future' });
    secrets.values.set('note/one', newer);
    const isRefused = { name: 'NewerRecordError', code: 'newer_record', key: 'note/one' };
    await assert.rejects(store.write('one', NOTE), isRefused);
    await assert.rejects(store.remove('one'), NewerRecordError);
    assert.deepEqual([secrets.values.get('note/one'), setAside()], [newer, []]);
    assert.equal(await store.read('one'), undefined);
  });

  describe('with records of releases before the envelope', () => {
    beforeEach(() => {
      secrets.putEarlier('note/one', { ...NOTE, addedLater: 'kept' });
      // As the last of them numbered it.
      secrets.put('note/two', { revision: 7, version: 1, ...NOTE });
    });

    it('reads them without storing anything', async () => {
      const before = new Map(secrets.values);
      assert.deepEqual(await store.read('one'), { ...NOTE, addedLater: 'kept' });
      assert.deepEqual(await store.read('two'), NOTE);
      assert.deepEqual([secrets.values, log.messages()], [before, []]);
    });

    it('stores them in an envelope when they are written, with all that they hold', async () => {
      const note = await store.read('one');
      assert.ok(note !== undefined);
      await store.write('one', { ...note, tags: ['y'] });
      assert.deepEqual(secrets.stored('note/one'), {
        kind: 'value',
        revision: 1,
        value: { ...NOTE, tags: ['y'], addedLater: 'kept' },
      });
      assert.deepEqual(await window().read('one'), { ...NOTE, tags: ['y'], addedLater: 'kept' });
    });

    it('removes them', async () => {
      await store.remove('two');
      assert.deepEqual([...(await window().readAll()).keys()], ['one']);
    });
  });

  it('readAll leaves out a record that cannot be read now, says so, and keeps the others', async () => {
    await store.write('one', NOTE);
    await store.write('two', NOTE);
    secrets.fail('get', (key) => key === 'note/one');
    const later = window();
    assert.deepEqual(await later.readAll(), new Map([['two', NOTE]]));
    assert.match(log.messages('error').join('\n'), /note\/one/);
    secrets.heal();
    assert.deepEqual([...(await later.readAll()).keys()].sort(), ['one', 'two']);
  });

  it('readAll gives what it read before of a record that cannot be read now', async () => {
    await store.write('one', NOTE);
    secrets.fail('get');
    assert.deepEqual(await store.readAll(), new Map([['one', NOTE]]));
  });

  it('readAll throws when another window has what is missing here', async () => {
    const browser = new BrowserStorage();
    const longWaits: (() => void)[] = [];
    const clock: Clock = {
      ...systemClock,
      after: (ms, callback) => {
        if (ms < 10_000) return systemClock.after(ms, callback);
        longWaits.push(callback);
        return () => undefined;
      },
    };
    const page = (inPage: PageSecrets): Storage => {
      const opened = createStorage({ secrets: inPage, folder, pages: browser.memory, clock, log });
      storages.push(opened);
      return opened;
    };
    const newer = page(new PageSecrets(browser));
    await new RecordStore(newer.secrets, KIND, log).write('one', NOTE);
    const old = new PageSecrets(browser);
    await new RecordStore(newer.secrets, KIND, log).write('one', { ...NOTE, tags: [] });
    newer.dispose();
    const storage = page(old);
    const stale = new RecordStore(storage.secrets, KIND, log);
    const reading = stale.readAll();
    await eventually(() => storage.isStale());
    for (const wait of longWaits) wait();
    await assert.rejects(reading, StaleWindowError);
    await assert.rejects(stale.read('one'), StaleWindowError);
  });

  it('throws what SecretStorage throws when it cannot be read and never was', async () => {
    await store.write('one', NOTE);
    secrets.fail('get');
    secrets.fail('keys');
    const later = window();
    const isFailed = {
      name: 'SecretStorageError',
      code: 'secret_storage_failed',
      message: /keychain refused/,
    };
    await assert.rejects(later.read('one'), isFailed);
    await assert.rejects(later.readAll(), SecretStorageError);
  });

  it('goes on in memory when SecretStorage refuses to store or to delete', async () => {
    await store.write('one', NOTE);
    secrets.fail('store');
    secrets.fail('delete');
    await store.write('one', { ...NOTE, tags: [] });
    await store.write('two', NOTE);
    assert.deepEqual(await store.read('one'), { ...NOTE, tags: [] });
    assert.deepEqual([...(await store.readAll()).keys()], ['one', 'two']);
    assert.deepEqual(await window().read('one'), NOTE);
    await store.remove('one');
    assert.equal(await store.read('one'), undefined);
    assert.deepEqual([...(await store.readAll()).keys()], ['two']);
    assert.match(log.messages('error').join('\n'), /note\/one could not be stored.*keychain refused/);
  });

  it('isNewest tells whether something newer is announced than what is stored', async () => {
    await store.write('one', NOTE);
    assert.equal(await store.isNewest('one'), true);
    const before = secrets.values.get('note/one') ?? '';
    await window().write('one', { ...NOTE, tags: [] });
    assert.equal(await store.isNewest('one'), true);
    secrets.values.set('note/one', before);
    assert.equal(await store.isNewest('one'), false);
  });
});
