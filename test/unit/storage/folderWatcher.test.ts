import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../src/common/clock';
import { FolderWatcher, type Watch } from '../../../src/storage/folderWatcher';
import { eventually } from '../support/eventually';
import { FakeClock, settle } from '../support/fakeClock';

describe('FolderWatcher', () => {
  let parent: string;
  let folder: string;
  let clock: FakeClock;
  let changes: number;
  let watchers: FolderWatcher[];

  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'box-authentication-watch-'));
    folder = join(parent, 'watched');
    clock = new FakeClock();
    changes = 0;
    watchers = [];
  });

  afterEach(() => {
    for (const watcher of watchers) watcher.dispose();
    rmSync(parent, { recursive: true, force: true });
  });

  const begin = async (watch?: Watch, inFolder = folder): Promise<FolderWatcher> => {
    const watcher = new FolderWatcher(inFolder, () => (changes += 1), clock, watch);
    watchers.push(watcher);
    await watcher.begin();
    return watcher;
  };
  /** A watch that tells and fails when it is told to. */
  const ownWatch = (): { watch: Watch; change: () => void; fail: () => void; readonly watched: string[] } => {
    let [change, fail] = [(): void => undefined, (): void => undefined];
    const watched: string[] = [];
    return {
      watched,
      change: () => {
        change();
      },
      fail: () => {
        fail();
      },
      watch: (of, onChange, onFail) => {
        watched.push(of);
        [change, fail] = [onChange, onFail];
        return { dispose: () => watched.splice(0) };
      },
    };
  };
  const noWatch: Watch = () => {
    throw Object.assign(new Error('no space left for watchers'), { code: 'ENOSPC' });
  };
  /** Lets the next look pass, and what it reads. */
  const look = async (): Promise<void> => {
    await clock.advance(await clock.timer());
    await clock.timer();
  };

  it('makes the folder, for its user alone, and tells of files that are made, changed and removed', async () => {
    await begin();
    if (process.platform !== 'win32') assert.equal(statSync(folder).mode & 0o777, 0o700);
    for (const action of [
      () => {
        writeFileSync(join(folder, 'one'), '1');
      },
      () => {
        writeFileSync(join(folder, 'one'), '2');
      },
      () => {
        rmSync(join(folder, 'one'));
      },
    ]) {
      changes = 0;
      action();
      await eventually(() => changes > 0);
    }
    assert.deepEqual(clock.pending, []);
  });

  it('tells what the watch tells, and no more once it is disposed of', async () => {
    const { watch, change, watched } = ownWatch();
    const watcher = await begin(watch);
    assert.deepEqual(watched, [folder]);
    change();
    change();
    assert.equal(changes, 2);
    watcher.dispose();
    assert.deepEqual(watched, []);
    assert.deepEqual(clock.pending, []);
  });

  it('polls each second where the watch cannot be made', async () => {
    await begin(noWatch);
    assert.deepEqual(clock.pending, [1000]);
    writeFileSync(join(folder, 'one'), '1');
    await look();
    assert.equal(changes, 1);
    await look();
    await look();
    assert.equal(changes, 1, 'nothing changed');
    writeFileSync(join(folder, 'two'), '1');
    await look();
    assert.equal(changes, 2);
    rmSync(join(folder, 'one'));
    await look();
    assert.equal(changes, 3);
    assert.deepEqual(clock.pending, [1000]);
  });

  it('sees a file that was replaced by another of its name', async () => {
    await begin(noWatch);
    writeFileSync(join(folder, 'one'), '1');
    await look();
    rmSync(join(folder, 'one'));
    writeFileSync(join(folder, 'other'), 'so that no number of a file is used again');
    writeFileSync(join(folder, 'one'), '2');
    rmSync(join(folder, 'other'));
    await look();
    assert.equal(changes, 2);
  });

  it('polls once the watch fails later', async () => {
    const { watch, change, fail } = ownWatch();
    await begin(watch);
    change();
    assert.deepEqual([changes, clock.pending], [1, []]);
    fail();
    assert.deepEqual(clock.pending, [1000]);
    writeFileSync(join(folder, 'one'), '1');
    await look();
    assert.equal(changes, 2);
  });

  it('tells of what changed between the failure of the watch and the first look', async () => {
    const { watch, fail } = ownWatch();
    await begin(watch);
    writeFileSync(join(folder, 'one'), '1');
    fail();
    await look();
    assert.equal(changes, 1);
  });

  it('polls where the folder cannot be made, and tells once it is there', async () => {
    writeFileSync(join(parent, 'file'), '');
    await begin(undefined, join(parent, 'file', 'watched'));
    await look();
    await look();
    assert.equal(changes, 0);
    rmSync(join(parent, 'file'));
    mkdirSync(join(parent, 'file', 'watched'), { recursive: true });
    writeFileSync(join(parent, 'file', 'watched', 'one'), '1');
    await look();
    assert.equal(changes, 1);
  });

  it('goes on polling when the folder vanishes', async () => {
    await begin(noWatch);
    writeFileSync(join(folder, 'one'), '1');
    await look();
    rmSync(folder, { recursive: true });
    await look();
    assert.equal(changes, 2);
    assert.deepEqual([existsSync(folder), clock.pending], [false, [1000]]);
  });

  it('ends polling when it is disposed of, also in the middle of a look', async () => {
    const watcher = await begin(noWatch);
    writeFileSync(join(folder, 'one'), '1');
    const advancing = clock.advance(1000);
    // The look has begun, and not ended.
    while (clock.pending.length > 0) await Promise.resolve().then(() => new Promise(setImmediate));
    watcher.dispose();
    await advancing;
    for (let turn = 0; turn < 20; turn++) await settle();
    assert.deepEqual([changes, clock.pending], [0, []]);
  });

  it('watches nothing when it is disposed of before it has begun, and polls nothing when its watch fails after', async () => {
    const { watch, watched, fail } = ownWatch();
    const watcher = new FolderWatcher(folder, () => undefined, clock, watch);
    const begun = watcher.begin();
    watcher.dispose();
    await begun;
    assert.deepEqual(watched, []);
    const other = await begin(watch);
    other.dispose();
    fail();
    assert.deepEqual(clock.pending, []);
  });

  it('keeps no process alive with the system’s watch', async () => {
    const watcher = new FolderWatcher(folder, () => undefined, systemClock);
    await watcher.begin();
    const kept = process.getActiveResourcesInfo().filter((name) => /FSEvent/i.test(name));
    assert.deepEqual(kept, []);
    watcher.dispose();
  });
});
