import { authorizationUrl, randomToken } from '../box/authorizationRequest';
import { sleep, type Clock } from '../box/clock';
import { OAuthError } from '../box/errors';
import { type AuthorizationCodeGrant } from '../box/protocol';
import { type Log } from '../log';
import { SignInError } from './errors';
import { type SignInMethod } from './signInMethod';

/** Who asks for what. */
export interface AuthorizationParameters {
  readonly authorizationEndpoint: string;
  readonly clientId: string;
  /** Application scopes to ask for; none asks for everything that the app has. */
  readonly scopes: readonly string[];
  /** Login to fill in on Box's page, when it is known. */
  readonly login?: string | undefined;
}

/** What the person at the window sees and can do while Box is awaited. */
export interface AuthorizationWindow {
  /** Aborted, with a SignInError as reason, when the person cancels. */
  readonly signal: AbortSignal;
  /**
   * Opens the address in the browser, byte for byte, and shows what is awaited and the address to copy.
   * @returns false where the editor says that it did not open it; the address can then still be copied.
   */
  openBrowser(url: string): Promise<boolean>;
  /** Box has answered; nothing more is asked of the person. */
  answered(): void;
}

/** An authorization code with what its exchange needs. */
export interface Authorization extends AuthorizationCodeGrant {
  /** When it arrived, in ms since the epoch. It lives 30 s. */
  readonly receivedAt: number;
}

/** What an authorization needs from outside. */
export interface AuthorizationDependencies {
  readonly clock: Clock;
  readonly log: Log;
}

/** How long a person has, in ms. */
export const SIGN_IN_LIMIT_MS = 5 * 60_000;

/**
 * Sends the person to Box and waits for the authorization code (RFC 6749 §4.1).
 * @throws SignInError when cancelled or timed out; OAuthError when Box refuses.
 */
export async function authorize(
  method: SignInMethod,
  parameters: AuthorizationParameters,
  window: AuthorizationWindow,
  { clock, log }: AuthorizationDependencies,
): Promise<Authorization> {
  const codeVerifier = randomToken();
  const finished = new AbortController();
  const limit = sleep(clock, SIGN_IN_LIMIT_MS, AbortSignal.any([window.signal, finished.signal]));
  const timedOut = limit.then(() => Promise.reject(new SignInError('timed_out')));
  const preparing = method.prepare(randomToken());
  try {
    const prepared = await Promise.race([preparing, timedOut]);
    window.signal.throwIfAborted();
    const { redirectUri, state } = prepared;
    const url = authorizationUrl(parameters.authorizationEndpoint, {
      ...parameters,
      redirectUri,
      state,
      codeVerifier,
    });
    // The answer may come before the editor has said whether it opened the browser: it may first ask the person.
    const opening = window.openBrowser(url).then((opened) => {
      if (!opened)
        log.warn('The editor did not open the browser: waiting for somebody to use the copied link');
      return prepared.response;
    });
    const response = await Promise.race([opening, prepared.response, timedOut]);
    window.answered();
    if ('error' in response) throw new OAuthError(response.error, response.errorDescription);
    return { code: response.code, redirectUri, codeVerifier, receivedAt: clock.now() };
  } finally {
    finished.abort();
    void preparing.then(
      (prepared) => {
        prepared.dispose();
      },
      () => undefined,
    );
  }
}
