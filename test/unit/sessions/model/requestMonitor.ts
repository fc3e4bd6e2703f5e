import * as v from 'valibot';
import { BoxClient } from '../../../../src/box/client';
import type { Clock } from '../../../../src/common/clock';
import type { Log } from '../../../../src/common/log';
import type { Fetch, FetchInit, FetchResponse } from '../../../../src/box/http';
import { nodeFetch } from '../../../../src/box/nodeFetch';
import type { ControlClient } from '../../../emulator/src';
import { EmulatedBox, USER_AGENT } from '../../support/emulatedBox';
import { RecordingLog } from '../../support/recordingLog';
import type { ScenarioTime } from './scenarioTime';
import { IssuedChildren } from './issuedChildren';
import type { KillSwitch } from './killSwitch';

const issuedSchema = v.object({ access_token: v.string() });

/** A refresh that was sent to Box. */
export interface Refresh {
  readonly token: string;
  /** What tells hosts that share a folder and a store from others. */
  readonly realm: unknown;
}

/** Watches the requests of all hosts, and changes none. */
export class RequestMonitor {
  /** When a request last brought no answer, or one that is none. */
  failedAt = -Infinity;
  /** The same for one that may have made Box issue tokens. */
  tokenFailedAt = -Infinity;
  /** Refresh tokens of which two refreshes were in flight at once where hosts share a folder and a store. */
  readonly overlaps: string[] = [];
  /** Refresh tokens with which a refresh was sent whose answer has reached no host. */
  readonly lost = new Set<string>();
  /** The refreshes since the last time that this was cleared. */
  readonly refreshes: Refresh[] = [];
  /** The child tokens that hosts were given. */
  readonly children = new IssuedChildren();
  private readonly underWay = new Set<Refresh>();

  constructor(private readonly time: ScenarioTime) {}

  /** A fetch for one host. @param realm hosts that share a folder and a store have the same. */
  fetchOf(killSwitch: KillSwitch, realm: unknown): Fetch {
    return async (url, init) => {
      const token = init.body?.get('refresh_token') ?? undefined;
      const work = (): Promise<Answer> => this.send(url, init, killSwitch);
      const answer =
        token === undefined
          ? await killSwitch.call(work)
          : await this.watched(token, killSwitch, () => this.refresh({ token, realm }, work));
      this.noteChildren(init, answer, killSwitch);
      return { ...answer, text: () => Promise.resolve(answer.body) };
    };
  }

  private noteChildren({ body }: FetchInit, answer: Answer, killSwitch: KillSwitch): void {
    if (!isAnswer(answer)) return;
    const subjectToken = body?.get('subject_token') ?? undefined;
    const revoked = body?.get('token') ?? undefined;
    if (revoked !== undefined) this.children.noteRevocation(revoked);
    const issued =
      subjectToken === undefined ? undefined : v.safeParse(issuedSchema, JSON.parse(answer.body));
    if (subjectToken === undefined || issued?.success !== true) return;
    this.children.note({ token: issued.output.access_token, subjectToken, killSwitch });
  }

  /** Notes whether the answer reaches the host. */
  private async watched(token: string, killSwitch: KillSwitch, work: () => Promise<Answer>): Promise<Answer> {
    const lose = (): void => {
      this.lost.add(token);
    };
    killSwitch.signal.addEventListener('abort', lose, { once: true });
    try {
      const answer = await killSwitch.call(work);
      if (!isAnswer(answer)) lose();
      else if (answer.status === 200) this.lost.delete(token);
      killSwitch.signal.removeEventListener('abort', lose);
      return answer;
    } catch (error) {
      lose();
      throw error;
    }
  }

  private async refresh<T>(refresh: Refresh, work: () => Promise<T>): Promise<T> {
    const { token, realm } = refresh;
    const isSame = (other: Refresh): boolean => other.token === token && other.realm === realm;
    if ([...this.underWay].some(isSame)) this.overlaps.push(token);
    this.underWay.add(refresh);
    this.refreshes.push(refresh);
    return work().finally(() => this.underWay.delete(refresh));
  }

  private async send(url: string, init: FetchInit, { signal }: KillSwitch): Promise<Answer> {
    this.time.inFlight++;
    try {
      await this.time.sync();
      const response = await nodeFetch(url, { ...init, signal: AbortSignal.any([init.signal, signal]) });
      const answer = { status: response.status, headers: response.headers, body: await response.text() };
      if (!isAnswer(answer)) this.fail(url);
      return answer;
    } catch (error) {
      this.fail(url);
      throw error;
    } finally {
      this.time.inFlight--;
    }
  }

  private fail(url: string): void {
    this.failedAt = this.time.now();
    if (new URL(url).pathname === '/oauth2/token') this.tokenFailedAt = this.failedAt;
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

/** The emulator as one host reaches it. */
export class HostBox extends EmulatedBox {
  constructor(
    private readonly box: EmulatedBox,
    private readonly fetch: Fetch,
  ) {
    super();
  }

  override get control(): ControlClient {
    return this.box.control;
  }

  override get origin(): string {
    return this.box.origin;
  }

  override client(clock: Clock, random = () => 0.5, log: Log = new RecordingLog()): BoxClient {
    return new BoxClient({
      loadFetch: () => Promise.resolve(this.fetch),
      clock,
      random,
      userAgent: USER_AGENT,
      log,
    });
  }
}
