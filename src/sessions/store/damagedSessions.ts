import { Emitter } from '../../common/emitter';
import type { Log } from '../../common/log';
import type { SetAside } from '../../storage/recordStore';
import type { PendingRevocations, RevocationRequest } from '../tokens/pendingRevocations';
import type { RevocationSender } from '../tokens/revocationSender';
import type { DamagedRemoval } from './damagedRemoval';
import { SESSION_KIND } from './sessionRecord';

/** Dependencies of {@link DamagedSessions}. */
export interface DamagedSessionsDependencies {
  readonly secrets: SetAside;
  readonly revocations: PendingRevocations;
  readonly loadSender: () => Promise<Pick<RevocationSender, 'send'>>;
  readonly log: Log;
}

/** A record of a session that could not be read and was set aside. */
export interface DamagedSession {
  /** Its SecretStorage key. */
  readonly key: string;
  /** What ends its tokens at Box; undefined where not enough of it can be read. */
  readonly revocation: RevocationRequest | undefined;
}

/** Records of sessions that were set aside because they are damaged: their tokens may still work at Box. */
export class DamagedSessions {
  private readonly change = new Emitter<undefined>();

  /** Fires when a record was set aside. */
  readonly onDidSetAside = this.change.event;

  constructor(private readonly dependencies: DamagedSessionsDependencies) {
    dependencies.secrets.onDidSetAside(({ key }) => {
      if (key.startsWith(`${SESSION_KIND.prefix}/`)) this.change.fire(undefined);
    });
  }

  /** Those that are kept. Throws what SecretStorage throws. */
  async all(): Promise<readonly DamagedSession[]> {
    const texts = await this.dependencies.secrets.setAsideTexts(`${SESSION_KIND.prefix}/`);
    if (texts.size === 0) return [];
    const { readRevocation } = await import('./damagedRecord');
    return [...texts].map(([key, text]) => ({ key, revocation: readRevocation(text) }));
  }

  /**
   * Removes them, and revokes the tokens that can still be read, now or later. Throws what SecretStorage throws.
   * @param clientId only those of this app; all unless given.
   */
  async remove(clientId?: string): Promise<DamagedRemoval> {
    const { removeDamaged } = await import('./damagedRemoval');
    const some = (await this.all()).filter(
      ({ revocation }) => clientId === undefined || revocation?.clientId === clientId,
    );
    return removeDamaged(some, this.dependencies);
  }
}
