import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomToken } from '../../../../src/box/authorizationRequest';
import { CallbackHandover } from '../../../../src/signIn/callback/callbackHandover';
import { CallbackRouter, type HandedOver } from '../../../../src/signIn/callback/callbackRouter';
import { CallbackClaims } from '../../../../src/signIn/callback/callbackClaims';
import type { Storage } from '../../../../src/storage/module';
import { FakeClock } from '../../support/fakeClock';
import { MemorySecrets } from '../../support/memorySecrets';
import { RecordingLog } from '../../support/recordingLog';
import { openStorage } from '../../support/storage';

const PATH = '/callback';

describe('CallbackHandover', () => {
  let folder: string;
  let secrets: MemorySecrets;
  let clock: FakeClock;
  let log: RecordingLog;
  let handedOver: HandedOver[];
  let storages: Storage[];
  let mine: CallbackRouter;
  let other: CallbackRouter;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'box-authentication-unit-'));
    secrets = new MemorySecrets();
    clock = new FakeClock();
    log = new RecordingLog();
    handedOver = [];
    storages = [];
    mine = window();
    other = window();
    other.onDidHandOver((event) => handedOver.push(event));
  });
  afterEach(async () => {
    for (const storage of storages) {
      await storage.idle();
      storage.dispose();
    }
    rmSync(folder, { recursive: true, force: true });
  });

  const window = (): CallbackRouter => {
    const claims = new CallbackClaims(join(folder, 'waiting'), log);
    const storage = openStorage(secrets, folder, log);
    storages.push(storage);
    return new CallbackRouter(log, new CallbackHandover({ claims, secrets: storage.secrets, clock, log }));
  };
  /** What is being handed over. */
  const offered = (): string[] => secrets.keysBelow('callback/');
  /**
   * Lets every pause of the hand-over pass until something is logged or told. What another window is to take it has
   * all the time to take: files take real time.
   */
  const settled = async (isDone: () => boolean, isToBeTaken = false): Promise<void> => {
    while (!isDone()) {
      await new Promise((resolve) => setImmediate(resolve));
      if (isToBeTaken && offered().length > 0) continue;
      if (clock.pending.length > 0) await clock.advance(clock.pending[0] ?? 0);
    }
  };
  const taken = (): Promise<void> => settled(isToldOf('taken'), true);
  const isToldOf = (outcome: HandedOver['outcome']) => (): boolean =>
    handedOver.some((event) => event.outcome === outcome);
  const isIgnored = (): boolean => log.messages().some((line) => line.includes('no sign-in awaits'));

  it('brings a code that reached another window to the one that awaits it', async () => {
    const nonce = randomToken();
    const { response } = await mine.await(nonce);
    assert.equal(other.handle(PATH, `code=the-code&nonce=${nonce}`), false);
    await taken();
    assert.deepEqual(await response, { code: 'the-code' });
    assert.deepEqual(offered(), []);
    assert.ok(log.messages('info').includes('Another window handed the callback over'));
  });

  it('brings an error likewise', async () => {
    const nonce = randomToken();
    const { response } = await mine.await(nonce);
    other.handle(PATH, `error=access_denied&error_description=No&nonce=${nonce}`);
    await taken();
    const answer = { error: 'access_denied', errorDescription: 'No' };
    assert.deepEqual(await response, answer);
    assert.deepEqual(handedOver, [{ outcome: 'taken', response: answer }]);
  });

  it('removes the code from SecretStorage before it is used', async () => {
    const nonce = randomToken();
    const { response } = await mine.await(nonce);
    const left = response.then(() => offered().length);
    other.handle(PATH, `code=the-code&nonce=${nonce}`);
    await taken();
    assert.equal(await left, 0);
  });

  it('has each of several sign-ins get its own', async () => {
    const [one, two] = [randomToken(), randomToken()];
    const first = await mine.await(one);
    const second = await other.await(two);
    other.handle(PATH, `code=one&nonce=${one}`);
    mine.handle(PATH, `code=two&nonce=${two}`);
    await taken();
    assert.deepEqual(await Promise.all([first.response, second.response]), [
      { code: 'one' },
      { code: 'two' },
    ]);
  });

  it('stores nothing of a callback that no window awaits, and tells nobody', async () => {
    await mine.await(randomToken());
    let stores = 0;
    secrets.intercept = (operation) => {
      if (operation === 'store') stores += 1;
    };
    other.handle(PATH, `code=the-code&nonce=${randomToken()}`);
    await settled(isIgnored);
    assert.deepEqual([stores, handedOver], [0, []]);
  });

  it('leaves alone what its own window has had too', async () => {
    const nonce = randomToken();
    const pending = await mine.await(nonce);
    other.handle(PATH, `code=the-code&nonce=${nonce}`);
    mine.handle(PATH, `code=the-code&nonce=${nonce}`);
    await pending.response;
    pending.dispose();
    await settled(isIgnored);
    assert.deepEqual([handedOver, offered()], [[], []]);
  });

  it('offers a code that the other window does not take, and keeps it nowhere', async () => {
    const nonce = randomToken();
    const claims = new CallbackClaims(join(folder, 'waiting'), log);
    await claims.claim(claims.nameOf(nonce));
    other.handle(PATH, `code=the-code&nonce=${nonce}`);
    await settled(isToldOf('left'));
    assert.deepEqual(handedOver, [{ outcome: 'left', response: { code: 'the-code' } }]);
    assert.deepEqual(offered(), []);
    assert.deepEqual(log.messages('warn'), ['The window that awaits a callback did not take it']);
  });

  it('has no code in the log that SecretStorage repeats when it fails', async () => {
    const nonce = randomToken();
    await mine.await(nonce);
    const code = randomToken();
    secrets.intercept = (operation) => {
      if (operation === 'store') throw new Error(`The keyring does not take ${code}`);
    };
    other.handle(PATH, `code=${code}&nonce=${nonce}`);
    await settled(isToldOf('left'));
    assert.match(log.messages('error').join(), /kept in memory: .*The keyring does not take …/);
    assert.ok(!log.messages().join().includes(code));
  });

  it('forgets a sign-in that ended, and one whose window died', async () => {
    const [ended, died] = [randomToken(), randomToken()];
    (await mine.await(ended)).dispose();
    const claims = new CallbackClaims(join(folder, 'waiting'), log);
    const file = (nonce: string): string => join(folder, 'waiting', claims.nameOf(nonce));
    writeFileSync(file(died), String(spawnSync(process.execPath, ['--version']).pid));
    for (const nonce of [ended, died]) other.handle(PATH, `code=the-code&nonce=${nonce}`);
    await settled(() => log.messages().filter((line) => line.includes('no sign-in awaits')).length === 2);
    assert.deepEqual(handedOver, []);
  });

  it('names in its files neither nonce nor code', async () => {
    const nonce = randomToken();
    await mine.await(nonce);
    const names = readdirSync(join(folder, 'waiting'));
    assert.equal(names.length, 1);
    assert.ok(!names.join().includes(nonce));
  });

  it('lets a sign-in go on in its own window where the folder cannot be written', async () => {
    writeFileSync(join(folder, 'waiting'), 'a file where the folder should be');
    const nonce = randomToken();
    const { response } = await mine.await(nonce);
    assert.equal(mine.handle(PATH, `code=the-code&nonce=${nonce}`), true);
    assert.deepEqual(await response, { code: 'the-code' });
    assert.equal(log.messages('warn').length, 1);
  });
});
