import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import type { AppSecrets } from '../../../src/apps/appSecrets';
import { createApps } from '../../../src/apps/module';
import type { SettingsChange } from '../../../src/apps/settings';
import { Emitter } from '../../../src/common/emitter';
import type { Storage } from '../../../src/storage/module';
import { RecordStore } from '../../../src/storage/recordStore';
import { MemorySecrets } from '../support/memorySecrets';
import { RecordingLog } from '../support/recordingLog';
import { openStorage } from '../support/storage';

const BOX = { account: 'https://account.box.com', api: 'https://api.box.com' };
const EMULATOR = { account: 'http://127.0.0.1:4000', api: 'http://127.0.0.1:4000' };

const KEY = {
  privateKey: '-----BEGIN ENCRYPTED PRIVATE KEY-----\nsecret key\n-----END ENCRYPTED PRIVATE KEY-----\n',
  passphrase: 'secret passphrase',
  publicKeyId: 'example1',
};
const OTHER_KEY = { privateKey: 'other secret key', passphrase: '', publicKeyId: 'example2' };

describe('AppSecrets', () => {
  let secrets: MemorySecrets;
  let log: RecordingLog;
  let appSecrets: AppSecrets;
  let folder: string;
  let storages: Storage[];
  const openedStorage = (): Storage => {
    const storage = openStorage(secrets, folder, log);
    storages.push(storage);
    return storage;
  };
  /** The apps' secrets as one more window sees them. */
  const openWindow = (): AppSecrets => {
    const storage = openedStorage();
    const nothing = {
      readSetting: () => undefined,
      onDidChangeSettings: new Emitter<SettingsChange>().event,
    };
    return createApps({ ...nothing, storage, log }).appSecrets;
  };
  /** The keys under which something is stored of apps. */
  const appKeys = (): string[] => secrets.keysBelow('app/');

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'box-authentication-apps-'));
    secrets = new MemorySecrets();
    log = new RecordingLog();
    storages = [];
    appSecrets = openWindow();
  });

  afterEach(() => {
    for (const storage of storages) storage.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it('gives the secret that was entered for an app at a Box', async () => {
    await appSecrets.setClientSecret('one', BOX, 'secret of one');
    assert.equal(await appSecrets.clientSecret('one', BOX), 'secret of one');
    assert.equal(await openWindow().clientSecret('one', { ...BOX }), 'secret of one');
  });

  it('gives no secret of another app', async () => {
    await appSecrets.setClientSecret('one', BOX, 'secret of one');
    assert.equal(await appSecrets.clientSecret('two', BOX), undefined);
  });

  for (const [name, origins] of [
    ['account page', { ...BOX, account: 'https://account.evil.com' }],
    ['API', { ...BOX, api: 'https://api.evil.com' }],
  ] as const) {
    it(`never gives a secret to a Box with another ${name}`, async () => {
      await appSecrets.setClientSecret('one', BOX, 'secret of one');
      assert.equal(await appSecrets.clientSecret('one', origins), undefined);
    });
  }

  it('keeps secrets for several Boxes side by side', async () => {
    await appSecrets.setClientSecret('one', BOX, 'at Box');
    await appSecrets.setClientSecret('one', EMULATOR, 'at the emulator');
    assert.equal(await appSecrets.clientSecret('one', BOX), 'at Box');
    assert.equal(await appSecrets.clientSecret('one', EMULATOR), 'at the emulator');
  });

  it('replaces the secret of one Box and leaves the other’s', async () => {
    await appSecrets.setClientSecret('one', BOX, 'old');
    await appSecrets.setClientSecret('one', EMULATOR, 'at the emulator');
    await appSecrets.setClientSecret('one', BOX, 'new');
    assert.equal(await appSecrets.clientSecret('one', BOX), 'new');
    assert.equal(await appSecrets.clientSecret('one', EMULATOR), 'at the emulator');
    assert.doesNotMatch(secrets.values.get('app/one') ?? '', /old/);
  });

  it('keeps all that there is of an app under its client ID', async () => {
    await appSecrets.setClientSecret('one', BOX, 'at Box');
    await appSecrets.setClientSecret('one', EMULATOR, 'at the emulator');
    await appSecrets.setClientSecret('two', BOX, 'another');
    assert.deepEqual(appKeys().sort(), ['app/one', 'app/two']);
  });

  it('markRemoved keeps the secrets and lists the app as removed', async () => {
    await appSecrets.setClientSecret('one', BOX, 'secret of one');
    await appSecrets.setClientSecret('two', BOX, 'secret of two');
    assert.deepEqual(await appSecrets.removed(), []);
    await appSecrets.markRemoved('one');
    assert.deepEqual(await appSecrets.removed(), ['one']);
    assert.equal(await appSecrets.clientSecret('one', BOX), 'secret of one');
  });

  it('markRemoved of an app without secrets notes nothing', async () => {
    await appSecrets.markRemoved('one');
    assert.deepEqual([await appSecrets.removed(), secrets.values.size], [[], 0]);
  });

  it('an app that is configured again is no more removed, and keeps its other secrets', async () => {
    await appSecrets.setClientSecret('one', BOX, 'at Box');
    await appSecrets.markRemoved('one');
    await appSecrets.setClientSecret('one', EMULATOR, 'at the emulator');
    assert.deepEqual(await appSecrets.removed(), []);
    assert.equal(await appSecrets.clientSecret('one', BOX), 'at Box');
  });

  it('forgetRemoved leaves nothing of an app, and everything of the others', async () => {
    await appSecrets.setClientSecret('one', BOX, 'secret of one');
    await appSecrets.setClientSecret('two', BOX, 'secret of two');
    await appSecrets.markRemoved('one');
    await appSecrets.forgetRemoved('one');
    assert.equal(await appSecrets.clientSecret('one', BOX), undefined);
    assert.equal(await appSecrets.clientSecret('two', BOX), 'secret of two');
    assert.deepEqual(appKeys(), ['app/two']);
    assert.doesNotMatch([...secrets.values].join(), /secret of one/);
  });

  it('asks for the secret again when its record is damaged, and keeps what was there', async () => {
    await appSecrets.setClientSecret('one', BOX, 'secret of one');
    secrets.values.set('app/one', 'damaged');
    assert.equal(await appSecrets.clientSecret('one', BOX), undefined);
    await appSecrets.setClientSecret('one', BOX, 'entered again');
    assert.equal(await appSecrets.clientSecret('one', BOX), 'entered again');
    const aside = secrets.keysBelow('set-aside/app/one/').map((key) => secrets.valueOf(key));
    assert.deepEqual(aside, [{ text: 'damaged' }]);
  });

  it('does not take a secret that cannot be read for one that is not there', async () => {
    await appSecrets.setClientSecret('one', BOX, 'secret of one');
    secrets.fail('get');
    const later = openWindow();
    await assert.rejects(later.clientSecret('one', BOX), /keychain/);
    await assert.rejects(later.setClientSecret('one', EMULATOR, 'other'), /keychain/);
    secrets.heal();
    assert.equal(await later.clientSecret('one', BOX), 'secret of one');
    assert.equal(await later.clientSecret('one', EMULATOR), undefined);
  });

  it('goes on with what it read before when nothing can be read', async () => {
    await appSecrets.setClientSecret('one', BOX, 'secret of one');
    secrets.fail('get');
    assert.equal(await appSecrets.clientSecret('one', BOX), 'secret of one');
  });

  it('keeps a secret in memory that cannot be stored', async () => {
    secrets.fail('store');
    await appSecrets.setClientSecret('one', BOX, 'secret of one');
    assert.equal(await appSecrets.clientSecret('one', BOX), 'secret of one');
    assert.deepEqual([appKeys(), await openWindow().clientSecret('one', BOX)], [[], undefined]);
  });

  it('forgetRemoved leaves an app that has come into use again', async () => {
    await appSecrets.setClientSecret('one', BOX, 'secret of one');
    await appSecrets.markRemoved('one');
    await appSecrets.markUsed('one');
    await appSecrets.forgetRemoved('one');
    assert.equal(await appSecrets.clientSecret('one', BOX), 'secret of one');
  });

  it('puts no secret into the log', async () => {
    await appSecrets.setClientSecret('one', BOX, 'secret of one');
    await appSecrets.markRemoved('one');
    await appSecrets.forgetRemoved('one');
    assert.ok(!JSON.stringify(log.lines).includes('secret of one'));
  });

  describe('of a JWT app', () => {
    const everythingStored = (): string => [...secrets.values.values()].join();

    it('gives the private key and the client secret that were kept together', async () => {
      await appSecrets.setJwtKey('one', BOX, 'secret of one', KEY);
      const later = openWindow();
      assert.deepEqual(await later.jwtKey('one', { ...BOX }), KEY);
      assert.equal(await later.clientSecret('one', BOX), 'secret of one');
      assert.deepEqual(appKeys(), ['app/one']);
    });

    it('keeps a key that has no passphrase', async () => {
      await appSecrets.setJwtKey('one', BOX, 'secret of one', OTHER_KEY);
      assert.deepEqual(await appSecrets.jwtKey('one', BOX), OTHER_KEY);
    });

    it('gives no key of another app, or where only a client secret was entered', async () => {
      await appSecrets.setJwtKey('one', BOX, 'secret of one', KEY);
      await appSecrets.setClientSecret('two', BOX, 'secret of two');
      assert.equal(await appSecrets.jwtKey('two', BOX), undefined);
      assert.equal(await appSecrets.jwtKey('three', BOX), undefined);
    });

    for (const [name, origins] of [
      ['account page', { ...BOX, account: 'https://account.evil.com' }],
      ['API', { ...BOX, api: 'https://api.evil.com' }],
    ] as const) {
      it(`never gives a key to a Box with another ${name}`, async () => {
        await appSecrets.setJwtKey('one', BOX, 'secret of one', KEY);
        assert.equal(await appSecrets.jwtKey('one', origins), undefined);
      });
    }

    it('keeps keys for several Boxes side by side', async () => {
      await appSecrets.setJwtKey('one', BOX, 'at Box', KEY);
      await appSecrets.setJwtKey('one', EMULATOR, 'at the emulator', OTHER_KEY);
      assert.deepEqual(await appSecrets.jwtKey('one', BOX), KEY);
      assert.deepEqual(await appSecrets.jwtKey('one', EMULATOR), OTHER_KEY);
    });

    it('replaces a key whole, with its client secret', async () => {
      await appSecrets.setJwtKey('one', BOX, 'old client secret', KEY);
      await appSecrets.setJwtKey('one', BOX, 'new client secret', OTHER_KEY);
      assert.deepEqual(await appSecrets.jwtKey('one', BOX), OTHER_KEY);
      assert.equal(await appSecrets.clientSecret('one', BOX), 'new client secret');
      assert.doesNotMatch(everythingStored(), /old client secret|secret passphrase/);
    });

    it('keeps the key when another client secret is entered', async () => {
      await appSecrets.setJwtKey('one', BOX, 'old client secret', KEY);
      await appSecrets.setClientSecret('one', BOX, 'new client secret');
      assert.deepEqual(await appSecrets.jwtKey('one', BOX), KEY);
      assert.equal(await appSecrets.clientSecret('one', BOX), 'new client secret');
    });

    it('keeps the key of an app that is removed and configured again', async () => {
      await appSecrets.setJwtKey('one', BOX, 'secret of one', KEY);
      await appSecrets.markRemoved('one');
      assert.deepEqual(await appSecrets.removed(), ['one']);
      assert.deepEqual(await appSecrets.jwtKey('one', BOX), KEY);
      await appSecrets.markUsed('one');
      assert.deepEqual([await appSecrets.removed(), await appSecrets.jwtKey('one', BOX)], [[], KEY]);
    });

    it('a key that is entered again makes the app no more removed', async () => {
      await appSecrets.setJwtKey('one', BOX, 'secret of one', KEY);
      await appSecrets.markRemoved('one');
      await appSecrets.setJwtKey('one', BOX, 'secret of one', KEY);
      assert.deepEqual(await appSecrets.removed(), []);
    });

    it('forgetRemoved leaves nothing of a key', async () => {
      await appSecrets.setJwtKey('one', BOX, 'secret of one', KEY);
      await appSecrets.setJwtKey('one', EMULATOR, 'secret of one', OTHER_KEY);
      await appSecrets.markRemoved('one');
      await appSecrets.forgetRemoved('one');
      assert.equal(await appSecrets.jwtKey('one', BOX), undefined);
      assert.doesNotMatch(everythingStored(), /secret/);
      assert.deepEqual([...secrets.values.keys()], ['store']);
    });

    it('does not take a key that cannot be read for one that is not there', async () => {
      await appSecrets.setJwtKey('one', BOX, 'secret of one', KEY);
      secrets.fail('get');
      const later = openWindow();
      await assert.rejects(later.jwtKey('one', BOX), /keychain/);
      await assert.rejects(later.setJwtKey('one', BOX, 'other', OTHER_KEY), /keychain/);
      secrets.heal();
      assert.deepEqual(await later.jwtKey('one', BOX), KEY);
      await later.setJwtKey('one', BOX, 'other', OTHER_KEY);
      assert.deepEqual(await later.jwtKey('one', BOX), OTHER_KEY);
    });

    it('asks for a key again that is damaged, and keeps what was there', async () => {
      const damaged = { origins: BOX, clientSecret: 'secret of one', jwtKey: { ...KEY, privateKey: 7 } };
      secrets.putEarlier('app/one', { secrets: [damaged] });
      assert.equal(await appSecrets.jwtKey('one', BOX), undefined);
      assert.match(everythingStored(), /secret passphrase/);
      await appSecrets.setJwtKey('one', BOX, 'secret of one', KEY);
      assert.deepEqual(await appSecrets.jwtKey('one', BOX), KEY);
    });

    it('puts nothing of a key into the log', async () => {
      await appSecrets.setJwtKey('one', BOX, 'secret of one', KEY);
      secrets.values.set('app/one', (secrets.values.get('app/one') ?? '').slice(0, -9));
      assert.equal(await appSecrets.jwtKey('one', BOX), undefined);
      assert.notEqual(log.lines.length, 0);
      assert.doesNotMatch(JSON.stringify(log.lines), /secret (?:of one|key|passphrase)/);
    });
  });

  describe('with other versions of this extension', () => {
    const stored = { origins: BOX, clientSecret: 'secret of one' };

    it('reads what one without private keys has stored, and adds to it', async () => {
      secrets.putEarlier('app/one', { removed: false, secrets: [stored] });
      assert.equal(await appSecrets.clientSecret('one', BOX), 'secret of one');
      assert.equal(await appSecrets.jwtKey('one', BOX), undefined);
      await appSecrets.setJwtKey('one', EMULATOR, 'at the emulator', KEY);
      assert.equal(await appSecrets.clientSecret('one', BOX), 'secret of one');
      assert.equal(await openWindow().clientSecret('one', EMULATOR), 'at the emulator');
    });

    it('stores what one without private keys can read', async () => {
      await appSecrets.setJwtKey('one', BOX, 'secret of one', KEY);
      const origins = v.object({ account: v.string(), api: v.string() });
      const schema = v.object({
        removed: v.optional(v.boolean(), false),
        secrets: v.array(v.object({ origins, clientSecret: v.pipe(v.string(), v.nonEmpty()) })),
      });
      const older = new RecordStore(openedStorage().secrets, { prefix: 'app', schema }, log);
      assert.deepEqual(await older.read('one'), { removed: false, secrets: [stored] });
    });

    it('keeps what a newer one has added beside the secrets', async () => {
      secrets.putEarlier('app/one', { secrets: [{ ...stored, addedLater: 'kept' }], addedBeside: 'kept' });
      await appSecrets.setJwtKey('one', BOX, 'secret of one', KEY);
      await appSecrets.setClientSecret('one', EMULATOR, 'at the emulator');
      await appSecrets.markRemoved('one');
      assert.match(secrets.values.get('app/one') ?? '', /"addedLater":"kept"/);
      assert.match(secrets.values.get('app/one') ?? '', /"addedBeside":"kept"/);
    });

    it('leaves a record of a newer one alone', async () => {
      secrets.put('app/one', { version: 3, secrets: 'of another form' });
      const before = secrets.values.get('app/one');
      await assert.rejects(appSecrets.setClientSecret('one', BOX, 'other'), { code: 'newer_record' });
      assert.equal(await appSecrets.jwtKey('one', BOX), undefined);
      await appSecrets.markRemoved('one');
      await appSecrets.markUsed('one');
      await appSecrets.forgetRemoved('one');
      assert.equal(secrets.values.get('app/one'), before);
      assert.deepEqual(secrets.keysBelow('set-aside/'), []);
    });
  });

  describe('changed at once', () => {
    /** Several changes of one app, none of which may undo another. */
    const changeAll = async (windows: readonly AppSecrets[], key = OTHER_KEY): Promise<void> => {
      const [first = appSecrets, second = first, third = first] = windows;
      secrets.intercept = () => new Promise((resolve) => setImmediate(resolve));
      await Promise.all([
        first.setJwtKey('one', EMULATOR, 'at the emulator', KEY),
        second.setClientSecret('one', BOX, 'new'),
        third.setClientSecret('two', BOX, 'secret of two'),
        first.markRemoved('three'),
        third.markUsed('one'),
      ]);
      assert.deepEqual(await first.jwtKey('one', EMULATOR), KEY);
      assert.deepEqual(await first.jwtKey('one', BOX), key);
      assert.equal(await first.clientSecret('one', BOX), 'new');
      assert.equal(await first.clientSecret('two', BOX), 'secret of two');
      assert.deepEqual(await first.removed(), ['three']);
    };

    beforeEach(async () => {
      await appSecrets.setJwtKey('one', BOX, 'old', OTHER_KEY);
      await appSecrets.setClientSecret('three', BOX, 'secret of three');
      await appSecrets.markRemoved('one');
    });

    it('loses nothing within a window', async () => {
      await changeAll([appSecrets]);
    });

    it('goes on after a change that failed', async () => {
      secrets.fail('get');
      const later = openWindow();
      await assert.rejects(later.setJwtKey('one', BOX, 'new', KEY), /keychain/);
      secrets.heal();
      await changeAll([later]);
    });

    it('goes on with a change that could not be stored', async () => {
      secrets.fail('store');
      await appSecrets.setJwtKey('one', BOX, 'newer', KEY);
      secrets.heal();
      await changeAll([appSecrets], KEY);
      assert.deepEqual(await openWindow().jwtKey('one', BOX), KEY);
    });

    it('loses nothing across windows that share a lock', async () => {
      await changeAll([appSecrets, openWindow(), openWindow()]);
    });
  });
});
