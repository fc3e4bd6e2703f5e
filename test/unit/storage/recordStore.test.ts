import assert from 'node:assert/strict';
import * as v from 'valibot';
import { StaleWindowError } from '../../../src/storage/errors';
import { RecordStore, type RecordKind } from '../../../src/storage/recordStore';
import { MemorySecrets } from '../support/memorySecrets';
import { RecordingLog } from '../support/recordingLog';

interface Note {
  readonly text: string;
  readonly tags: readonly string[];
}

const KIND: RecordKind<Note> = {
  prefix: 'note',
  version: 2,
  schema: v.object({ text: v.string(), tags: v.array(v.string()) }),
};
const NOTE: Note = { text: 'a text that nobody else may read', tags: ['x'] };

describe('RecordStore', () => {
  let secrets: MemorySecrets;
  let log: RecordingLog;
  let store: RecordStore<Note>;

  beforeEach(() => {
    secrets = new MemorySecrets();
    log = new RecordingLog();
    store = new RecordStore(secrets, KIND, log);
  });

  const setAside = (): (string | undefined)[] =>
    secrets.keysBelow('set-aside/').map((key) => secrets.values.get(key));

  it('gives back what was written, from a store of another window too', async () => {
    await store.write('one', NOTE);
    assert.deepEqual(await store.read('one'), NOTE);
    assert.deepEqual(await new RecordStore(secrets, KIND, log).readAll(), new Map([['one', NOTE]]));
  });

  it('keeps each record in a secret of its own, with its version', async () => {
    await store.write('one', NOTE);
    await store.write('two', { ...NOTE, tags: [] });
    assert.deepEqual([...secrets.values.keys()], ['note/one', 'note/two']);
    assert.deepEqual(JSON.parse(secrets.values.get('note/one') ?? ''), { version: 2, ...NOTE });
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
    secrets.put('notes/one', { version: 2, ...NOTE });
    secrets.put('not', { version: 2, ...NOTE });
    secrets.put('other/note/one', { version: 2, ...NOTE });
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

  const damaged: [string, string][] = [
    ['no JSON', '{"version":2,"text":"a te'],
    ['nothing', ''],
    ['null', 'null'],
    ['a list', '[1]'],
    ['a text', '"note"'],
    ['no version', JSON.stringify(NOTE)],
    ['a version that is no number', JSON.stringify({ version: '2', ...NOTE })],
    ['a version that is no more read', JSON.stringify({ version: 1, ...NOTE })],
    ['a field less', JSON.stringify({ version: 2, text: 'a text' })],
    ['a field of another type', JSON.stringify({ version: 2, text: 1, tags: [] })],
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
    secrets.put('note/damaged', { version: 2, text: 'a token of Dana' });
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

  it('gives a name whose record was set aside to a new one', async () => {
    secrets.values.set('note/one', 'damaged');
    await store.read('one');
    await store.write('one', NOTE);
    assert.deepEqual(await store.read('one'), NOTE);
    assert.equal(log.messages('error').length, 1);
  });

  it('does not delete a sound record that another window put there meanwhile', async () => {
    secrets.values.set('note/one', 'damaged');
    secrets.intercept = (operation, key) => {
      if (operation === 'store' && key.startsWith('set-aside/'))
        secrets.put('note/one', { version: 2, ...NOTE });
    };
    await store.read('one');
    assert.deepEqual(await store.read('one'), NOTE);
    assert.deepEqual(setAside(), ['damaged']);
  });

  it('leaves a damaged record where it is when it cannot be set aside', async () => {
    secrets.values.set('note/one', 'damaged');
    secrets.fail('store');
    await assert.rejects(store.read('one'), /keychain/);
    assert.equal(secrets.values.get('note/one'), 'damaged');
  });

  it('leaves a record of a newer version alone, whatever its form', async () => {
    const newer = JSON.stringify({ version: 3, words: 'of the future' });
    secrets.values.set('note/newer', newer);
    await store.write('sound', NOTE);
    assert.deepEqual(await store.readAll(), new Map([['sound', NOTE]]));
    assert.equal(await store.read('newer'), undefined);
    assert.deepEqual([secrets.values.get('note/newer'), setAside(), log.messages('error')], [newer, [], []]);
  });

  it('sets a record of a newer version aside when one of this version takes its name', async () => {
    const newer = JSON.stringify({ version: 3, words: 'of the future' });
    secrets.values.set('note/one', newer);
    await store.write('one', NOTE);
    assert.deepEqual(await store.read('one'), NOTE);
    assert.deepEqual(setAside(), [newer]);
  });

  it('readAll leaves out a record that cannot be read now, says so, and keeps the others', async () => {
    await store.write('one', NOTE);
    await store.write('two', NOTE);
    secrets.fail('get', (key) => key === 'note/one');
    assert.deepEqual(await store.readAll(), new Map([['two', NOTE]]));
    assert.match(log.messages('error').join('\n'), /note\/one/);
    secrets.heal();
    assert.deepEqual([...(await store.readAll()).keys()].sort(), ['one', 'two']);
  });

  it('readAll throws when another window has what is missing here', async () => {
    await store.write('one', NOTE);
    secrets.intercept = () => {
      throw new StaleWindowError();
    };
    await assert.rejects(store.readAll(), StaleWindowError);
  });

  for (const operation of ['get', 'store', 'delete'] as const) {
    it(`throws what SecretStorage throws at ${operation}`, async () => {
      await store.write('one', NOTE);
      secrets.fail(operation);
      const call = {
        get: () => store.read('one'),
        store: () => store.write('one', NOTE),
        delete: () => store.remove('one'),
      }[operation];
      await assert.rejects(call(), /keychain refused/);
    });
  }
});
