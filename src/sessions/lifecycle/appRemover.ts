import type { AppSecrets } from '../../apps/appSecrets';
import type { ChildTokens } from '../downscoped/childTokens';
import type { DamagedSessions } from '../store/damagedSessions';
import type { PendingRevocations } from '../tokens/pendingRevocations';
import type { SessionStore } from '../store/sessionStore';
import type { SignOut, SignedOut } from './signOut';
import { isLive } from '../store/sessionRecord';

/** Dependencies of {@link AppRemover}. */
export interface AppRemoverDependencies {
  readonly store: SessionStore;
  readonly signOut: SignOut;
  readonly revocations: PendingRevocations;
  readonly children: ChildTokens;
  readonly damaged: DamagedSessions;
  readonly appSecrets: AppSecrets;
}

/** Takes an app out of use. */
export class AppRemover {
  constructor(private readonly dependencies: AppRemoverDependencies) {}

  /**
   * Signs out every session of the app, those that are damaged included, and forgets its client secret. While Box has
   * not confirmed a revocation the secret is kept, because revoking needs it; it is forgotten with the last one.
   * @returns the sessions that were signed out
   */
  async remove(clientId: string): Promise<readonly SignedOut[]> {
    const { store, signOut, damaged, appSecrets } = this.dependencies;
    const sessions = await store.ofApp(clientId);
    const signedOut = await Promise.all(
      sessions.map(async (session) => ({ session, outcome: await signOut.run(session.id) })),
    );
    await damaged.remove(clientId);
    await appSecrets.markRemoved(clientId);
    if (!(await this.forgetRemoved())) void this.forgetWhenIdle();
    return signedOut;
  }

  /**
   * Forgets the secrets of removed apps that nothing is pending for, and that nobody is signed in with again.
   * @returns whether no removed app is left.
   */
  async forgetRemoved(): Promise<boolean> {
    const { store, revocations, children, appSecrets } = this.dependencies;
    // In this order: an app is marked once its revocations are stored.
    const removed = await appSecrets.removed();
    if (removed.length === 0) return true;
    const ofPending = [...(await revocations.pending()).values()].map(({ clientId }) => clientId);
    const needed = new Set([...ofPending, ...(await children.clientIds())]);
    let isNoneLeft = true;
    for (const clientId of removed) {
      const isUsed = needed.has(clientId) || (await store.ofApp(clientId)).some(isLive);
      if (isUsed) isNoneLeft = false;
      else await appSecrets.forgetRemoved(clientId);
    }
    return isNoneLeft;
  }

  private async forgetWhenIdle(): Promise<void> {
    const { signOut, children } = this.dependencies;
    await signOut.idle();
    await children.idle();
    // Whoever sends again what is left forgets them too.
    await this.forgetRemoved().catch(() => undefined);
  }
}
