import { NONCE_PARAMETER, parseCallback, type AuthorizationResponse } from '../callback/callback';
import { sameNonce } from '../nonce';
import {
  MAX_DECODINGS,
  MAX_PASTED_LENGTH,
  percentDecoded,
  queriesIn,
  readingsOf,
  stripped,
  type PastedQuery,
} from './pastedText';

/** What a person pasted, as far as it can be understood. */
export type PastedAnswer =
  /** An address, or its query, that carries the nonce of the sign-in. */
  | { readonly kind: 'answer'; readonly response: AuthorizationResponse }
  /** A code alone, which does not say whose sign-in it belongs to. */
  | { readonly kind: 'bareCode'; readonly code: string }
  | { readonly kind: 'unusable'; readonly reason: PastedProblem };

/** Why a pasted text cannot be used. Each leads to other advice. */
export type PastedProblem =
  /** Nothing but space and punctuation. */
  | 'empty'
  /** More than any address has. */
  | 'too_long'
  /** An answer of Box that does not carry the nonce of this sign-in. */
  | 'other_sign_in'
  /** The address of Box's own page: access is not granted yet. */
  | 'box_page'
  /** The address of Box's own page, on which Box reports an error. */
  | 'box_error'
  /** Box's page says that the redirect URI is not registered, or cannot be. */
  | 'redirect_uri_mismatch'
  /** An address without an answer of Box in it. */
  | 'no_code'
  /** Neither an address nor a code. */
  | 'not_an_answer';

interface PastedCallback {
  readonly response: AuthorizationResponse;
  readonly isOurs: boolean;
  readonly rank: number;
}

/** The query of an authorization request, which has the nonce in it too (RFC 6749 §4.1.1). */
const REQUEST = /(?:^|&)(?:response_type|client_id|redirect_uri|code_challenge)=/;
const CODE = /(?:^|&)code=[^&]/;
const STATE = /(?:^|&)(?:state|nonce)=/;
const BOX_PAGE = /(?<![\w.-])(?:[\w-]+\.)*box\.com(?![\w-]|\.\w)|\/api\/oauth2\/authorize\b|[?&]client_id=/i;
const REDIRECT_URI_PROBLEM =
  /\b(?:redirect_uri_(?:mismatch|missing)|(?:insecure|invalid)_redirect_uri)(?![\w=])/;
const ADDRESS =
  /:\/\/|\/callback\b|^(?:localhost|[\d.]+):\d|^[\w-]+(?:\.[\w-]+)+[/:]|\b(?:state|nonce|error)=/i;

/** A code of Box has 32 letters and digits in every example; its length is not documented. */
const USUAL_CODE = /^[A-Za-z\d]{32}$/;
const BARE_CODE = /^[\w.~!$+/-]+={0,2}$/;
const LABEL = /^code\s*[:=]/i;
const MIN_CODE_LENGTH = 8;
const MAX_CODE_LENGTH = 512;
/** What Box's tokens look like that are not made of 32 or 64 letters and digits. */
const ACCESS_TOKEN = /^1![\w-]{30,}/;

/**
 * Understands what a person copied out of the browser, however it was mangled on the way. Whatever has an address or
 * a query must carry the nonce: an answer without it may have been slipped to the person by somebody else.
 * @param nonce of the sign-in that waits. Nothing that is given back holds it.
 */
export function readPasted(text: string, nonce: string): PastedAnswer {
  if (text.length > MAX_PASTED_LENGTH) return unusable('too_long');
  const readings = readingsOf(text);
  if (stripped(readings.at(-1) ?? '') === '') return unusable('empty');
  const queries = readings.map(queriesIn);
  for (const some of queries) {
    const callbacks = some.flatMap((query) => callbackIn(query, nonce));
    const ours = callbacks.filter(({ isOurs }) => isOurs);
    if (callbacks.length > 0) return ours.length > 0 ? answerOf(ours, nonce) : unusable('other_sign_in');
  }
  if (queries.flat().some(hasCodeAlone)) return unusable('other_sign_in');
  const boxProblem = problemOnBoxPage(readings);
  if (boxProblem !== undefined) return unusable(boxProblem);
  const code = readings.map(bareCodeIn).find((found) => found !== undefined);
  if (code !== undefined && !code.includes(nonce)) return { kind: 'bareCode', code };
  return unusable(readings.some((reading) => ADDRESS.test(stripped(reading))) ? 'no_code' : 'not_an_answer');
}

function unusable(reason: PastedProblem): PastedAnswer {
  return { kind: 'unusable', reason };
}

function callbackIn({ query, before, rank }: PastedQuery, nonce: string): PastedCallback[] {
  if (REQUEST.test(query)) return [];
  const callback = parseCallback(query);
  if (callback === undefined) return [];
  const { response } = callback;
  if ('error' in response && BOX_PAGE.test(before)) return [];
  return [{ response, isOurs: carries(callback.nonce, nonce), rank }];
}

/** Whether the state is the nonce or, as the redirect page gets it, a callback URI with the nonce in its query. */
function carries(state: string, nonce: string): boolean {
  const within = nonceWithin(state);
  return sameNonce(state, nonce) || (within !== undefined && sameNonce(within, nonce));
}

function nonceWithin(callbackUri: string): string | undefined {
  let uri = callbackUri;
  for (let decodings = 0; decodings <= MAX_DECODINGS; decodings++) {
    const [found, ...more] = [...uri.matchAll(NONCE_WITHIN)];
    if (found !== undefined) return more.length === 0 ? found[1] : undefined;
    uri = percentDecoded(uri);
  }
  return undefined;
}

/** Also behind another equals sign: a served VS Code has the query of the callback URI in a parameter. */
const NONCE_WITHIN = new RegExp(`[?&=]${NONCE_PARAMETER}=([^&#]+)`, 'g');

/**
 * The answer among those that the text can be read as. Where a line ends within the code, the text up to there is an
 * answer as well, with a part of the code: so one with a code of the usual form is preferred.
 */
function answerOf(callbacks: readonly PastedCallback[], nonce: string): PastedAnswer {
  const usual = callbacks.filter(({ response }) => 'code' in response && USUAL_CODE.test(response.code));
  const [best, ...others] = usual.length > 0 ? usual : callbacks;
  if (best === undefined) return unusable('not_an_answer');
  const isClear = others.every(({ response, rank }) => rank > best.rank || isSame(response, best.response));
  const response = best.rank > 1 ? withoutDescription(best.response) : best.response;
  const safe = holds(response, nonce) ? withoutDescription(response) : response;
  return isClear && !holds(safe, nonce) ? { kind: 'answer', response: safe } : unusable('not_an_answer');
}

function isSame(a: AuthorizationResponse, b: AuthorizationResponse): boolean {
  if ('code' in a) return 'code' in b && a.code === b.code;
  return 'error' in b && a.error === b.error;
}

function holds(response: AuthorizationResponse, nonce: string): boolean {
  return Object.values(response).some((value: string) => value.includes(nonce));
}

function withoutDescription(response: AuthorizationResponse): AuthorizationResponse {
  return 'error' in response ? { error: response.error } : response;
}

/** Whether a query has a code that names no sign-in. A code with nothing but its label is a code alone. */
function hasCodeAlone({ query, before }: PastedQuery): boolean {
  const isPart = before.trim() !== '' || query.includes('&');
  return isPart && CODE.test(query) && !STATE.test(query) && !REQUEST.test(query);
}

function problemOnBoxPage(readings: readonly string[]): PastedProblem | undefined {
  if (readings.some((reading) => REDIRECT_URI_PROBLEM.test(reading))) return 'redirect_uri_mismatch';
  const page = readings.find((reading) => BOX_PAGE.test(reading));
  if (page === undefined) return undefined;
  return /[?&#]error(?:_code)?=/.test(page) ? 'box_error' : 'box_page';
}

function bareCodeIn(reading: string): string | undefined {
  const code = stripped(stripped(reading).replace(LABEL, ''));
  const hasLength = code.length >= MIN_CODE_LENGTH && code.length <= MAX_CODE_LENGTH;
  const isCode = hasLength && BARE_CODE.test(code) && !ACCESS_TOKEN.test(code) && !ADDRESS.test(code);
  return isCode ? code : undefined;
}
