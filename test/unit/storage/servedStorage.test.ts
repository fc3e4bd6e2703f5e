import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { systemClock, type Clock } from '../../../src/common/clock';
import { StaleWindowError } from '../../../src/storage/errors';
import type { Watch } from '../../../src/storage/folderWatcher';
import type { Memory } from '../../../src/storage/memory';
import { createStorage, type Storage } from '../../../src/storage/module';
import { eventually } from '../support/eventually';
import { BrowserStorage, PageSecrets } from '../support/servedSecrets';
import { RecordingLog } from '../support/recordingLog';

/** A page of a served VS Code with its extension host. */
class Page {
  readonly secrets: PageSecrets;
  readonly log = new RecordingLog();
  storage: Storage;
  /** What is to be called after more than 5 s: the test says when. */
  private readonly later: (() => void)[] = [];
  stale = 0;
  forgotten = 0;

  constructor(
    browser: BrowserStorage,
    private readonly folder: string,
    private readonly watch?: Watch,
    private readonly memory = browser.memory,
  ) {
    this.secrets = new PageSecrets(browser);
    this.storage = this.startHost();
  }

  /** Ends the extension host without a word, as a crash does, and starts another in the same page. */
  restartHost(): void {
    this.storage.dispose();
    this.storage = this.startHost();
  }

  async begin(): Promise<this> {
    await this.storage.begin();
    return this;
  }

  /** Lets the longer waits end. */
  waitLong(): void {
    for (const callback of this.later.splice(0)) callback();
  }

  async value(key: string): Promise<unknown> {
    const stored = await this.storage.secrets.get(key);
    return stored.kind === 'value' ? stored.value : undefined;
  }

  private readonly clock: Clock = {
    ...systemClock,
    after: (ms, callback) => {
      if (ms <= 5000) return systemClock.after(ms, callback);
      this.later.push(callback);
      return () => {
        if (this.later.includes(callback)) this.later.splice(this.later.indexOf(callback), 1);
      };
    },
  };

  private startHost(): Storage {
    const { memory, folder, secrets, log, watch } = this;
    const parts = { secrets, folder, pages: memory, clock: this.clock, log };
    const storage = createStorage({ ...parts, ...(watch && { watch }) });
    storage.onDidStayStale(() => (this.stale += 1));
    storage.onDidForget(() => (this.forgotten += 1));
    return storage;
  }
}

describe('Storage of a served VS Code', () => {
  let folder: string;
  let browser: BrowserStorage;
  let pages: Page[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'box-authentication-served-'));
    browser = new BrowserStorage();
    pages = [];
  });

  afterEach(() => {
    for (const { storage } of pages) storage.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  const open = async (inBrowser = browser, inFolder = folder, watch?: Watch): Promise<Page> => {
    const page = new Page(inBrowser, inFolder, watch);
    pages.push(page);
    return page.begin();
  };
  /** Opens two pages at once, which know nothing yet of what the other notes in the browser. */
  const openAtOnce = async (memories: readonly [Memory, Memory]): Promise<readonly Page[]> => {
    const both = memories.map((memory) => new Page(browser, folder, undefined, memory));
    pages.push(...both);
    return Promise.all(both.map((page) => page.begin()));
  };
  const close = (page: Page): void => {
    page.storage.dispose();
    pages = pages.filter((each) => each !== page);
  };
  const seen = async (page: Page, key: string, value: unknown): Promise<void> => {
    await eventually(async () => isDeepStrictEqual(await page.value(key), value));
  };

  it('S2: a page that was open before learns of what another stores, however long the folder’s path is', async () => {
    const long = join(folder, 'a'.repeat(60), 'b'.repeat(60));
    mkdirSync(long, { recursive: true });
    const [second, first] = [await open(browser, long), await open(browser, long)];
    const changed: string[] = [];
    second.storage.secrets.onDidChange(({ key }) => changed.push(key));
    await first.storage.secrets.write('session/1', { pair: 1 });
    await eventually(() => changed.includes('session/1'));
    assert.deepEqual(await second.value('session/1'), { pair: 1 });
    await second.storage.secrets.write('session/1', { pair: 2 });
    await seen(first, 'session/1', { pair: 2 });
    await first.storage.secrets.delete('session/1');
    await seen(second, 'session/1', undefined);
  });

  it('S3: a host that starts again in an old page takes what the others have, not what its page has', async () => {
    const first = await open();
    await first.storage.secrets.write('session/1', { pair: 'old' });
    const second = await open();
    second.storage.dispose();
    await first.storage.secrets.write('session/1', { pair: 'new' });
    second.restartHost();
    assert.deepEqual(await second.value('session/1'), { pair: 'new' });
    await second.storage.secrets.write('session/2', { pair: 'other' });
    assert.match([...browser.secrets.values()].join(), /"new"/);
  });

  it('gives and stores nothing while nobody has the newest, and takes what there is after the reload', async () => {
    const first = await open();
    await first.storage.secrets.write('session/1', { pair: 'old' });
    const old = await open();
    old.storage.dispose();
    await first.storage.secrets.write('session/1', { pair: 'new' });
    close(first);
    old.restartHost();
    await old.begin();
    const waiting = [old.value('session/1'), old.storage.secrets.prepare(), old.storage.untilCurrent()];
    await assert.rejects(old.storage.secrets.write('session/2', {}), StaleWindowError);
    assert.equal(old.storage.isStale(), true);
    assert.equal(old.stale, 0, 'another window may only be reloading');
    old.waitLong();
    assert.equal(old.stale, 1);
    for (const each of waiting) await assert.rejects(each, StaleWindowError);
    await assert.rejects(old.value('session/1'), StaleWindowError);
    // The browser's storage is lost besides: what the page finds after the reload is all there is.
    browser.secrets = new Map(old.secrets.values);
    await old.storage.prepareReload();
    close(old);
    const reloaded = await open();
    assert.deepEqual(await reloaded.value('session/1'), { pair: 'old' });
    await reloaded.storage.secrets.write('session/2', { pair: 2 });
    assert.equal(reloaded.storage.isStale(), false);
  });

  it('only an activation after that button takes what is stored as all there is', async () => {
    const first = await open();
    await first.storage.secrets.write('session/1', { pair: 'old' });
    const before = browser.secrets;
    await first.storage.secrets.write('session/1', { pair: 'new' });
    close(first);
    browser.secrets = before;
    for (let time = 0; time < 2; time++) {
      const reloaded = await open();
      reloaded.waitLong();
      await assert.rejects(reloaded.value('session/1'), StaleWindowError);
      close(reloaded);
    }
  });

  it('a damaged value does not make the page’s view old where nobody has a good one', async () => {
    const first = await open();
    await first.storage.secrets.write('session/1', { pair: 1 });
    await first.storage.secrets.write('session/2', { pair: 2 });
    close(first);
    browser.secrets = new Map([...browser.secrets, ['session/1', '{"version":2,"revi']]);
    const reloaded = await open();
    assert.equal(reloaded.storage.isStale(), false);
    assert.deepEqual(await reloaded.value('session/2'), { pair: 2 });
    const damaged = await reloaded.storage.secrets.get('session/1');
    assert.equal(damaged.kind, 'damaged');
    await reloaded.storage.secrets.setAside('session/1', damaged);
    await reloaded.storage.secrets.write('session/3', { pair: 3 });
    assert.deepEqual(await reloaded.value('session/3'), { pair: 3 });
  });

  it('a page with a good value keeps it, and gives it to one where it is damaged', async () => {
    const good = await open();
    await good.storage.secrets.write('session/1', { pair: 1 });
    browser.secrets = new Map([...browser.secrets, ['session/1', '{"version":2,"revi']]);
    const other = await open();
    assert.deepEqual(await other.value('session/1'), { pair: 1 });
  });

  it('a page whose view is old goes on as soon as somebody has the newest', async () => {
    const first = await open();
    await first.storage.secrets.write('session/1', { pair: 'old' });
    const old = await open();
    old.storage.dispose();
    await first.storage.secrets.write('session/1', { pair: 'new' });
    first.storage.dispose();
    old.restartHost();
    await old.begin();
    assert.equal(old.storage.isStale(), true);
    const waiting = old.value('session/1');
    first.restartHost();
    await first.begin();
    assert.deepEqual(await waiting, { pair: 'new' });
    assert.equal(old.storage.isStale(), false);
    assert.equal(old.stale, 0);
  });

  it('two browsers on one server disturb each other in nothing', async () => {
    const other = new BrowserStorage();
    const [mine, theirs] = [await open(), await open(other)];
    await mine.storage.secrets.write('session/1', { of: 'mine' });
    await theirs.storage.secrets.write('session/2', { of: 'theirs' });
    await mine.storage.secrets.delete('session/1');
    await theirs.storage.secrets.write('session/2', { of: 'theirs', more: true });
    const late = await open(other);
    assert.deepEqual(await late.value('session/2'), { of: 'theirs', more: true });
    assert.equal(await mine.value('session/2'), undefined);
    assert.deepEqual([mine.stale, theirs.stale, late.stale, late.forgotten], [0, 0, 0, 0]);
  });

  it('S13: polls where files cannot be watched', async () => {
    const noWatch: Watch = () => {
      throw Object.assign(new Error('no space left for watchers'), { code: 'ENOSPC' });
    };
    const [first, second] = [await open(), await open(browser, folder, noWatch)];
    await first.storage.secrets.write('session/1', { pair: 1 });
    await eventually(() => second.secrets.keysBelow('session/').length === 1);
  });

  it('P5: says once that the browser forgot its secrets', async () => {
    const first = await open();
    await first.storage.secrets.write('session/1', { pair: 1 });
    close(first);
    browser.secrets = new Map();
    const empty = await open();
    assert.equal(empty.forgotten, 1);
    close(empty);
    assert.equal((await open()).forgotten, 0);
    browser.clear();
    const cleared = await open();
    assert.equal(cleared.forgotten, 1);
    assert.equal((await open()).forgotten, 0);
  });

  it('gives numbers to what an earlier version stored, in one page, and the other takes them', async () => {
    browser.secrets = new Map([['session/1', JSON.stringify({ revision: 5, version: 1, pair: 'kept' })]]);
    const [first, second] = [await open(), await open()];
    assert.deepEqual(await first.value('session/1'), { pair: 'kept' });
    assert.deepEqual(await second.value('session/1'), { pair: 'kept' });
    await second.storage.secrets.delete('session/1');
    await seen(first, 'session/1', undefined);
    close(first);
    close(second);
    assert.equal(await (await open()).value('session/1'), undefined);
  });

  it('pages that were opened at once know each other, although VS Code gives each the other’s id', async () => {
    const memories = [new BrowserStorage().memory, new BrowserStorage().memory] as const;
    const [first, second] = await openAtOnce(memories);
    assert.ok(first && second);
    const [mine, theirs] = memories.map((memory) => memory.get('browserId'));
    assert.notEqual(mine, theirs);
    await memories[0].update('browserId', theirs);
    await memories[1].update('browserId', mine);
    await first.storage.secrets.write('session/1', { pair: 1 });
    await eventually(() => second.secrets.keysBelow('session/').length === 1);
  });

  it('pages that were opened at once make one store of what an earlier version stored', async () => {
    browser.secrets = new Map([['session/1', JSON.stringify({ revision: 5, version: 1, pair: 'kept' })]]);
    const [first, second] = await openAtOnce([new BrowserStorage().memory, new BrowserStorage().memory]);
    assert.ok(first && second);
    assert.equal((await storeIds(folder)).length, 1);
    await first.storage.secrets.write('session/1', { pair: 'new' });
    await seen(second, 'session/1', { pair: 'new' });
  });

  it('keeps in memory what comes while the folder cannot be read, and stores it afterwards', async () => {
    const page = await open();
    await page.storage.secrets.write('session/1', { pair: 1 });
    const index = join(folder, 'stores');
    renameSync(index, `${index}.aside`);
    writeFileSync(index, '');
    await page.storage.secrets.write('session/1', { pair: 2 });
    assert.deepEqual(await page.value('session/1'), { pair: 2 });
    assert.equal(page.storage.secrets.isSaved('session/1'), false);
    rmSync(index);
    renameSync(`${index}.aside`, index);
    await eventually(() => page.storage.secrets.isSaved('session/1'));
    assert.deepEqual(await (await open()).value('session/1'), { pair: 2 });
  });

  it('a host that began while SecretStorage failed follows the other pages once that works again', async () => {
    const first = await open();
    await first.storage.secrets.write('session/1', { pair: 1 });
    const second = new Page(browser, folder);
    pages.push(second);
    for (const operation of ['get', 'keys'] as const) second.secrets.fail(operation);
    await second.begin();
    second.secrets.heal();
    await first.storage.secrets.write('session/1', { pair: 2 });
    await seen(second, 'session/1', { pair: 2 });
    assert.deepEqual([second.stale, second.forgotten], [0, 0]);
  });

  it('does not store over what another page has stored while this one could store nothing', async () => {
    // A page that has not been told of what the other stores.
    const unaware: Watch = () => ({ dispose: () => undefined });
    const [first, second] = [await open(browser, folder, unaware), await open()];
    await first.storage.secrets.write('session/1', { pair: 1 });
    await seen(second, 'session/1', { pair: 1 });
    first.secrets.fail('store');
    await first.storage.secrets.write('session/1', { pair: 2 });
    await second.storage.secrets.write('session/1', { pair: 3 });
    first.secrets.heal();
    await eventually(() => first.storage.secrets.isSaved('session/1'));
    for (const page of [first, second]) await seen(page, 'session/1', { pair: 3 });
  });

  it('takes what it brings late of another page for no write of its own', async () => {
    const [first, second] = [await open(), await open()];
    await first.storage.secrets.write('session/0', { pair: 0 });
    await seen(second, 'session/0', { pair: 0 });
    let answer = (): void => undefined;
    const gate = new Promise<void>((resolve) => (answer = resolve));
    let isBringing = false;
    second.secrets.intercept = async (operation, key) => {
      if (operation !== 'store' || key !== 'session/1') return;
      isBringing = true;
      await gate;
    };
    await first.storage.secrets.write('session/1', { pair: 1 });
    await eventually(() => isBringing);
    const writing = second.storage.secrets.write('session/1', { pair: 2 });
    await eventually(() => {
      second.waitLong();
      return !second.storage.secrets.isSaved('session/1');
    });
    await writing;
    answer();
    await eventually(() => second.storage.secrets.isSaved('session/1'));
    for (const page of [first, second]) await seen(page, 'session/1', { pair: 1 });
  });

  for (const [does, value] of [
    ['stored', { pair: 3 }],
    ['deleted', undefined],
  ] as const) {
    it(`a page that was frozen while it stored does not undo what another has ${does} meanwhile`, async () => {
      const [frozen, other] = [await open(), await open()];
      await frozen.storage.secrets.write('session/1', { pair: 1 });
      await seen(other, 'session/1', { pair: 1 });
      let thaw = (): void => undefined;
      const thawed = new Promise<void>((resolve) => (thaw = resolve));
      let isFrozen = false;
      frozen.secrets.intercept = async (operation) => {
        isFrozen ||= operation === 'store';
        if (isFrozen) await thawed;
      };
      /** Waits for something that takes no longer than the frozen page is waited for. */
      const inTime = async (work: Promise<void>): Promise<void> => {
        let isDone = false;
        const done = work.finally(() => (isDone = true));
        await eventually(() => {
          frozen.waitLong();
          return isDone;
        });
        await done;
      };
      const writing = frozen.storage.secrets.write('session/1', { pair: 2 });
      await eventually(() => isFrozen);
      await inTime(writing);
      const { secrets } = other.storage;
      await inTime(value === undefined ? secrets.delete('session/1') : secrets.write('session/1', value));
      assert.equal(frozen.storage.secrets.isSaved('session/1'), false);
      const isLate = new Promise((resolve) => frozen.secrets.onDidChange(resolve));
      frozen.secrets.heal();
      thaw();
      await isLate;
      await eventually(() => frozen.storage.secrets.isSaved('session/1'));
      await frozen.storage.idle();
      for (const page of [frozen, other]) await seen(page, 'session/1', value);
      await seen(await open(), 'session/1', value);
    });
  }

  it('leaves no file of a host that has ended', async () => {
    const first = await open();
    await first.storage.secrets.write('session/1', { pair: 1 });
    mkdirSync(join(folder, 'hosts'), { recursive: true });
    const dead = { socket: join(folder, 'nobody'), browsers: ['x'], store: (await storeIds(folder))[0] };
    writeFileSync(join(folder, 'hosts', 'dead.json'), JSON.stringify(dead));
    const second = await open();
    second.storage.dispose();
    await first.storage.secrets.write('session/1', { pair: 2 });
    second.restartHost();
    assert.deepEqual(await second.value('session/1'), { pair: 2 });
    assert.ok(!readdirSync(join(folder, 'hosts')).includes('dead.json'));
  });
});

function storeIds(folder: string): Promise<string[]> {
  return Promise.resolve(
    readdirSync(join(folder, 'stores'))
      .filter((name) => name.endsWith('.json'))
      .map((name) => name.replace('.json', '')),
  );
}
