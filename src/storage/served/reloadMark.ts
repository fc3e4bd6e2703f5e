import { mkdir, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Notes that a person reloads a window because its view is old, for the activation that follows. */
export class ReloadMark {
  private readonly taken = new Set<string>();

  /** @param folder where the marks are. */
  constructor(private readonly folder: string) {}

  /** Leaves the mark. Never fails. */
  async leave(storeId: string): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 }).catch(() => undefined);
    await writeFile(this.file(storeId), '', { mode: 0o600 }).catch(() => undefined);
  }

  /** Whether the mark was there when this host began: {@link pickUp} has removed it. Counts once. */
  take(storeId: string): boolean {
    return this.taken.delete(storeId);
  }

  /** Takes the mark that was left for this activation, if any. Never fails. */
  async pickUp(storeId: string): Promise<void> {
    await unlink(this.file(storeId)).then(
      () => this.taken.add(storeId),
      () => undefined,
    );
  }

  private file(storeId: string): string {
    return join(this.folder, storeId);
  }
}
