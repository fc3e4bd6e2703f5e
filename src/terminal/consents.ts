import type { Clock } from '../common/clock';
import { TerminalError } from './errors';

/** What a program asks for: an account, and everything of it or certain scopes. */
export interface Wish {
  readonly accountId: string;
  readonly accountLabel: string;
  /** None: everything that the session may do. */
  readonly scopes: readonly string[];
  /** The address of the only file, folder or shared link that the token is for. */
  readonly resource?: string | undefined;
}

/** What the person is asked. */
export interface ConsentQuestion extends Wish {
  /** What the program that asks first calls itself. */
  readonly program: string;
}

/** What the person answers; undefined where the question went away without an answer. */
export type ConsentAnswer = 'once' | 'window' | 'deny' | undefined;

/** Dependencies of {@link Consents}. */
export interface ConsentsDependencies {
  /** Asks the person, by something that waits for an answer. */
  readonly ask: (question: ConsentQuestion) => Promise<ConsentAnswer>;
  readonly clock: Clock;
}

/** How long a program waits for the person, in ms. */
const PATIENCE_MS = 60_000;

interface Asker {
  readonly allow: () => void;
  readonly refuse: (error: TerminalError) => void;
}

interface Pending {
  readonly question: ConsentQuestion;
  readonly askers: Set<Asker>;
}

/**
 * What the person has allowed and denied programs in this window, for each account and kind of token. One question is
 * asked at a time; whoever wants the same meanwhile shares its answer.
 */
export class Consents {
  /** By wish, and by the account's ID. */
  private readonly allowed = new Map<string, string>();
  private readonly denied = new Map<string, Wish>();
  private readonly pending = new Map<string, Pending>();
  private isAsking = false;

  constructor(private readonly dependencies: ConsentsDependencies) {}

  /**
   * Resolves when the person lets the program have the token.
   * @throws TerminalError `denied` or `unanswered`
   */
  async demand(wish: Wish, program: string, signal: AbortSignal): Promise<void> {
    const key = keyOf(wish);
    if (this.allowed.has(key)) return;
    if (this.denied.has(key)) throw new TerminalError('denied', wish.accountLabel);
    const pending = this.pending.get(key) ?? { question: { ...wish, program }, askers: new Set<Asker>() };
    this.pending.set(key, pending);
    const answered = this.join(pending, signal);
    void this.askNext();
    await answered;
  }

  /** What was denied of an account. */
  denials(accountId: string): readonly Wish[] {
    return [...this.denied.values()].filter((wish) => wish.accountId === accountId);
  }

  /** Whether anything of an account is allowed in this window. */
  allows(accountId: string): boolean {
    return [...this.allowed.values()].includes(accountId);
  }

  /** The person is asked again about what was denied of an account. */
  forgetDenials(accountId: string): void {
    for (const [key, wish] of this.denied) if (wish.accountId === accountId) this.denied.delete(key);
  }

  /**
   * Ends what is allowed, of one account or of all. An answer to a question that is shown then allows nothing.
   * @param why what programs that wait for an answer are told.
   */
  end(accountId?: string, why: 'unanswered' | 'signed_out' = 'unanswered'): void {
    const isMeant = (id: string): boolean => accountId === undefined || id === accountId;
    for (const [key, id] of this.allowed) if (isMeant(id)) this.allowed.delete(key);
    for (const [key, { question, askers }] of this.pending) {
      if (!isMeant(question.accountId)) continue;
      this.pending.delete(key);
      for (const { refuse } of [...askers]) refuse(new TerminalError(why, question.accountLabel));
    }
  }

  private join(pending: Pending, signal: AbortSignal): Promise<void> {
    const { clock } = this.dependencies;
    const { question, askers } = pending;
    return new Promise((resolve, reject) => {
      const leave = (settle: () => void): void => {
        askers.delete(asker);
        cancel();
        signal.removeEventListener('abort', giveUp);
        settle();
      };
      const refuse = (error: TerminalError): void => {
        leave(() => {
          reject(error);
        });
      };
      const giveUp = (): void => {
        refuse(new TerminalError('unanswered', question.accountLabel));
      };
      const cancel = clock.after(PATIENCE_MS, giveUp);
      const asker: Asker = {
        allow: () => {
          leave(resolve);
        },
        refuse,
      };
      askers.add(asker);
      signal.addEventListener('abort', giveUp);
      if (signal.aborted) giveUp();
    });
  }

  private async askNext(): Promise<void> {
    if (this.isAsking) return;
    this.isAsking = true;
    try {
      for (let next = this.next(); next !== undefined; next = this.next()) await this.put(...next);
    } finally {
      this.isAsking = false;
    }
  }

  /** The question that has waited longest. One that nobody waits for any more is not asked. */
  private next(): [string, Pending] | undefined {
    for (const [key, pending] of this.pending) {
      if (pending.askers.size > 0) return [key, pending];
      this.pending.delete(key);
    }
    return undefined;
  }

  private async put(key: string, pending: Pending): Promise<void> {
    const { question, askers } = pending;
    const answer = await this.dependencies.ask(question).catch(() => undefined);
    if (this.pending.get(key) !== pending) return;
    this.pending.delete(key);
    const { accountId, accountLabel } = question;
    if (answer === 'window') this.allowed.set(key, accountId);
    if (answer === 'deny') this.denied.set(key, question);
    const isAllowed = answer === 'once' || answer === 'window';
    const code = answer === 'deny' ? 'denied' : 'unanswered';
    for (const { allow, refuse } of [...askers]) {
      if (isAllowed) allow();
      else refuse(new TerminalError(code, accountLabel));
    }
  }
}

function keyOf({ accountId, scopes, resource }: Wish): string {
  return JSON.stringify([accountId, [...new Set(scopes)].toSorted(), resource ?? '']);
}
