import assert from 'node:assert/strict';
import { AppSecrets } from '../../../src/apps/appSecrets';
import { MemorySecrets } from '../support/memorySecrets';
import { RecordingLog } from '../support/recordingLog';

const BOX = { account: 'https://account.box.com', api: 'https://api.box.com' };
const EMULATOR = { account: 'http://127.0.0.1:4000', api: 'http://127.0.0.1:4000' };

describe('AppSecrets', () => {
  let secrets: MemorySecrets;
  let log: RecordingLog;
  let appSecrets: AppSecrets;

  beforeEach(() => {
    secrets = new MemorySecrets();
    log = new RecordingLog();
    appSecrets = new AppSecrets(secrets, log);
  });

  it('gives the secret that was entered for an app at a Box', async () => {
    await appSecrets.setClientSecret('one', BOX, 'secret of one');
    assert.equal(await appSecrets.clientSecret('one', BOX), 'secret of one');
    assert.equal(await new AppSecrets(secrets, log).clientSecret('one', { ...BOX }), 'secret of one');
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

  it('forget leaves nothing of an app, and everything of the others', async () => {
    await appSecrets.setClientSecret('one', BOX, 'secret of one');
    await appSecrets.setClientSecret('two', BOX, 'secret of two');
    await appSecrets.forget('one');
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

  it('puts no secret into the log', async () => {
    await appSecrets.setClientSecret('one', BOX, 'secret of one');
    await appSecrets.markRemoved('one');
    await appSecrets.forget('one');
    assert.ok(!JSON.stringify(log.lines).includes('secret of one'));
  });
});
