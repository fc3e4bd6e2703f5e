import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WaitingSignIns } from '../../../src/signIn/waitingSignIns';
import { RecordingLog } from '../support/recordingLog';

describe('WaitingSignIns', () => {
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

  const window = (): WaitingSignIns => new WaitingSignIns(folder, log);
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

  for (const [whose, pid, modified] of [
    ['a window that died', dead, new Date()],
    ['a sign-in that ended long ago', own, new Date(0)],
  ] as const) {
    it(`grants the name of ${whose} to one of many windows that want it at once`, async () => {
      for (let round = 0; round < 60; round += 1) {
        const name = `address-${round}`;
        leave(name, pid, modified);
        const grants = await Promise.all(Array.from({ length: 12 }, () => window().claim(name)));
        assert.equal(grants.filter(Boolean).length, 1, name);
        assert.equal(await window().isClaimed(name), true);
        await window().release(name);
      }
    });
  }

  it('grants the name of a window that died to the one window that wants it', async () => {
    leave('address-1', dead);
    assert.equal(await window().claim('address-1'), true);
    assert.equal(readFileSync(join(folder, 'address-1'), 'utf8'), own);
  });

  it('removes what dead windows left, when a name is claimed, and nothing of the living', async () => {
    leave('of-the-living', own);
    leave('just-being-written', '');
    leave('of-the-dead', dead);
    leave('of-long-ago', own, new Date(0));
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
    const waiting = new WaitingSignIns(file, log);
    assert.deepEqual([await waiting.claim('address-1'), await waiting.claim('address-2')], [true, true]);
    assert.equal(log.messages('warn').length, 1);
    assert.equal(log.messages().length, 1);
  });
});
