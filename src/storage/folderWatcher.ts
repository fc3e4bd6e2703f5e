import { watch, type FSWatcher } from 'node:fs';
import { mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../common/clock';
import type { Disposable } from '../common/emitter';

/** How often a folder is looked at that cannot be watched, in ms. */
const POLL_MS = 1000;

/** Watches a folder, as `node:fs` does. Throws where that cannot be done. */
export type Watch = (folder: string, changed: () => void, failed: () => void) => Disposable;

const systemWatch: Watch = (folder, changed, failed) => {
  const watcher: FSWatcher = watch(folder, { persistent: false }, changed);
  watcher.on('error', () => {
    watcher.close();
    failed();
  });
  return {
    dispose: () => {
      watcher.close();
    },
  };
};

/** Calls back when the files of a folder may have changed. Where the system cannot watch it, it is looked at each second. */
export class FolderWatcher implements Disposable {
  private isDisposed = false;
  private stop = (): void => undefined;
  private seen = '';

  constructor(
    private readonly folder: string,
    private readonly changed: () => void,
    private readonly clock: Clock,
    private readonly watch: Watch = systemWatch,
  ) {}

  /** Begins. Never fails. */
  async begin(): Promise<void> {
    try {
      await mkdir(this.folder, { recursive: true, mode: 0o700 });
      if (this.isDisposed) return;
      const watcher = this.watch(this.folder, this.changed, () => {
        this.poll();
      });
      this.stop = () => {
        watcher.dispose();
      };
    } catch {
      this.poll();
    }
  }

  dispose(): void {
    this.isDisposed = true;
    this.stop();
  }

  private poll(): void {
    if (this.isDisposed) return;
    this.stop = this.clock.after(POLL_MS, () => {
      void this.look().finally(() => {
        this.poll();
      });
    });
  }

  private async look(): Promise<void> {
    const names = await readdir(this.folder).catch(() => []);
    const states = await Promise.all(
      names.map(async (name) => {
        const found = await stat(join(this.folder, name)).catch(() => undefined);
        return `${name} ${found?.mtimeMs ?? 0} ${found?.ino ?? 0}`;
      }),
    );
    const seen = states.sort().join('\n');
    if (seen === this.seen || this.isDisposed) return;
    this.seen = seen;
    this.changed();
  }
}
