import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Clock } from '../../common/clock';
import type { Log } from '../../common/log';
import { parseCallback, type AuthorizationResponse } from '../callback/callback';
import type { CallbackRouter } from '../callback/callbackRouter';
import { CALLBACK_PATH } from '../callback/callbackPath';
import { CallbackServer, type Answer, type CallbackServerLimits } from './localServer/callbackServer';
import { SignInError } from '../errors';
import { answerPage, type AnswerPageWords } from './localServer/pages';
import { readRequest, redirectUriFor } from './localServer/request';
import { DeduplicatedLog } from '../../common/deduplicatedLog';
import type { PreparedSignIn, SignInMethod } from '../signInMethod';

/** What this method needs of the editor and the settings. */
export interface LocalServerDependencies {
  /** The setting `localServerPorts`: what is registered at Box, in the order in which to try. */
  readonly ports: () => readonly number[];
  /** What the pages in the browser say. */
  readonly pages: () => AnswerPageWords;
  /** The address that brings the editor to the front, such as `vscode://…/return`; undefined where there is none. */
  readonly editorUri: () => string | undefined;
  /** Makes what gives one sign-in its answer. */
  readonly newRouter: (log: Log) => CallbackRouter;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * The code comes back to a server on this computer (RFC 8252 §7.3), which lives for one sign-in. Whatever is not the
 * answer to that sign-in is turned away and ends nothing, because any web page can send requests here.
 */
export class LocalServerMethod implements SignInMethod {
  readonly name = 'localServer';

  /** @param limits on what others can make the server hold; left out, those that suit people. */
  constructor(
    private readonly dependencies: LocalServerDependencies,
    private readonly limits?: CallbackServerLimits,
  ) {}

  redirectUris(): readonly string[] {
    return this.dependencies.ports().map(redirectUriFor);
  }

  /** @throws SignInError when none of the ports can be used: Box refuses one that is not registered. */
  async prepare(nonce: string): Promise<PreparedSignIn> {
    const { ports, pages, editorUri, newRouter, clock } = this.dependencies;
    const log = new DeduplicatedLog(this.dependencies.log);
    const [words, uri] = [pages(), editorUri()];
    const router = newRouter(log);
    const pending = await router.await(nonce);
    const callbacks = new Callbacks(router, (response) => answerPage(response, words, uri));
    const answer = (request: IncomingMessage): Answer => answerTo(request, callbacks, log);
    const server = new CallbackServer({ answer, clock, log }, this.limits);
    const port = await listen(server, ports(), log);
    void pending.response.then(() => {
      server.stopListening();
    });
    const dispose = (): void => {
      pending.dispose();
      server.dispose();
    };
    return { redirectUri: redirectUriFor(port), state: nonce, response: pending.response, dispose };
  }
}

/** Matches callbacks with the one sign-in that the router awaits, and gives the page for each. */
class Callbacks {
  /** The callback that was taken: a browser may send it again. */
  private taken: { readonly digest: string; readonly answer: Answer } | undefined;

  constructor(
    private readonly router: CallbackRouter,
    private readonly page: (response?: AuthorizationResponse) => string,
  ) {}

  answerTo(query: string): Answer {
    const digest = createHash('sha256').update(query).digest('base64');
    if (this.taken?.digest === digest) return this.taken.answer;
    const response = this.match(query);
    const answer = { status: response === undefined ? 400 : 200, body: this.page(response) };
    if (response !== undefined) this.taken = { digest, answer };
    return answer;
  }

  /** The response in a query that carries the awaited nonce as its state, and in no other parameter. */
  private match(query: string): AuthorizationResponse | undefined {
    const callback = parseCallback(query);
    const isInState = callback === undefined || callback.nonce === new URLSearchParams(query).get('state');
    return isInState && this.router.handle(CALLBACK_PATH, query) ? callback?.response : undefined;
  }
}

function answerTo(request: IncomingMessage, callbacks: Callbacks, log: Log): Answer {
  const read = readRequest(request);
  if ('query' in read) return callbacks.answerTo(read.query);
  log.info(read.reason);
  return { status: read.status };
}

/** Listens on the first of the ports that can be used, and on no other. @throws SignInError */
async function listen(server: CallbackServer, ports: readonly number[], log: Log): Promise<number> {
  const refused: string[] = [];
  for (const port of ports) {
    try {
      return await server.listen(port);
    } catch (error) {
      refused.push(`${port} (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`);
    }
  }
  log.warn(`The local server cannot use any port of the setting localServerPorts: ${refused.join(', ')}`);
  throw new SignInError('no_port', { ports });
}
