import type { BoxClient } from '../../box/client';
import { errorText } from '../../common/errorText';
import type { Disposable } from '../../common/emitter';
import { childOf, familyOf, type Child, type ChildKind, type Family } from './childRecord';
import { ChildRevoker } from './childRevoker';
import { ChildStore, type ChildStoreDependencies } from './childStore';
import { childrenSendingLock } from '../store/lockNames';
import type { SessionStore } from '../store/sessionStore';
import { isRenewable, type LiveSession, type TokenPair } from '../store/sessionRecord';
import type { TokenRequests } from '../tokens/tokenRequests';

/** Dependencies of {@link ChildTokens}. */
export interface ChildTokensDependencies extends ChildStoreDependencies {
  readonly store: SessionStore;
  readonly box: BoxClient;
  readonly tokenRequests: TokenRequests;
}

/**
 * Remembers every token that is made from a session's (RFC 8693), for all windows, until Box's clock says that it has
 * ended, so that any window can revoke it. Whether Box ends such tokens with their parent, or lets them be revoked at
 * all, is not documented: each is sent, and either answer is right.
 */
export class ChildTokens implements Disposable {
  /** Sessions that this window has made tokens of. */
  private readonly parents = new Set<string>();
  private readonly sending = new Set<Promise<void>>();
  /** Sessions that are being signed out here. */
  private readonly awaited = new Set<string>();
  /** What is being sent, by session. */
  private readonly underWay = new Map<
    string,
    { readonly asked: ReadonlySet<string>; readonly sent: Promise<void> }
  >();
  private readonly children: ChildStore;
  private readonly revoker: ChildRevoker;
  private readonly subscription: Disposable;

  constructor(private readonly dependencies: ChildTokensDependencies) {
    const endIfGivenUp = (id: string): void => {
      const isAwaited = this.awaited.has(id);
      if (this.parents.has(id) && !isAwaited && this.isOver(id)) void this.endOf({ id });
    };
    this.children = new ChildStore(dependencies, endIfGivenUp);
    this.revoker = new ChildRevoker(dependencies);
    // Another window that signs out does not see what is on its way to the store here.
    this.subscription = dependencies.store.onDidChange(({ removed }) => {
      for (const { id } of removed) endIfGivenUp(id);
    });
  }

  /**
   * Remembers a token that was made from a session's. It returns at once; the token is stored later, and where that
   * fails kept in memory, with a line in the log. A developer token's are left out: its app, which alone could revoke
   * them, is not known.
   */
  remember(parent: LiveSession, child: TokenPair, kind: ChildKind): void {
    if (!isRenewable(parent)) return;
    this.parents.add(parent.id);
    const made = childOf(parent, child, kind, this.dependencies.box.serverTime());
    this.children.add(parent.id, familyOf(parent), made);
  }

  /** Revokes a token that nobody needs, in the background. It is remembered where that fails. */
  revokeProbe(parent: LiveSession, child: TokenPair): void {
    if (!isRenewable(parent)) return;
    const probe = childOf(parent, child, 'probe', undefined);
    void this.track(async () => {
      const done = await this.revoker.revokeAll(familyOf(parent), [probe]);
      if (!done.has(probe.token)) this.remember(parent, child, 'probe');
    });
  }

  /**
   * Revokes a token of no session that was only made to see whether Box gives it. It is not remembered.
   * @returns whether that is settled: Box has ended it, or refuses to for good.
   */
  async revokeUnused(family: Family, token: string): Promise<boolean> {
    const { revoker } = this;
    return (await revoker.revokeAll(family, [{ token, signIn: '', kind: 'probe' }])).has(token);
  }

  /** Notes that {@link endOf} will be called, once the session's own tokens are revoked. */
  await(sessionId: string): void {
    this.awaited.add(sessionId);
  }

  /**
   * Sends each token of a session that is remembered now once, whichever window made it, and forgets those that Box has
   * ended or refuses to end. Those that could not be sent stay for a later call. Nothing is thrown.
   * @param exceptSignIn the sign-in whose tokens are to stay, as `signInOf` gives it.
   */
  endOf({ id }: { readonly id: string }, exceptSignIn?: string): Promise<void> {
    this.awaited.delete(id);
    return this.track(async () => {
      const { tokens } = await this.children.living(id);
      const isAsked = ({ signIn }: Child): boolean => signIn !== exceptSignIn;
      const asked = tokens.filter(isAsked).map(({ token }) => token);
      await this.sendOnce(id, new Set(asked));
      // What has ended is not sent, and nobody else would ever look at it.
      await this.children.forgetEnded(id);
    });
  }

  /**
   * Sends those that are left of sessions that somebody has given up. Throws what SecretStorage throws.
   * @returns whether some are left even then.
   */
  async endLeft(): Promise<boolean> {
    await this.dependencies.store.load();
    const over = (await this.sessions()).filter((id) => this.isOver(id));
    for (const id of over) await this.endOf({ id });
    return (await Promise.all(over.map((id) => this.has(id)))).includes(true);
  }

  /**
   * Whether tokens of a session, or of one sign-in of it, are left that could still be sent. Throws what SecretStorage
   * throws.
   */
  async has(sessionId: string, ofSignIn?: string): Promise<boolean> {
    const { tokens } = await this.children.living(sessionId);
    return tokens.some(({ signIn }) => ofSignIn === undefined || signIn === ofSignIn);
  }

  /** The ids of the sessions that have a record. Throws what SecretStorage throws. */
  async sessions(): Promise<readonly string[]> {
    return [...(await this.children.records()).keys()];
  }

  /** The client IDs of the apps whose secrets are still needed for these tokens. Throws what SecretStorage throws. */
  clientIds(): Promise<ReadonlySet<string>> {
    return this.children.clientIds();
  }

  /** Notes that another window has stored or removed a record that this one could keep in memory only. */
  overtaken(key: string): void {
    this.children.overtaken(key);
  }

  /** Tries to store what SecretStorage refused before. */
  storeAgain(): void {
    this.children.storeAgain();
  }

  /** Resolves when nothing is being stored. */
  stored(): Promise<void> {
    return this.children.idle();
  }

  /** Resolves when nothing is being stored or sent. */
  async idle(): Promise<void> {
    while (this.children.isBusy || this.sending.size > 0) {
      await Promise.allSettled([this.stored(), ...this.sending]);
    }
  }

  dispose(): void {
    this.subscription.dispose();
  }

  private isOver(id: string): boolean {
    return this.dependencies.store.isOver(id);
  }

  /** What is being sent already is not sent again behind that. */
  private async sendOnce(id: string, asked: ReadonlySet<string>): Promise<void> {
    const running = this.underWay.get(id);
    const left = new Set([...asked].filter((token) => running?.asked.has(token) !== true));
    if (left.size > 0) {
      const sent = this.send(id, left);
      const all = new Set([...left, ...(running?.asked ?? [])]);
      const run = { asked: all, sent: Promise.all([sent, running?.sent]).then(() => undefined) };
      this.underWay.set(id, run);
      const forget = (): void => {
        if (this.underWay.get(id) === run) this.underWay.delete(id);
      };
      run.sent.then(forget, forget);
    }
    await this.underWay.get(id)?.sent;
  }

  /** One window at a time sends, so that each token is sent once. */
  private async send(id: string, asked: ReadonlySet<string>): Promise<void> {
    // Not the lock of the record: sending may take long, and what is new is to be stored meanwhile.
    await this.dependencies.lock.withLock(childrenSendingLock(id), async () => {
      const { family, tokens } = await this.children.living(id);
      if (family === undefined) return;
      const stillLeft = tokens.filter(({ token }) => asked.has(token));
      await this.children.forget(id, await this.revoker.revokeAll(family, stillLeft));
    });
  }

  private track(task: () => Promise<void>): Promise<void> {
    const run = task()
      .catch((error: unknown) => {
        this.dependencies.log.warn(`Tokens made from a session are not revoked yet: ${errorText(error)}`);
      })
      .finally(() => this.sending.delete(run));
    this.sending.add(run);
    return run;
  }
}
