import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, type Clock } from '../../../../src/common/clock';
import { CallbackClaims } from '../../../../src/signIn/callback/callbackClaims';
import { nodeFileSystem, type FileSystem } from '../../../../src/common/fileSystem';
import { FakeClock, settle } from '../../support/fakeClock';
import { RecordingLog } from '../../support/recordingLog';

describe('CallbackClaims', () => {
  const dead = String(spawnSync(process.execPath, ['--version']).pid);
  const own = String(process.pid);
  let folder: string;
  let log: RecordingLog;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'box-authentication-unit-'));
    log = new RecordingLog();
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const window = (): CallbackClaims => new CallbackClaims(folder, log);
  const leave = (name: string, pid: string, modified = new Date()): void => {
    writeFileSync(join(folder, name), pid);
    utimesSync(join(folder, name), modified, modified);
  };

  it('grants a name to one window at a time', async () => {
    const [a, b] = [window(), window()];
    const grants = await Promise.all([a.claim('address-1'), b.claim('address-1')]);
    assert.deepEqual(grants.sort(), [false, true]);
    await a.release('address-1');
    assert.equal(await b.claim('address-1'), true);
  });

  it('grants the name of a window that died to one of many windows that want it at once', async () => {
    for (let round = 0; round < 60; round += 1) {
      const name = `address-${round}`;
      leave(name, dead);
      const grants = await Promise.all(Array.from({ length: 12 }, () => window().claim(name)));
      assert.equal(grants.filter(Boolean).length, 1, name);
      assert.equal(await window().isClaimed(name), true);
      await window().release(name);
    }
  });

  it('grants the name of a window that died to the one window that wants it', async () => {
    leave('address-1', dead);
    assert.equal(await window().claim('address-1'), true);
    assert.equal(readFileSync(join(folder, 'address-1'), 'utf8'), own);
  });

  it('removes what dead windows left, when a name is claimed, and nothing of the living', async () => {
    leave('of-the-living', own);
    leave('just-being-written', '');
    leave('never-written', '', new Date(0));
    leave('damaged', '-1');
    leave('of-the-dead', dead);
    await window().claim('address-1');
    assert.deepEqual(readdirSync(folder).sort(), ['address-1', 'just-being-written', 'of-the-living']);
    assert.deepEqual(log.messages(), []);
  });

  it('removes very many in several rounds', async () => {
    for (let index = 0; index < 100; index += 1) leave(`left-${index}`, dead);
    await window().claim('address-1');
    const left = readdirSync(folder).length;
    assert.ok(left > 30 && left < 100, `${left} files`);
    await window().claim('address-2');
    assert.deepEqual(readdirSync(folder).sort(), ['address-1', 'address-2']);
  });

  it('grants every name where the folder cannot be written, and warns once', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, 'a file where the folder should be');
    const claims = new CallbackClaims(file, log);
    assert.deepEqual([await claims.claim('address-1'), await claims.claim('address-2')], [true, true]);
    assert.equal(log.messages('warn').length, 1);
    assert.equal(log.messages().length, 1);
  });

  it('keeps seeing a sign-in that waits, however the clock jumps', async () => {
    leave('waits', own, new Date(0));
    leave('waits-too', own, new Date(Date.now() + 86_400_000));
    await window().claim('address-1');
    assert.deepEqual(await Promise.all(['waits', 'waits-too'].map((name) => window().isClaimed(name))), [
      true,
      true,
    ]);
  });

  it('gives a claim up that its own window has kept for ten minutes, and no other', async () => {
    const clock = new FakeClock();
    const mine = new CallbackClaims(folder, log, { clock });
    await mine.claim('address-1');
    await mine.claim('address-2');
    await mine.release('address-2');
    await window().claim('address-2');
    await clock.advance(10 * 60_000);
    while (await window().isClaimed('address-1')) await settle();
    assert.equal(await window().isClaimed('address-2'), true);
  });

  it('tries again what fails for a reason that passes', async () => {
    const { claims, failOnce } = troubled();
    failOnce('open', 'EMFILE');
    failOnce('unlink', 'EBUSY');
    assert.equal(await claims.claim('address-1'), true);
    assert.deepEqual(readdirSync(folder), ['address-1']);
    failOnce('readFile', 'EIO');
    assert.equal(await claims.isClaimed('address-1'), true);
    failOnce('unlink', 'EBUSY');
    await claims.release('address-1');
    assert.deepEqual([readdirSync(folder), log.messages()], [[], []]);
  });

  it('takes what it cannot read for a claim of the living', async () => {
    const { claims, failAlways } = troubled();
    leave('address-1', dead);
    failAlways('readFile', 'EIO');
    assert.equal(await claims.isClaimed('address-1'), true);
    assert.equal(await claims.claim('address-1'), false);
    assert.deepEqual(readdirSync(folder), ['address-1']);
  });

  it('grants a name, with a warning, when the folder fails for long', async () => {
    const { claims, failAlways } = troubled();
    failAlways('open', 'ENOSPC');
    assert.equal(await claims.claim('address-1'), true);
    assert.match(log.messages('warn').join(), /ENOSPC/);
  });

  /** A window whose calls of the file system fail; it does not wait between two tries. */
  const troubled = (): {
    claims: CallbackClaims;
    failOnce: (call: keyof FileSystem, code: string) => void;
    failAlways: (call: keyof FileSystem, code: string) => void;
  } => {
    const codes = new Map<string, { readonly code: string; readonly isOnce: boolean }>();
    const fail = (call: string): void => {
      const found = codes.get(call);
      if (found === undefined) return;
      if (found.isOnce) codes.delete(call);
      throw Object.assign(new Error(found.code), { code: found.code });
    };
    const files = new Proxy(nodeFileSystem, {
      get:
        (target, call: keyof FileSystem) =>
        async (...args: never[]) => {
          fail(call);
          return (target[call] as (...args: never[]) => Promise<unknown>)(...args);
        },
    });
    const clock: Clock = {
      ...systemClock,
      after: (ms, callback) => systemClock.after(ms < 1000 ? 0 : ms, callback),
    };
    return {
      claims: new CallbackClaims(folder, log, { files, clock }),
      failOnce: (call, code) => codes.set(call, { code, isOnce: true }),
      failAlways: (call, code) => codes.set(call, { code, isOnce: false }),
    };
  };
});
