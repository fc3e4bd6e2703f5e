import { Emitter } from '../../common/emitter';
import type { SessionStore } from '../store/sessionStore';
import { isLive, type LiveSession } from '../store/sessionRecord';

/** Tells which of the changed sessions have another access token than before. */
export class TokenChanges {
  /** The token last seen of each session, those that ended since included. */
  private readonly tokens = new Map<string, string>();
  private readonly change = new Emitter<LiveSession>();

  /** Fires for each session that was there before and has another token now. */
  readonly onDidChange = this.change.event;

  constructor(store: SessionStore) {
    for (const session of store.known()) if (isLive(session)) this.see(session);
    store.onDidChange(({ added, changed, loaded = [] }) => {
      for (const session of [...added, ...changed, ...loaded]) this.see(session);
    });
  }

  private see(session: LiveSession): void {
    const before = this.tokens.get(session.id);
    this.tokens.set(session.id, session.pair.accessToken);
    if (before !== undefined && before !== session.pair.accessToken) this.change.fire(session);
  }
}
