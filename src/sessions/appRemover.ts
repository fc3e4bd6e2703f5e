import type { AppSecrets } from '../apps/appSecrets';
import type { PendingRevocations } from './pendingRevocations';
import type { SessionBook } from './sessionBook';
import type { SessionEnder } from './sessionEnder';

/** What removing an app needs from outside. */
export interface AppRemoverDependencies {
  readonly book: SessionBook;
  readonly ender: SessionEnder;
  readonly revocations: PendingRevocations;
  readonly appSecrets: AppSecrets;
}

/** Takes an app out of use. */
export class AppRemover {
  constructor(private readonly dependencies: AppRemoverDependencies) {}

  /**
   * Signs out every session of the app, and forgets its client secret. While Box has not confirmed a revocation the
   * secret is kept, because revoking needs it; it is forgotten with the last one.
   */
  async remove(clientId: string): Promise<void> {
    const { book, ender, appSecrets } = this.dependencies;
    const sessions = await book.ofApp(clientId);
    await Promise.all(sessions.map(({ id }) => ender.signOut(id)));
    await appSecrets.markRemoved(clientId);
    await this.forgetRemoved();
  }

  /** Forgets the secrets of removed apps that nothing is pending for. */
  async forgetRemoved(): Promise<void> {
    const { revocations, appSecrets } = this.dependencies;
    const needed = new Set([...(await revocations.pending()).values()].map(({ clientId }) => clientId));
    for (const clientId of await appSecrets.removed()) {
      if (!needed.has(clientId)) await appSecrets.forget(clientId);
    }
  }
}
