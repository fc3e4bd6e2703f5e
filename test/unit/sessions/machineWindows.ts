import assert from 'node:assert/strict';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isLive, type SessionRecord } from '../../../src/sessions/sessionRecord';
import type { EmulatedBox } from '../support/emulatedBox';
import { type News, OpenWindow } from './openWindow';
import type { SharedMachine } from './sessionWindow';
import type { Wire } from './wire';

/** How long a change may take to be seen in every window, in real ms. */
const NEWS_MS = 3000;
/** How long what a window has asked of the file system may take, in real ms. */
const BREATH_MS = 10;

/** The windows of one machine, which are closed and opened again. */
export class MachineWindows {
  private readonly windows: OpenWindow[];
  private readonly former: OpenWindow[] = [];

  constructor(
    count: number,
    private readonly shared: SharedMachine,
    private readonly news: News,
    private readonly box: EmulatedBox,
    private readonly wire: Wire,
  ) {
    this.windows = Array.from({ length: count }, () => this.open());
  }

  /** Those that are open. */
  get all(): readonly OpenWindow[] {
    return this.windows;
  }

  /** Those that are open and those that were closed. */
  get ever(): readonly OpenWindow[] {
    return [...this.windows, ...this.former];
  }

  /** The window of a number; there is one for every number. */
  at(index: number): OpenWindow {
    const open = this.windows[index % this.windows.length];
    assert.ok(open !== undefined);
    return open;
  }

  /** Closes a window, with whatever it does, and opens it again. */
  reopen(index: number): void {
    this.close(this.at(index));
    this.windows[index % this.windows.length] = this.open();
  }

  /** Closes all and removes what they had. */
  remove(): void {
    for (const each of this.windows) this.close(each);
    for (const each of this.former) each.remove();
  }

  /** Resolves when no window refreshes anything. */
  async idle(): Promise<void> {
    await Promise.all(this.windows.map(({ window }) => window.refresher.idle()));
  }

  /** Removes a dead window's locks, as others do when they have looked at them for some seconds. */
  async takeLocksOver(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, BREATH_MS));
    const locks = join(this.shared.folder, 'locks');
    for (const name of readdirSync(locks)) rmSync(join(locks, name), { force: true });
  }

  /** What a window that is opened now finds, once every other sees the same. */
  async agreed(): Promise<ReadonlyMap<string, SessionRecord>> {
    const reader = this.open();
    const records = await reader.window.book.all();
    this.close(reader);
    const expected = records.map(digest).sort();
    const end = Date.now() + NEWS_MS;
    for (const [index, { window, told }] of this.windows.entries()) {
      await window.book.load();
      const seen = (): string[] => window.book.known().map(digest).sort();
      while (Date.now() < end && seen().join() !== expected.join()) {
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      assert.deepEqual(seen(), expected, `window ${index} does not see what is stored`);
      const live = records.filter(isLive).map(({ id, pair }): [string, string] => [id, pair.accessToken]);
      assert.deepEqual([...told].sort(), live.sort(), `window ${index} told VS Code something else`);
    }
    return new Map(records.map((record) => [record.id, record]));
  }

  private open(): OpenWindow {
    return new OpenWindow(this.shared, this.news, this.box, this.wire);
  }

  private close(window: OpenWindow): void {
    window.close();
    this.former.push(window);
  }
}

function digest({ id, pair, ended }: SessionRecord): string {
  return [id, pair?.accessToken, pair?.refreshToken, ended].join(' ');
}
