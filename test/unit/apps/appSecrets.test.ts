import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { AppSecrets } from '../../../src/apps/appSecrets';
import { systemClock } from '../../../src/box/clock';
import { CrossWindowLock } from '../../../src/storage/crossWindowLock';
import { FileLock } from '../../../src/storage/fileLock';
import { RecordStore } from '../../../src/storage/recordStore';
import { MemorySecrets } from '../support/memorySecrets';
import { RecordingLog } from '../support/recordingLog';

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
  /** The apps' secrets as one more window sees them. */
  const openWindow = (): AppSecrets => {
    const files = new FileLock({ folder, clock: systemClock, log });
    return new AppSecrets(secrets, log, new CrossWindowLock(files));
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'box-authentication-apps-'));
    secrets = new MemorySecrets();
    log = new RecordingLog();
    appSecrets = openWindow();
  });

  afterEach(() => {
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
    assert.ok(![...secrets.values.values()].some((value) => value.includes('old')));
  });

  it('keeps all that there is of an app under its client ID', async () => {
    await appSecrets.setClientSecret('one', BOX, 'at Box');
    await appSecrets.setClientSecret('one', EMULATOR, 'at the emulator');
    await appSecrets.setClientSecret('two', BOX, 'another');
    assert.equal(secrets.values.size, 2);
    assert.ok([...secrets.values.keys()].every((key) => /\/(one|two)$/.test(key)));
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
    assert.equal(secrets.values.size, 1);
  });

  it('asks for the secret again when its record is damaged, and keeps what was there', async () => {
    await appSecrets.setClientSecret('one', BOX, 'secret of one');
    const [key = ''] = secrets.values.keys();
    secrets.values.set(key, 'damaged');
    assert.equal(await appSecrets.clientSecret('one', BOX), undefined);
    await appSecrets.setClientSecret('one', BOX, 'entered again');
    assert.equal(await appSecrets.clientSecret('one', BOX), 'entered again');
    assert.ok([...secrets.values.values()].includes('damaged'));
  });

  it('does not take a secret that cannot be read for one that is not there', async () => {
    await appSecrets.setClientSecret('one', BOX, 'secret of one');
    secrets.fail('get');
    await assert.rejects(appSecrets.clientSecret('one', BOX), /keychain/);
    await assert.rejects(appSecrets.setClientSecret('one', EMULATOR, 'other'), /keychain/);
    secrets.heal();
    assert.equal(await appSecrets.clientSecret('one', BOX), 'secret of one');
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
      assert.equal(secrets.values.size, 1);
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
      assert.equal(everythingStored(), '');
    });

    it('does not take a key that cannot be read for one that is not there', async () => {
      await appSecrets.setJwtKey('one', BOX, 'secret of one', KEY);
      secrets.fail('get');
      await assert.rejects(appSecrets.jwtKey('one', BOX), /keychain/);
      await assert.rejects(appSecrets.setJwtKey('one', BOX, 'other', OTHER_KEY), /keychain/);
      secrets.heal();
      assert.deepEqual(await appSecrets.jwtKey('one', BOX), KEY);
      await appSecrets.setJwtKey('one', BOX, 'other', OTHER_KEY);
      assert.deepEqual(await appSecrets.jwtKey('one', BOX), OTHER_KEY);
    });

    it('asks for a key again that is damaged, and keeps what was there', async () => {
      const damaged = { origins: BOX, clientSecret: 'secret of one', jwtKey: { ...KEY, privateKey: 7 } };
      secrets.put('app/one', { version: 1, secrets: [damaged] });
      assert.equal(await appSecrets.jwtKey('one', BOX), undefined);
      assert.match(everythingStored(), /secret passphrase/);
      await appSecrets.setJwtKey('one', BOX, 'secret of one', KEY);
      assert.deepEqual(await appSecrets.jwtKey('one', BOX), KEY);
    });

    it('puts nothing of a key into the log', async () => {
      await appSecrets.setJwtKey('one', BOX, 'secret of one', KEY);
      const [key = ''] = secrets.values.keys();
      secrets.values.set(key, everythingStored().slice(0, -9));
      assert.equal(await appSecrets.jwtKey('one', BOX), undefined);
      assert.notEqual(log.lines.length, 0);
      assert.doesNotMatch(JSON.stringify(log.lines), /secret (?:of one|key|passphrase)/);
    });
  });

  describe('with other versions of this extension', () => {
    const stored = { origins: BOX, clientSecret: 'secret of one' };

    it('reads what one without private keys has stored, and adds to it', async () => {
      secrets.put('app/one', { version: 1, removed: false, secrets: [stored] });
      assert.equal(await appSecrets.clientSecret('one', BOX), 'secret of one');
      assert.equal(await appSecrets.jwtKey('one', BOX), undefined);
      await appSecrets.setJwtKey('one', EMULATOR, 'at the emulator', KEY);
      assert.equal(await appSecrets.clientSecret('one', BOX), 'secret of one');
    });

    it('stores what one without private keys can read', async () => {
      await appSecrets.setJwtKey('one', BOX, 'secret of one', KEY);
      const origins = v.object({ account: v.string(), api: v.string() });
      const schema = v.object({
        removed: v.optional(v.boolean(), false),
        secrets: v.array(v.object({ origins, clientSecret: v.pipe(v.string(), v.nonEmpty()) })),
      });
      const older = new RecordStore(secrets, { prefix: 'app', version: 1, schema }, log);
      assert.deepEqual(await older.read('one'), { removed: false, secrets: [stored] });
    });

    it('keeps what a newer one has added beside the secrets', async () => {
      secrets.put('app/one', { version: 1, secrets: [{ ...stored, addedLater: 'kept' }] });
      await appSecrets.setJwtKey('one', BOX, 'secret of one', KEY);
      await appSecrets.setClientSecret('one', EMULATOR, 'at the emulator');
      await appSecrets.markRemoved('one');
      assert.match(secrets.values.get('app/one') ?? '', /"addedLater":"kept"/);
    });

    it('leaves a record of a newer one alone', async () => {
      secrets.put('app/one', { version: 2, secrets: 'of another form' });
      const before = secrets.values.get('app/one');
      assert.equal(await appSecrets.jwtKey('one', BOX), undefined);
      await appSecrets.markRemoved('one');
      await appSecrets.markUsed('one');
      assert.equal(secrets.values.get('app/one'), before);
    });
  });

  describe('changed at once', () => {
    /** Several changes of one app, none of which may undo another. */
    const changeAll = async (windows: readonly AppSecrets[]): Promise<void> => {
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
      assert.deepEqual(await first.jwtKey('one', BOX), OTHER_KEY);
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
      secrets.fail('store');
      await assert.rejects(appSecrets.setJwtKey('one', BOX, 'new', KEY), /keychain/);
      secrets.heal();
      await changeAll([appSecrets]);
    });

    it('loses nothing across windows that share a lock', async () => {
      await changeAll([appSecrets, openWindow(), openWindow()]);
    });
  });
});
