import assert from 'node:assert/strict';
import {
  ACCOUNT_KIND,
  AccountDirectory,
  type AccountKind,
  type AppReference,
} from '../../../../src/sessions/store/accountDirectory';
import type { AccountReference } from '../../../../src/sessions/store/sessionSelection';
import { RecordStore } from '../../../../src/storage/recordStore';
import { PlainSecrets } from '../../support/plainSecrets';
import { RecordingLog } from '../../support/recordingLog';
import { soloLock } from '../../support/soloLock';

const DANA = { id: '1', login: 'dana@example.com', name: 'Dana' };
const SAM = { id: '2', login: 'sam@example.com', name: 'Sam' };
const ROBOT = { id: '3', login: 'AutomationUser_1_a@boxdevedition.com', name: 'Robot' };
const APP = { clientId: 'one', name: 'App' };
const OTHER = { clientId: 'two', name: 'Other' };
const NAMESAKE = { clientId: 'three', name: 'App' };

describe('AccountDirectory', () => {
  let secrets: PlainSecrets;

  beforeEach(() => {
    secrets = new PlainSecrets();
  });

  const account = (
    user: typeof DANA,
    app: AppReference,
    kind?: AccountKind,
    keepLabel = false,
  ): Promise<AccountReference> => {
    const store = new RecordStore(secrets, ACCOUNT_KIND, new RecordingLog());
    return new AccountDirectory(store, soloLock).accountFor(user, app, keepLabel, kind);
  };

  it('gives the user’s first app the plain id and login, and each further one a name of its own', async () => {
    assert.deepEqual(await account(DANA, APP), { id: '1', label: 'dana@example.com' });
    assert.deepEqual(await account(DANA, OTHER), { id: '1:two', label: 'dana@example.com (Other)' });
    assert.deepEqual(await account(DANA, NAMESAKE), { id: '1:three', label: 'dana@example.com (App)' });
    assert.deepEqual(await account(DANA, APP), { id: '1', label: 'dana@example.com' });
  });

  it('tells a third app with a name that is taken by its client ID', async () => {
    await account(DANA, OTHER);
    await account(DANA, APP);
    const { label } = await account(DANA, NAMESAKE);
    assert.equal(label, 'dana@example.com (App, three)');
  });

  it('names a service account after its app, and never by its login', async () => {
    assert.deepEqual(await account(ROBOT, APP, 'serviceAccount'), {
      id: '3',
      label: 'Service account (App)',
    });
    const namesake = await account({ ...ROBOT, id: '4' }, NAMESAKE, 'serviceAccount');
    assert.deepEqual(namesake, { id: '4', label: 'Service account (App, three)' });
  });

  it('keeps the name of a service account whose app was renamed while it has sessions', async () => {
    await account(ROBOT, APP, 'serviceAccount');
    const renamed = { ...APP, name: 'Renamed' };
    assert.equal((await account(ROBOT, renamed, 'serviceAccount', true)).label, 'Service account (App)');
    assert.equal((await account(ROBOT, renamed, 'serviceAccount')).label, 'Service account (Renamed)');
  });

  it('never gives another the name that a service account once had', async () => {
    await account(ROBOT, APP, 'serviceAccount');
    await account(ROBOT, { ...APP, name: 'Renamed' }, 'serviceAccount');
    const heir = await account({ ...ROBOT, id: '4' }, NAMESAKE, 'serviceAccount');
    assert.equal(heir.label, 'Service account (App, three)');
  });

  it('leaves the plain id and login to a sign-in that lasts, when a developer token came first', async () => {
    const token = { clientId: 'developer-token', name: 'Developer token' };
    assert.deepEqual(await account(DANA, token, 'developerToken'), {
      id: '1:developer-token',
      label: 'dana@example.com (Developer token)',
    });
    assert.deepEqual(await account(DANA, APP), { id: '1', label: 'dana@example.com' });
    assert.equal((await account(SAM, token, 'developerToken')).label, 'sam@example.com (Developer token)');
  });

  it('gives no two the same id or label, whatever they are', async () => {
    const kinds: AccountKind[] = ['user', 'serviceAccount', 'developerToken'];
    const given: AccountReference[] = [];
    for (const user of [DANA, SAM, ROBOT, { ...DANA, id: '9' }]) {
      for (const app of [APP, OTHER, NAMESAKE]) {
        const kind = kinds[given.length % kinds.length];
        given.push(await account(user, app, kind));
      }
    }
    assert.equal(new Set(given.map(({ id }) => id)).size, given.length);
    assert.equal(new Set(given.map(({ label }) => label)).size, given.length);
  });
});
