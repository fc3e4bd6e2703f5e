import { authorizationUrl, randomToken } from '../box/authorizationRequest';
import { sleep, type Clock } from '../common/clock';
import { OAuthError } from '../box/errors';
import type { AuthorizationCodeGrant } from '../box/protocol';
import type { Log } from '../common/log';
import type { AuthorizationResponse } from './callback/callback';
import { SignInError } from './errors';
import { readPasted, type PastedAnswer } from './paste/pastedAnswer';
import type { PreparedSignIn, SignInMethod } from './signInMethod';

/** Who asks for what. */
export interface AuthorizationParameters {
  readonly authorizationEndpoint: string;
  readonly clientId: string;
  /** Application scopes to ask for; none asks for everything that the app has. */
  readonly scopes: readonly string[];
  /** Login to fill in on Box's page, when it is known. */
  readonly login?: string | undefined;
}

/** What was pasted and can be used. */
export type UsableAnswer = Exclude<PastedAnswer, { readonly kind: 'unusable' }>;

/** How the person is asked to paste the answer. */
export interface PasteRequest {
  /** Says what a pasted text is. */
  readonly read: (text: string) => PastedAnswer;
  /** Whether they are asked at once, or only get the question when they want it. */
  readonly isAskedFor: boolean;
  /** Aborted when nothing is wanted any more. */
  readonly signal: AbortSignal;
}

/** What the person at the window sees and can do while Box is awaited. */
export interface AuthorizationWindow {
  /** Aborted, with a SignInError as reason, when the person cancels or chooses another method. */
  readonly signal: AbortSignal;
  /**
   * Opens the address in the browser, byte for byte, and shows what is awaited and the address to copy.
   * @returns false where the editor says that it did not open it; the address can then still be copied.
   */
  openBrowser(url: string): Promise<boolean>;
  /** Lets the person paste the answer. Settles only when they did so, or rejects with a SignInError when they gave up. */
  paste(request: PasteRequest): Promise<UsableAnswer>;
  /** Box has answered; nothing more is asked of the person. */
  answered(): void;
  /** Asks whether the account is the one that the person meant, because a bare code does not say whose it is. */
  confirmAccount(login: string): Promise<boolean>;
}

/** An authorization code with what its exchange needs. */
export interface Authorization extends AuthorizationCodeGrant {
  /** When it arrived, in ms since the epoch. It lives 30 s. */
  readonly receivedAt: number;
  /** Whether the code came without the nonce of this sign-in, so that the person must confirm the account. */
  readonly isBare: boolean;
}

/** Dependencies of {@link authorize}. */
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
  const nonce = randomToken();
  const finished = new AbortController();
  const limit = sleep(clock, SIGN_IN_LIMIT_MS, AbortSignal.any([window.signal, finished.signal]));
  const timedOut = limit.then(() => Promise.reject(new SignInError('timed_out')));
  const preparing = method.prepare(nonce);
  try {
    const prepared = await Promise.race([preparing, timedOut]);
    window.signal.throwIfAborted();
    const { redirectUri, state } = prepared;
    const request = { ...parameters, redirectUri, state, codeVerifier };
    const url = authorizationUrl(parameters.authorizationEndpoint, request);
    const answers = awaitAnswers(prepared, nonce, window, finished.signal);
    const opening = openBrowser(window, url, log);
    const answer = await Promise.race([...answers, opening, timedOut]);
    window.answered();
    return { ...codeOf(answer), redirectUri, codeVerifier, receivedAt: clock.now() };
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

/** The answer may come by itself or by hand. */
function awaitAnswers(
  { response, isPasted }: PreparedSignIn,
  nonce: string,
  window: AuthorizationWindow,
  signal: AbortSignal,
): readonly Promise<UsableAnswer>[] {
  const read = (text: string): PastedAnswer => readPasted(text, nonce);
  const pasted = window.paste({ read, isAskedFor: isPasted === true, signal });
  return [response.then((value) => ({ kind: 'answer', response: value })), pasted];
}

/** Never resolves: the answer may come before the editor has said whether it opened the browser, or long after. */
async function openBrowser(window: AuthorizationWindow, url: string, log: Log): Promise<never> {
  const isOpened = await window.openBrowser(url);
  if (!isOpened) log.warn('The editor did not open the browser: waiting for somebody to use the copied link');
  return new Promise<never>(() => undefined);
}

/** @throws OAuthError for an answer that is none */
function codeOf(answer: UsableAnswer): Pick<Authorization, 'code' | 'isBare'> {
  if (answer.kind === 'bareCode') return { code: answer.code, isBare: true };
  return { code: codeIn(answer.response), isBare: false };
}

function codeIn(response: AuthorizationResponse): string {
  if ('error' in response) throw new OAuthError(response.error, response.errorDescription);
  return response.code;
}
