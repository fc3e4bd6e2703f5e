import * as v from 'valibot';
import { BoxClient } from '../../../src/box/client';
import type { Clock } from '../../../src/box/clock';
import type { Fetch, FetchInit, FetchResponse } from '../../../src/box/http';
import { nodeFetch } from '../../../src/box/nodeFetch';
import type { ControlClient } from '../../emulator';
import { EmulatedBox, USER_AGENT } from '../support/emulatedBox';
import type { MemorySecrets } from '../support/memorySecrets';
import type { Lifeline } from './lifeline';

/** A request that brought no answer, or one that is none. */
export interface Failure {
  readonly path: string;
  /** By the clock of the windows, in ms since the epoch. */
  readonly at: number;
}

const sessionSchema = v.object({ id: v.string(), pair: v.object({ refreshToken: v.string() }) });

/** Watches the requests of all windows of a machine, and changes none. */
export class Wire {
  inFlight = 0;
  /** Requests that were given up for lack of an answer. */
  abandoned = 0;
  readonly failures: Failure[] = [];
  /** Sessions of which two refreshes were in flight at once. */
  readonly overlaps: string[] = [];
  /** Sessions of which a refresh was sent and its answer did not get as far as the window. */
  readonly lost = new Set<string>();
  /** How many refreshes of each session were begun since the last time that this was cleared. */
  readonly refreshes = new Map<string, number>();
  private readonly sessionOf = new Map<string, string>();
  private readonly refreshing = new Set<string>();

  constructor(
    private readonly clock: Clock,
    secrets: MemorySecrets,
  ) {
    secrets.onDidChange(({ key }) => {
      const stored = secrets.values.get(key);
      const session = v.safeParse(sessionSchema, stored === undefined ? undefined : JSON.parse(stored));
      if (session.success) this.sessionOf.set(session.output.pair.refreshToken, session.output.id);
    });
  }

  /** A fetch for one window. */
  fetchOf(lifeline: Lifeline): Fetch {
    return async (url, init) => {
      const session = this.refreshedBy(init);
      const answer = await lifeline.call(() => this.refresh(session, () => this.send(url, init)));
      if (session !== undefined && answer.status === 200) this.lost.delete(session);
      return { ...answer, text: () => Promise.resolve(answer.body) };
    };
  }

  /** Whether a request failed within the last `ms`. */
  failedWithin(ms: number): boolean {
    return this.failures.some(({ at }) => this.clock.now() - at <= ms);
  }

  private refreshedBy({ body }: FetchInit): string | undefined {
    const token = body?.get('refresh_token') ?? undefined;
    return token === undefined ? undefined : (this.sessionOf.get(token) ?? token);
  }

  private async refresh<T>(session: string | undefined, work: () => Promise<T>): Promise<T> {
    if (session === undefined) return work();
    if (this.refreshing.has(session)) this.overlaps.push(session);
    this.refreshing.add(session);
    this.lost.add(session);
    this.refreshes.set(session, (this.refreshes.get(session) ?? 0) + 1);
    return work().finally(() => this.refreshing.delete(session));
  }

  private async send(url: string, init: FetchInit): Promise<Answer> {
    this.inFlight++;
    try {
      const response = await nodeFetch(url, init);
      const answer = { status: response.status, headers: response.headers, body: await response.text() };
      if (!isAnswer(answer)) this.fail(url);
      return answer;
    } catch (error) {
      this.fail(url);
      if (init.signal.aborted) this.abandoned++;
      throw error;
    } finally {
      this.inFlight--;
    }
  }

  private fail(url: string): void {
    this.failures.push({ path: new URL(url).pathname, at: this.clock.now() });
  }
}

interface Answer extends Pick<FetchResponse, 'status' | 'headers'> {
  readonly body: string;
}

/** Whether it is Box's own, rather than that of a fault. */
function isAnswer({ status, body }: Answer): boolean {
  if ([403, 409, 429].includes(status) || status >= 500) return false;
  try {
    return body === '' || typeof JSON.parse(body) === 'object';
  } catch {
    return false;
  }
}

/** The emulator as one window reaches it. */
export class WindowBox extends EmulatedBox {
  constructor(
    private readonly box: EmulatedBox,
    private readonly wire: Wire,
    private readonly lifeline: Lifeline,
  ) {
    super();
  }

  override get control(): ControlClient {
    return this.box.control;
  }

  override get origin(): string {
    return this.box.origin;
  }

  override client(clock: Clock): BoxClient {
    const fetch = this.wire.fetchOf(this.lifeline);
    return new BoxClient({
      loadFetch: () => Promise.resolve(fetch),
      clock,
      random: () => 0.5,
      userAgent: USER_AGENT,
    });
  }
}
