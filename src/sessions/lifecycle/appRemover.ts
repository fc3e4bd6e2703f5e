import type { BoxApp } from '../../apps/app';
import type { AppSecrets } from '../../apps/appSecrets';
import type { BoxBaseUrls } from '../../box/endpoints';
import type { ChildTokens } from '../downscoped/childTokens';
import type { DamagedSessions } from '../store/damagedSessions';
import type { PendingRevocations } from '../tokens/pendingRevocations';
import { isOfApp } from '../store/sessionSelection';
import type { SessionStore } from '../store/sessionStore';
import type { SignOut, SignedOut } from './signOut';

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
   * Signs out the sessions of an app.
   * @param isLast whether no other entry has its client ID: every session of that is then signed out, those that are
   * damaged included; else those of its subject alone.
   * @returns the sessions that were signed out
   */
  async signOut(app: BoxApp, isLast: boolean): Promise<readonly SignedOut[]> {
    const { store, signOut, damaged } = this.dependencies;
    const ofClient = await store.ofApp(app.clientId);
    const sessions = ofClient.filter((session) => isLast || isOfApp(session, app));
    const signedOut = await Promise.all(
      sessions.map(async (session) => ({ session, outcome: await signOut.run(session.id) })),
    );
    if (isLast) await damaged.remove(app.clientId);
    return signedOut;
  }

  /**
   * Forgets the secrets of an app that is configured no more. While Box has not confirmed a revocation they are kept,
   * because revoking needs them; they are forgotten with the last one.
   */
  async forget(clientId: string): Promise<void> {
    await this.dependencies.appSecrets.markRemoved(clientId);
    if (!(await this.forgetRemoved())) void this.forgetWhenIdle();
  }

  /**
   * Forgets a client secret that Box refused, unless something still needs it. One that came with a private key is kept:
   * the file that both came from may be gone.
   */
  async forgetRefused(clientId: string, origins: BoxBaseUrls): Promise<void> {
    const { store, appSecrets } = this.dependencies;
    if ((await this.needed()).has(clientId) || (await store.needsSecret(clientId))) return;
    await appSecrets.forgetRefused(clientId, origins);
  }

  /**
   * Forgets the secrets of removed apps that nothing is pending for, and that nobody is signed in with again.
   * @returns whether no removed app is left.
   */
  async forgetRemoved(): Promise<boolean> {
    const { store, appSecrets } = this.dependencies;
    // In this order: an app is marked once its revocations are stored.
    const removed = await appSecrets.removed();
    if (removed.length === 0) return true;
    const needed = await this.needed();
    let isNoneLeft = true;
    for (const clientId of removed) {
      const isUsed = needed.has(clientId) || (await store.needsSecret(clientId));
      if (isUsed) isNoneLeft = false;
      else await appSecrets.forgetRemoved(clientId);
    }
    return isNoneLeft;
  }

  /** Client IDs whose secrets are needed to revoke something. */
  private async needed(): Promise<ReadonlySet<string>> {
    const { revocations, children } = this.dependencies;
    return new Set([...(await revocations.clientIds()), ...(await children.clientIds())]);
  }

  private async forgetWhenIdle(): Promise<void> {
    const { signOut, children } = this.dependencies;
    await signOut.idle();
    await children.idle();
    // Whoever sends again what is left forgets them too.
    await this.forgetRemoved().catch(() => undefined);
  }
}
