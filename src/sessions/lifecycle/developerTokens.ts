import type { BoxClient } from '../../box/client';
import type { Clock } from '../../common/clock';
import { endpointsOf, type BoxBaseUrls } from '../../box/endpoints';
import type { SessionStore } from '../store/sessionStore';
import { isLive, isRenewable, type LiveSession } from '../store/sessionRecord';
import type { NewSessions } from './newSessions';

/** Life of a developer token in s, counted from when somebody made it (Box guide: tokens/developer-tokens). */
const LIFE_S = 3600;

/** Stands for the app of a developer token, which nobody here can know. */
const APP = { clientId: 'developer-token', name: 'Developer token' } as const;

/** Dependencies of {@link DeveloperTokens}. */
export interface DeveloperTokensDependencies {
  readonly store: SessionStore;
  readonly box: BoxClient;
  readonly newSessions: NewSessions;
  readonly ensureCurrent: () => Promise<void>;
  readonly clock: Clock;
}

/** Developer tokens, which people make in the Developer Console: they end within the hour, and nobody can renew them. */
export class DeveloperTokens {
  constructor(private readonly dependencies: DeveloperTokensDependencies) {}

  /**
   * Checks a token with Box and keeps it until it ends. A newer one of the same user takes its place.
   * @returns the session; its token may end earlier than it says, because Box does not tell how old it is.
   * @throws ApiRefusedError where Box does not accept it; other BoxErrors
   */
  async add(accessToken: string, origins: BoxBaseUrls, signal: AbortSignal): Promise<LiveSession> {
    const { store, box, newSessions, ensureCurrent, clock } = this.dependencies;
    await ensureCurrent();
    const user = await box.currentUser(endpointsOf(origins), accessToken, signal);
    const known = (await store.all()).find(
      (session) => !isRenewable(session) && isLive(session) && session.pair.accessToken === accessToken,
    );
    // Pasted again, it has not become younger.
    const issuedAt = known?.pair?.issuedAt ?? clock.now();
    const pair = { accessToken, expiresIn: LIFE_S, issuedAt };
    return newSessions.add(
      { app: APP, origins, scopes: [], user, pair, credential: 'developerToken' },
      signal,
    );
  }
}
