import { chmod, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Disposable } from '../common/emitter';
import { errorText } from '../common/errorText';
import type { Log } from '../common/log';
import { isLive } from '../sessions/store/sessionRecord';
import { accountsOf } from '../sessions/store/sessionSelection';
import type { SessionStore } from '../sessions/store/sessionStore';
import type { AccessCounts } from './accessCounts';
import type { Consents, Wish } from './consents';
import { TerminalError } from './errors';
import type { TerminalKeys } from './terminalKeys';
import type { TokenServer } from './tokenServer';

/** Dependencies of {@link TerminalHost}. */
export interface TerminalHostDependencies {
  readonly store: Pick<SessionStore, 'known' | 'onDidChange'>;
  readonly keys: TerminalKeys;
  readonly consents: Consents;
  readonly counts: AccessCounts;
  readonly server: TokenServer;
  /** Finds an address and begins to listen there. Throws what the system throws. */
  readonly listen: () => Promise<string>;
  /** The folder of `box-token`. */
  readonly programs: string;
  readonly log: Log;
}

/** What programs in terminals may do with an account in this window. */
export interface AccountAccess {
  /** How many tokens they were given. */
  readonly given: number;
  /** Whether some may have more without a question. */
  readonly isAllowed: boolean;
  /** What was denied. */
  readonly denials: readonly Wish[];
}

/** This window’s side of `box-token`: where programs find it, who they are, and what they may have. */
export class TerminalHost implements Disposable {
  private readonly subscription: Disposable;
  private windowKey: string | undefined;
  private address: string | undefined;

  constructor(private readonly dependencies: TerminalHostDependencies) {
    const { store, consents, keys, counts } = dependencies;
    this.subscription = store.onDidChange(({ removed }) => {
      for (const { id } of accountsOf(removed)) {
        if (store.known().some((session) => session.account.id === id && isLive(session))) continue;
        consents.end(id, 'signed_out');
        keys.endGrants(id);
        counts.clear(id);
      }
    });
  }

  /** Begins to answer programs. @throws TerminalError `no_server` */
  async open(): Promise<void> {
    try {
      this.address = await this.dependencies.listen();
    } catch (cause) {
      throw new TerminalError('no_server', String(cause), { cause });
    }
    await this.makeExecutable();
  }

  /** Where this window is asked. */
  get addressOfWindow(): string {
    return this.address ?? '';
  }

  /** The key for all terminals of this window. */
  keyOfWindow(): string {
    return (this.windowKey ??= this.dependencies.keys.issue());
  }

  /** A key for a terminal that the person opens for an account, which is the consent for it. */
  keyFor(accountId: string): string {
    const key = this.dependencies.keys.issue(accountId);
    this.dependencies.counts.touch();
    return key;
  }

  /** A key for a terminal of which the person knows nothing: they are asked. */
  keyToAskWith(): string {
    return this.dependencies.keys.issue();
  }

  /** What programs may do with an account. */
  accessTo(accountId: string): AccountAccess {
    const { consents, keys, counts } = this.dependencies;
    return {
      given: counts.of(accountId),
      isAllowed: consents.allows(accountId) || keys.hasGrant(accountId),
      denials: consents.denials(accountId),
    };
  }

  /** The person is asked again about what was denied of an account. */
  askAgain(accountId: string): void {
    this.dependencies.consents.forgetDenials(accountId);
  }

  /** Programs in the terminals that are open now get nothing any more. */
  stop(): void {
    const { consents, keys, counts, server, log } = this.dependencies;
    keys.clear();
    this.windowKey = undefined;
    consents.end();
    server.hangUp();
    counts.clear();
    log.info('Stopped the access of terminals to Box');
  }

  /** Programs can ask only in terminals that were opened for an account. */
  dropWindowKey(): void {
    if (this.windowKey !== undefined) this.dependencies.keys.drop(this.windowKey);
    this.windowKey = undefined;
    this.dependencies.consents.end();
  }

  dispose(): void {
    this.subscription.dispose();
    this.dependencies.server.close();
  }

  /** A tool that unpacks the extension may lose the permission. */
  private async makeExecutable(): Promise<void> {
    if (process.platform === 'win32') return;
    const { programs, log } = this.dependencies;
    const file = join(programs, 'box-token');
    try {
      if (((await stat(file)).mode & 0o111) !== 0o111) await chmod(file, 0o755);
    } catch (error) {
      log.warn(`box-token cannot be made executable: ${errorText(error)}`);
    }
  }
}
