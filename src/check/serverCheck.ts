import type { BoxClient, BoxPage } from '../box/client';
import { endpointsOf, type BoxBaseUrls } from '../box/endpoints';
import { BoxError, UnexpectedResponseError } from '../box/errors';
import type { Clock } from '../common/clock';
import { ok, problem, unknown, warning, type Finding, type Topic } from './finding';

/** Dependencies of {@link ServerCheck}. */
export interface ServerCheckDependencies {
  readonly box: Pick<BoxClient, 'page' | 'serverTime'>;
  readonly clock: Pick<Clock, 'now'>;
  /** The proxy that requests to an address go through, as `host:port`; undefined where there is none. */
  readonly proxyOf: (url: string) => string | undefined;
}

/** By how many seconds a clock may be wrong: `Date` has whole ones, and an answer takes some. */
const CLOCK_TOLERANCE_S = 30;
/** From here on certificates and assertions are refused elsewhere too, in seconds. */
const CLOCK_PROBLEM_S = 300;

/** Finds out who answers at the base URLs, and what time it is there. */
export class ServerCheck {
  constructor(private readonly dependencies: ServerCheckDependencies) {}

  /** Whether Box's API answers at the API base URL: without a token it refuses, and says who it is. */
  async api({ api }: BoxBaseUrls, signal: AbortSignal): Promise<Finding> {
    const isBox = ({ status, requestId }: BoxPage): boolean => status === 401 || requestId !== undefined;
    const { currentUser } = endpointsOf({ account: api, api });
    return (await this.ask('apiServer', currentUser, isBox, signal)).finding;
  }

  /**
   * Whether Box's sign-in page answers at the account base URL.
   * @param url an authorization request.
   * @returns also the page, where one came.
   */
  async signIn(url: string, signal: AbortSignal): Promise<{ finding: Finding; page?: BoxPage }> {
    const isBox = ({ status, text }: BoxPage): boolean => status === 200 || /\bError: ?[a-z_]+/.test(text);
    return this.ask('signInServer', url, isBox, signal);
  }

  /**
   * Compares this computer's clock with Box's, as the last answer told it.
   * @param since from when on the answer must be, by the monotonic clock in ms.
   */
  time(since: number): Finding {
    const serverTime = this.dependencies.box.serverTime(since);
    if (serverTime === undefined) return unknown('clock', 'clock_unknown');
    const seconds = Math.round((this.dependencies.clock.now() - serverTime) / 1000);
    if (Math.abs(seconds) <= CLOCK_TOLERANCE_S) return ok('clock', 'clock_right');
    const make = Math.abs(seconds) < CLOCK_PROBLEM_S ? warning : problem;
    return make('clock', 'clock_wrong', { seconds });
  }

  private async ask(
    topic: Topic,
    url: string,
    isBox: (page: BoxPage) => boolean,
    signal: AbortSignal,
  ): Promise<{ finding: Finding; page?: BoxPage }> {
    const { host } = new URL(url);
    const proxy = this.dependencies.proxyOf(url);
    try {
      const page = await this.dependencies.box.page(url, signal);
      if (!isBox(page))
        return { finding: problem(topic, 'server_strange', { host, status: page.status }), page };
      return { finding: ok(topic, 'server_reached', { host, proxy }), page };
    } catch (error) {
      if (!(error instanceof BoxError)) throw error;
      if (topic === 'signInServer' && isRedirect(error)) {
        return { finding: ok(topic, 'server_reached', { host, proxy }) };
      }
      const make = isBusy(error) ? warning : problem;
      return { finding: make(topic, 'server_failed', { host, error, proxy }) };
    }
  }
}

/** A page to sign in on may send the browser on to another. */
function isRedirect(error: BoxError): boolean {
  return error instanceof UnexpectedResponseError && error.status >= 300 && error.status < 400;
}

function isBusy(error: BoxError): boolean {
  return error instanceof UnexpectedResponseError && (error.status === 429 || error.status >= 500);
}
