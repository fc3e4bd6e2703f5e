import type { Clock } from '../../common/clock';
import { errorText } from '../../common/errorText';
import type { Log } from '../../common/log';
import { LockTimeoutError } from '../../storage/errors';
import type { Lease, Lock } from '../../storage/lock/lock';
import { within } from '../../storage/timeLimit';
import type { ChildTokens } from '../downscoped/childTokens';
import { SessionError } from '../errors';
import { sessionLock } from '../store/lockNames';
import { revocationsOf, type PendingRevocations } from '../tokens/pendingRevocations';
import type { RevocationSender } from '../tokens/revocationSender';
import type { RefreshBackoff } from '../tokens/refreshBackoff';
import type { SessionStore } from '../store/sessionStore';
import { endedAs, isLive, isRenewable, signInOf, type SessionRecord } from '../store/sessionRecord';
import type { SignOutMark, SignOutMarks } from './signOutMarks';
import { RunningWork } from '../../common/runningWork';

/** Dependencies of {@link SignOut}. */
export interface SignOutDependencies {
  readonly store: SessionStore;
  readonly marks: SignOutMarks;
  readonly revocations: PendingRevocations;
  readonly sender: Pick<RevocationSender, 'send' | 'tell'>;
  readonly children: ChildTokens;
  readonly backoff: RefreshBackoff;
  readonly lock: Lock;
  readonly clock: Clock;
  readonly log: Log;
}

/** How long a sign-out waits for its record to go, in ms: a refresh that hangs holds it up. */
const SHORT_WAIT_MS = 2000;

/** What became of a sign-out at Box: `pending` is tried again later; `left` are tokens that only end by themselves. */
export type SignOutOutcome =
  { readonly state: 'revoked' | 'left' } | { readonly state: 'pending'; readonly reason: unknown };

/** A session that was signed out, as it was before. */
export interface SignedOut {
  readonly session: SessionRecord;
  readonly outcome: SignOutOutcome;
}

/**
 * Ends sessions, here and at Box. That a sign-in is given up is stored before anything is waited for: from then on no
 * window shows, uses or rewrites it, and whoever gets a new pair for it revokes that.
 */
export class SignOut {
  private readonly running = new RunningWork();
  /** Sessions that are being given up although they are in memory only. */
  private readonly unsaved = new Set<string>();

  constructor(private readonly dependencies: SignOutDependencies) {}

  /** Signs a session out: gone in every window at once, revoked at Box now or later. */
  async run(sessionId: string): Promise<SignOutOutcome> {
    const { store } = this.dependencies;
    // As this window knows it: reading it anew would be waiting.
    const record = store.recordOf(sessionId) ?? (await store.readRecord(sessionId));
    return record === undefined ? { state: 'revoked' } : this.giveUp(record, 'signedOut');
  }

  /**
   * Revokes a session's tokens at Box, now or later. The session stays, in need of a new sign-in.
   * @throws SessionError where nobody here can revoke its tokens
   */
  async revoke(sessionId: string): Promise<SignOutOutcome> {
    const { store } = this.dependencies;
    // As this window knows it: reading it anew would be waiting.
    const record = store.recordOf(sessionId) ?? (await store.readRecord(sessionId));
    if (record === undefined || !isLive(record)) return { state: 'revoked' };
    if (!isRenewable(record)) throw new SessionError('not_revocable', record.appName, record);
    return this.giveUp(record, 'revoked');
  }

  /**
   * Finishes what a window began that has ended: removes the records of sign-ins that were given up, and forgets the
   * marks that nothing is left of. Never fails.
   */
  async tidy(): Promise<void> {
    await this.running.add(this.tidyUp());
  }

  /** Removes a record that another host stored after its sign-in was given up. Never fails. */
  async finishReturned(record: SessionRecord): Promise<void> {
    const kind = this.dependencies.marks.kindOf(record);
    if (kind === undefined) return;
    await this.running.add(this.finishAll(markOf(record, kind)));
  }

  /** Gives up here records that only this window has, of sign-ins that another one gave up. Never fails. */
  async finishUnsaved(records: readonly SessionRecord[]): Promise<void> {
    for (const record of records) {
      const kind = this.dependencies.marks.kindOf(record);
      if (kind === undefined || this.unsaved.has(record.id)) continue;
      this.unsaved.add(record.id);
      await this.running.add(this.end(record, markOf(record, kind)));
      this.unsaved.delete(record.id);
    }
  }

  /** Resolves when this window does nothing more about sessions that it ended. */
  async idle(): Promise<void> {
    await this.running.idle();
  }

  private async tidyUp(): Promise<void> {
    await this.dependencies.marks.refresh();
    for (const mark of await this.allMarks()) await this.finishAll(mark);
  }

  private async giveUp(record: SessionRecord, kind: SignOutMark['kind']): Promise<SignOutOutcome> {
    const { marks, children, log } = this.dependencies;
    const mark = markOf(record, kind);
    children.await(record.id);
    await this.running.add(marks.add(mark));
    log.info(`${kind === 'signedOut' ? 'Signed out' : 'Revoked the tokens of'} session ${record.id}`);
    return this.end(record, mark);
  }

  /** Ends a record that was given up, here and at Box. Never fails. */
  private async end(record: SessionRecord, mark: SignOutMark): Promise<SignOutOutcome> {
    const { clock, log } = this.dependencies;
    const adding = this.addRevocations(record, mark);
    await adding.catch((error: unknown) => {
      // It is stored when the record goes.
      log.warn(`A revocation could not be stored yet: ${errorText(error)}`);
    });
    const finished = this.finish(mark).then(
      () => true,
      (error: unknown) => {
        log.warn(`A sign-out could not be finished yet: ${errorText(error)}`);
        return false;
      },
    );
    void this.running.add(finished);
    const isGone = await within(clock, SHORT_WAIT_MS, finished, () => new LockTimeoutError()).catch(
      () => false,
    );
    try {
      await this.send(await adding, isGone, finished);
      return { state: isRenewable(record) ? 'revoked' : 'left' };
    } catch (reason) {
      log.warn(`Box could not be told of the sign-out; it will be told later: ${errorText(reason)}`);
      return { state: 'pending', reason };
    } finally {
      void this.running.add(finished.then(() => this.finishChildren(mark)));
    }
  }

  /**
   * Sends revocations. They are kept as long as the record is there: to a host that does not see our marks they say that
   * it was given up.
   */
  private async send(names: readonly string[], isGone: boolean, finished: Promise<boolean>): Promise<void> {
    const { sender, revocations } = this.dependencies;
    // The present pair first: it is the one that may be in use.
    for (const name of names.toReversed()) {
      if (isGone) await sender.send(name);
      else if (await sender.tell(name))
        void this.running.add(
          finished.then((isDone) => (isDone ? revocations.forget(name) : undefined)).catch(() => undefined),
        );
    }
  }

  /** Stores the revocation of every token of a record. Gives their names. Throws what SecretStorage throws. */
  private async addRevocations(record: SessionRecord, mark: SignOutMark): Promise<readonly string[]> {
    const names: string[] = [];
    if (!isRenewable(record)) return names;
    for (const request of revocationsOf(record))
      names.push(await this.dependencies.revocations.add(request, mark));
    return names;
  }

  /** Removes the record of a sign-in that was given up, unless somebody signed in anew in its place. */
  private async finish(mark: SignOutMark): Promise<void> {
    const { lock } = this.dependencies;
    await lock.withLock(sessionLock(mark.session), (lease) => this.removeRecord(mark, lease));
  }

  /** The same with what was made from its tokens. Never fails. */
  private async finishAll(mark: SignOutMark): Promise<void> {
    try {
      await this.finish(mark);
      await this.finishChildren(mark);
    } catch (error) {
      this.dependencies.log.warn(`A sign-out could not be finished yet: ${errorText(error)}`);
    }
  }

  /** Ends what was made from the session's tokens, and forgets the mark when nothing is left. */
  private async finishChildren(mark: SignOutMark): Promise<void> {
    const { store, children } = this.dependencies;
    await children.endOf({ id: mark.session }, store.signInOf(mark.session));
    await this.settle(mark);
  }

  private async removeRecord(mark: SignOutMark, lease: Lease): Promise<void> {
    const { store, backoff } = this.dependencies;
    const record = await this.read(mark.session);
    if (record === undefined || signInOf(record) !== mark.signIn) return;
    // A pair that was stored after the sign-out began is revoked too.
    await this.addRevocations(record, mark);
    // First: whoever finishes this after a crash finds the pause by the record.
    await backoff.forget(record);
    if (mark.kind === 'signedOut') await store.remove(record.id, lease);
    else if (isLive(record)) await store.write(endedAs(record, 'revoked'), lease);
  }

  /** As it is stored; where that cannot be read, as this window keeps it in memory. */
  private async read(id: string): Promise<SessionRecord | undefined> {
    const { store } = this.dependencies;
    return store.readRecord(id).catch((error: unknown) => {
      if (store.isSaved(id)) throw error;
      return store.recordOf(id);
    });
  }

  /** Forgets a mark once its record is gone and its revocations are settled, those of tokens made from it included. */
  private async settle(mark: SignOutMark): Promise<void> {
    const { store, marks, revocations, children } = this.dependencies;
    try {
      const record = await store.readRecord(mark.session);
      const isThere = record !== undefined && signInOf(record) === mark.signIn;
      const isLeft = isThere && (mark.kind === 'signedOut' || isLive(record));
      // What is gone in memory only comes back with the next window.
      if (isLeft || !store.isSaved(mark.session) || (await children.has(mark.session, mark.signIn))) return;
      if (await revocations.isSettled(mark)) await marks.remove(mark);
    } catch {
      // It stays, which only costs a file.
    }
  }

  private async allMarks(): Promise<readonly SignOutMark[]> {
    const { marks, revocations } = this.dependencies;
    const stored = await revocations.marks().catch(() => []);
    const all = new Map<string, SignOutMark>();
    for (const mark of [...(await marks.all()), ...stored]) {
      const name = `${mark.session} ${mark.signIn}`;
      // A revocation that was begun before the sign-out does not keep the record.
      if (all.get(name)?.kind !== 'signedOut') all.set(name, mark);
    }
    return [...all.values()];
  }
}

function markOf(record: SessionRecord, kind: SignOutMark['kind']): SignOutMark {
  return { session: record.id, signIn: signInOf(record), kind };
}
