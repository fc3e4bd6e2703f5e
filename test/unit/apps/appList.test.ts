import assert from 'node:assert/strict';
import type { BoxApp } from '../../../src/apps/app';
import { AppList, AppsNotSavedError } from '../../../src/apps/appList';

const FIRST: BoxApp = { name: 'First', authMethod: 'oauth2', clientId: 'one', scopes: ['root_readonly'] };
const ROBOT: BoxApp = { name: 'Robot', authMethod: 'jwt', clientId: 'two', scopes: [], enterpriseId: '1' };
const AS_USER: BoxApp = { name: 'Robot', authMethod: 'jwt', clientId: 'two', scopes: [], userId: '7' };

/** As it stands in the setting. */
const typed = ({ scopes, ...app }: BoxApp): object => (scopes.length > 0 ? { ...app, scopes } : app);

describe('AppList', () => {
  let entries: readonly unknown[];
  let list: AppList;

  beforeEach(() => {
    entries = [typed(FIRST), typed(ROBOT)];
    list = new AppList({
      read: () => entries,
      write: (written) => {
        entries = written;
        return Promise.resolve();
      },
    });
  });

  const oddities = [
    null,
    'a note',
    7,
    [typed(FIRST)],
    { name: 'no client ID' },
    { clientId: 1 },
    { clientId: 'one', authMethod: 'saml' },
  ];

  describe('put', () => {
    const third: BoxApp = { name: 'Third', authMethod: 'oauth2', clientId: 'three', scopes: [] };

    it('adds a new app at the end', async () => {
      await list.put(third);
      assert.deepEqual(entries, [typed(FIRST), typed(ROBOT), typed(third)]);
    });

    it('adds the first app', async () => {
      entries = [];
      await list.put(FIRST);
      assert.deepEqual(entries, [typed(FIRST)]);
    });

    it('P2: adds an entry beside one that acts as another subject', async () => {
      await list.put(AS_USER);
      assert.deepEqual(entries, [typed(FIRST), typed(ROBOT), typed(AS_USER)]);
    });

    it('changes only what is given, and only of that entry', async () => {
      entries = [typed(FIRST), typed(ROBOT), typed(AS_USER)];
      await list.put({ ...AS_USER, name: 'Renamed' });
      assert.deepEqual(entries, [typed(FIRST), typed(ROBOT), { ...typed(AS_USER), name: 'Renamed' }]);
    });

    it('gives the ID of a key to all that share it', async () => {
      entries = [typed(FIRST), typed(ROBOT), typed(AS_USER)];
      await list.put({ ...ROBOT, publicKeyId: 'key' });
      assert.deepEqual(entries, [
        typed(FIRST),
        { ...typed(ROBOT), publicKeyId: 'key' },
        { ...typed(AS_USER), publicKeyId: 'key' },
      ]);
    });

    it('keeps keys that it does not know, and entries that are no apps, where they are', async () => {
      entries = [...oddities, { ...FIRST, comment: 'of Dana’s team', nested: { a: [1] } }];
      await list.put({ ...FIRST, name: 'Renamed' });
      const changed = { ...FIRST, name: 'Renamed', comment: 'of Dana’s team', nested: { a: [1] } };
      assert.deepEqual(entries, [...oddities, changed]);
    });
  });

  it('rename changes the name of one entry', async () => {
    entries = [{ ...typed(ROBOT), clientId: ' two ', enterpriseId: 1 }, typed(AS_USER)];
    await list.rename(ROBOT, 'Renamed');
    assert.deepEqual(entries, [
      { ...typed(ROBOT), clientId: ' two ', enterpriseId: 1, name: 'Renamed' },
      typed(AS_USER),
    ]);
  });

  describe('remove', () => {
    it('takes the app, and keeps everything else', async () => {
      entries = [...oddities, typed(FIRST), typed(ROBOT)];
      await list.remove(FIRST);
      assert.deepEqual(entries, [...oddities, typed(ROBOT)]);
    });

    it('P2: takes the entry of that subject alone, however often it stands there', async () => {
      entries = [typed(ROBOT), typed(AS_USER), { ...typed(ROBOT), name: 'Again' }];
      await list.remove(ROBOT);
      assert.deepEqual(entries, [typed(AS_USER)]);
    });

    it('of an unknown app changes nothing', async () => {
      await list.remove({ ...FIRST, clientId: 'three' });
      assert.deepEqual(entries, [typed(FIRST), typed(ROBOT)]);
    });
  });

  it('P2: hasOthers tells whether another entry needs the secrets, be it damaged', () => {
    assert.equal(list.hasOthers(ROBOT), false);
    entries = [typed(ROBOT), typed(AS_USER)];
    assert.equal(list.hasOthers(ROBOT), true);
    entries = [typed(ROBOT), { clientId: ' two ', authMethod: 'saml' }];
    assert.equal(list.hasOthers(ROBOT), true);
    entries = [typed(ROBOT), { ...typed(ROBOT), name: 'Again' }];
    assert.equal(list.hasOthers(ROBOT), false);
  });

  it('changes no entry in place, since the editor’s settings are frozen', async () => {
    entries = Object.freeze([Object.freeze(typed(FIRST)), Object.freeze(typed(ROBOT))]);
    await list.rename(FIRST, 'Renamed');
    await list.putSubject(ROBOT, { userId: '7' });
    assert.deepEqual(entries, [{ ...FIRST, name: 'Renamed' }, typed(AS_USER)]);
  });

  describe('putSubject', () => {
    const robot = { ...typed(ROBOT), comment: 'of Dana’s team' };
    const withoutSubject = { name: 'Robot', authMethod: 'jwt', clientId: 'two', comment: 'of Dana’s team' };

    it('notes the enterprise or the user, each in the place of the other', async () => {
      entries = [typed(FIRST), robot];
      await list.putSubject(ROBOT, { userId: '7' });
      assert.deepEqual(entries, [typed(FIRST), { ...withoutSubject, userId: '7' }]);
      await list.putSubject(AS_USER, { enterpriseId: '2' });
      assert.deepEqual(entries, [typed(FIRST), { ...withoutSubject, enterpriseId: '2' }]);
    });

    it('notes both where both are given', async () => {
      entries = [robot];
      await list.putSubject(ROBOT, { enterpriseId: '1', userId: '7' });
      assert.deepEqual(entries, [{ ...robot, userId: '7' }]);
    });

    it('leaves no key behind where neither is given', async () => {
      entries = [robot];
      await list.putSubject(ROBOT, {});
      assert.deepEqual(entries, [withoutSubject]);
    });

    it('touches nothing but the entry, whose client ID may have been typed with blanks', async () => {
      entries = [...oddities, typed(FIRST), { ...robot, clientId: ' two ' }];
      await list.putSubject(ROBOT, { userId: '7' });
      const changed = { ...withoutSubject, clientId: ' two ', userId: '7' };
      assert.deepEqual(entries, [...oddities, typed(FIRST), changed]);
    });
  });

  it('P4: tells where the setting cannot be written, and why', async () => {
    const reason = new Error('read-only');
    const refusing = new AppList({ read: () => [], write: () => Promise.reject(reason) });
    const isTold = (error: unknown): boolean => error instanceof AppsNotSavedError && error.cause === reason;
    await assert.rejects(refusing.put(FIRST), isTold);
    await assert.rejects(refusing.rename(FIRST, 'Renamed'), isTold);
    await assert.rejects(refusing.putSubject(ROBOT, {}), isTold);
    await assert.rejects(refusing.remove(FIRST), isTold);
  });
});
