import assert from 'node:assert/strict';
import { AppList } from '../../../src/apps/appList';

const FIRST = { name: 'First', authMethod: 'oauth2', clientId: 'one', scopes: ['root_readonly'] };
const SECOND = { name: 'Second', authMethod: 'jwt', clientId: 'two' };

describe('AppList', () => {
  let entries: readonly unknown[];
  let list: AppList;

  beforeEach(() => {
    entries = [FIRST, SECOND];
    list = new AppList({
      read: () => entries,
      write: (written) => {
        entries = written;
        return Promise.resolve();
      },
    });
  });

  it('put adds a new app at the end, as an OAuth app', async () => {
    await list.put({ name: 'Third', clientId: 'three' });
    assert.deepEqual(entries, [FIRST, SECOND, { authMethod: 'oauth2', name: 'Third', clientId: 'three' }]);
  });

  it('finds an app whose client ID was typed with blanks', async () => {
    entries = [{ ...FIRST, clientId: ' one ' }];
    await list.put({ name: 'Renamed', clientId: 'one' });
    assert.deepEqual(entries, [{ ...FIRST, name: 'Renamed' }]);
    await list.remove('one');
    assert.deepEqual(entries, []);
  });

  it('put adds the first app', async () => {
    entries = [];
    await list.put({ name: 'Third', clientId: 'three' });
    assert.equal(entries.length, 1);
  });

  it('put adds an app of another kind as what it is', async () => {
    await list.put({ name: 'Third', clientId: 'three', authMethod: 'clientCredentials', enterpriseId: '1' });
    assert.deepEqual(entries[2], {
      name: 'Third',
      clientId: 'three',
      authMethod: 'clientCredentials',
      enterpriseId: '1',
    });
  });

  it('put changes only what is given, and only of the app with that client ID', async () => {
    await list.put({ name: 'Renamed', clientId: 'two' });
    assert.deepEqual(entries, [FIRST, { ...SECOND, name: 'Renamed' }]);
  });

  it('put keeps keys that it does not know', async () => {
    entries = [{ ...FIRST, comment: 'of Dana’s team', nested: { a: [1] } }];
    await list.put({ name: 'Renamed', clientId: 'one' });
    assert.deepEqual(entries, [{ ...FIRST, name: 'Renamed', comment: 'of Dana’s team', nested: { a: [1] } }]);
  });

  const oddities = [null, 'a note', 7, [FIRST], { name: 'no client ID' }, { clientId: 1 }];

  it('put keeps entries that are no apps, where they are', async () => {
    entries = [...oddities, FIRST];
    await list.put({ name: 'Renamed', clientId: 'one' });
    assert.deepEqual(entries, [...oddities, { ...FIRST, name: 'Renamed' }]);
  });

  it('remove takes the app with that client ID, and keeps everything else', async () => {
    entries = [...oddities, FIRST, SECOND];
    await list.remove('one');
    assert.deepEqual(entries, [...oddities, SECOND]);
  });

  it('remove takes every entry of that client ID', async () => {
    entries = [FIRST, SECOND, { ...FIRST, name: 'Again' }];
    await list.remove('one');
    assert.deepEqual(entries, [SECOND]);
  });

  it('remove of an unknown client ID changes nothing', async () => {
    await list.remove('three');
    assert.deepEqual(entries, [FIRST, SECOND]);
  });

  it('changes no entry in place, since the editor’s settings are frozen', async () => {
    entries = Object.freeze([Object.freeze({ ...FIRST }), Object.freeze({ ...SECOND })]);
    await list.put({ name: 'Renamed', clientId: 'one' });
    await list.remove('two');
    assert.deepEqual(entries, [{ ...FIRST, name: 'Renamed' }]);
  });

  describe('putSubject', () => {
    const robot = { ...SECOND, enterpriseId: '1', comment: 'of Dana’s team' };

    it('notes the enterprise or the user, each in the place of the other', async () => {
      entries = [FIRST, robot];
      await list.putSubject({ clientId: 'two' }, { userId: '7' });
      assert.deepEqual(entries, [FIRST, { ...SECOND, userId: '7', comment: 'of Dana’s team' }]);
      await list.putSubject({ clientId: 'two' }, { enterpriseId: '2' });
      assert.deepEqual(entries, [FIRST, { ...SECOND, enterpriseId: '2', comment: 'of Dana’s team' }]);
    });

    it('notes both where both are given', async () => {
      await list.putSubject({ clientId: 'two' }, { enterpriseId: '1', userId: '7' });
      assert.deepEqual(entries, [FIRST, { ...SECOND, enterpriseId: '1', userId: '7' }]);
    });

    it('leaves no key behind where neither is given', async () => {
      entries = [robot];
      await list.putSubject({ clientId: 'two' }, {});
      assert.deepEqual(entries, [{ ...SECOND, comment: 'of Dana’s team' }]);
    });

    it('touches nothing but the app, whose client ID may have been typed with blanks', async () => {
      entries = [...oddities, FIRST, { ...robot, clientId: ' two ' }];
      await list.putSubject({ clientId: 'two' }, { userId: '7' });
      const changed = { ...SECOND, clientId: ' two ', userId: '7', comment: robot.comment };
      assert.deepEqual(entries, [...oddities, FIRST, changed]);
    });

    it('adds no app, and changes no entry in place', async () => {
      entries = Object.freeze([Object.freeze({ ...FIRST }), Object.freeze({ ...robot })]);
      await list.putSubject({ clientId: 'three' }, { userId: '7' });
      assert.deepEqual(entries, [FIRST, robot]);
      await list.putSubject({ clientId: 'two' }, { userId: '7' });
      assert.deepEqual(entries, [FIRST, { ...SECOND, userId: '7', comment: robot.comment }]);
    });
  });

  it('rejects when the setting cannot be written', async () => {
    const refusing = new AppList({ read: () => [], write: () => Promise.reject(new Error('read-only')) });
    await assert.rejects(refusing.put({ name: 'Third', clientId: 'three' }), { message: 'read-only' });
    await assert.rejects(refusing.putSubject({ clientId: 'three' }, {}), { message: 'read-only' });
    await assert.rejects(refusing.remove('three'), { message: 'read-only' });
  });
});
