import { Emitter } from '../../common/emitter';
import type { Memory } from '../../storage/memory';
import type { SessionRecord } from './sessionRecord';
import { accountsOf, type AccountReference } from './sessionSelection';

const KEY = 'preferredAccount';

/** The account that the person prefers for the status bar and for commands, when there are several. */
export class PreferredAccount {
  private readonly change = new Emitter<undefined>();

  /** Fires when another account is preferred. */
  readonly onDidChange = this.change.event;

  constructor(private readonly memory: Memory) {}

  /** The preferred account among those of the sessions; undefined where none is preferred or it is gone. */
  among(sessions: readonly SessionRecord[]): AccountReference | undefined {
    const id = this.memory.get(KEY);
    return accountsOf(sessions).find((account) => account.id === id);
  }

  /** Prefers an account, or none. */
  async set(accountId: string | undefined): Promise<void> {
    await this.memory.update(KEY, accountId);
    this.change.fire(undefined);
  }
}
