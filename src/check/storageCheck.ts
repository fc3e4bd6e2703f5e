import { randomUUID } from 'node:crypto';
import { mkdir, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BoxApp } from '../apps/app';
import type { Clock } from '../common/clock';
import type { Sessions } from '../sessions/module';
import { SecretStorageError, StaleWindowError } from '../storage/errors';
import type { Storage } from '../storage/module';
import type { StoreIndex } from '../storage/store/storeIndex';
import { notChecked, ok, problem, unknown, warning, type Finding } from './finding';

/** Dependencies of {@link StorageCheck}. */
export interface StorageCheckDependencies {
  readonly storage: Pick<Storage, 'folder' | 'isStale'>;
  readonly index: Pick<StoreIndex, 'storeIds' | 'usedAt'>;
  readonly sessions: Pick<Sessions, 'store' | 'revocations'>;
  /** Whether the editor is a page in a browser, where each has its own copy of what is stored. */
  readonly isServed: boolean;
  readonly clock: Pick<Clock, 'now'>;
}

const DAY_MS = 24 * 3_600_000;

/** Looks at what keeps sessions and secrets, and at what is still to be revoked. */
export class StorageCheck {
  constructor(private readonly dependencies: StorageCheckDependencies) {}

  /** A line for each part of it. */
  async run({ clientId }: BoxApp): Promise<readonly Finding[]> {
    return [...(await this.stored(clientId)), await this.folder(), await this.windows()];
  }

  private async stored(clientId: string): Promise<readonly Finding[]> {
    const { store, revocations } = this.dependencies.sessions;
    try {
      const unsaved = (await store.all()).filter(({ id }) => !store.isSaved(id));
      const waiting = [...(await revocations.pending()).values()].filter((one) => one.clientId === clientId);
      return [
        unsaved.length === 0
          ? ok('secretStorage', 'secrets_readable')
          : problem('secretStorage', 'sessions_unsaved', { count: unsaved.length }),
        waiting.length === 0
          ? ok('revocations', 'revocations_none')
          : warning('revocations', 'revocations_waiting', { count: waiting.length }),
      ];
    } catch (error) {
      if (!(error instanceof SecretStorageError || error instanceof StaleWindowError)) throw error;
      return [
        problem('secretStorage', 'secrets_failing', { code: error.code }),
        ...notChecked('secretStorage', 'revocations'),
      ];
    }
  }

  /** The shared folder holds locks and marks: without it windows do not know of each other. */
  private async folder(): Promise<Finding> {
    const { folder } = this.dependencies.storage;
    const file = join(folder, `check-${randomUUID()}`);
    try {
      await mkdir(folder, { recursive: true });
      await writeFile(file, '', { flag: 'wx', mode: 0o600 });
      await unlink(file);
      return ok('folder', 'folder_writable');
    } catch (error) {
      const { code: systemCode = 'unknown' } = error as NodeJS.ErrnoException;
      return problem('folder', 'folder_failing', { systemCode });
    }
  }

  private async windows(): Promise<Finding> {
    const { storage, index, isServed, clock } = this.dependencies;
    if (storage.isStale()) return problem('windows', 'windows_stale');
    if (isServed) return ok('windows', 'windows_share_in_browser');
    const used = await Promise.all((await index.storeIds()).map((id) => index.usedAt(id)));
    const stores = used.filter((usedAt) => usedAt >= clock.now() - DAY_MS).length;
    if (stores === 0) return unknown('windows', 'windows_untold');
    return stores === 1 ? ok('windows', 'windows_share') : warning('windows', 'windows_apart', { stores });
  }
}
