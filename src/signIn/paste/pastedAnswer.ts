import {
  NONCE_PARAMETER,
  parseCallback,
  type AuthorizationResponse,
  type Callback,
} from '../callback/callback';
import { sameNonce } from '../nonce';

/** What a person pasted, as far as it can be understood. */
export type PastedAnswer =
  /** An address, or its query, that carries the nonce of the sign-in. */
  | { readonly kind: 'answer'; readonly response: AuthorizationResponse }
  /** A code alone, which does not say whose sign-in it belongs to. */
  | { readonly kind: 'bareCode'; readonly code: string }
  | { readonly kind: 'unusable'; readonly reason: PastedProblem };

/** Why a pasted text cannot be used: `box_page` is Box's own page, `no_code` an address without an answer of Box. */
export type PastedProblem =
  | 'empty'
  | 'too_long'
  | 'other_sign_in'
  | 'box_page'
  | 'box_error'
  | 'redirect_uri_mismatch'
  | 'no_code'
  | 'not_an_answer';

/** Longest pasted text that is looked at, in characters. An address with a code has a few hundred. */
export const MAX_PASTED_LENGTH = 8192;

const SEPARATORS = /[\s"'`<>()[\]{}*“”„‘’‚«»‹›]+/;
const PUNCTUATION = /[.,;:!?…]+$/;
/** A served VS Code has the query of a callback URI in a parameter of the address that the browser opens. */
const QUERY_START = /\?|vscode-query=/g;
const MAX_QUERIES = 4;
/** The query of an authorization request, which has the nonce in it too (RFC 6749 §4.1.1). */
const REQUEST = /(?:^|&)(?:response_type|client_id|redirect_uri|code_challenge)=/;
const CODE_ALONE = /^(?!.*(?:^|&)(?:state|nonce)=)(?:.*&)?code=[^&]/s;
const BOX_PAGE = /(?<![\w.-])(?:[\w-]+\.)*box\.com(?![\w-]|\.\w)|\/api\/oauth2\/authorize\b|[?&]client_id=/i;
const REDIRECT_URI_PROBLEM =
  /\b(?:redirect_uri_(?:mismatch|missing)|(?:insecure|invalid)_redirect_uri)(?![\w=])/;
const ADDRESS =
  /:\/\/|\/callback\b|^(?:localhost|[\d.]+):\d|^[\w-]+(?:\.[\w-]+)+[/:]|\b(?:state|nonce|error)=/i;
/** A code of Box has 32 letters and digits in every example; its length is not documented. */
const USUAL_CODE = /^[A-Za-z\d]{32}$/;
/** Not what Box's longer tokens look like. */
const BARE_CODE = /^(?!1![\w-]{30})(?=.{8,512}$)[\w.~!$+/-]+={0,2}$/;

/**
 * Understands what a person copied out of the browser: with space or quotes around, in a sentence, wrapped, or
 * percent-encoded once. Whatever has an address or a query must carry the nonce: an answer without it may have been
 * slipped to the person by somebody else.
 * @param nonce of the sign-in that waits. Nothing that is given back holds it.
 */
export function readPasted(text: string, nonce: string): PastedAnswer {
  if (text.length > MAX_PASTED_LENGTH) return unusable('too_long');
  const clean = visible(text);
  if (wordsIn(clean).length === 0) return unusable('empty');
  const readings = [clean, ...[clean, clean.replaceAll(/\s+/g, '')].map((each) => visible(decoded(each)))];
  const queries = readings.map(queriesIn);
  const found = queries.map((some, index) =>
    some.flatMap((query) => callbackIn(query, readings[index] ?? '')),
  );
  const callbacks = found.find((some) => some.length > 0) ?? [];
  const ours = callbacks.filter((callback) => carries(callback.nonce, nonce));
  if (ours.length > 0) return answerOf(ours, nonce);
  if (callbacks.length > 0 || queries.flat().some(isCodeAlone)) return unusable('other_sign_in');
  if (readings.some((reading) => REDIRECT_URI_PROBLEM.test(reading)))
    return unusable('redirect_uri_mismatch');
  const page = readings.find((reading) => BOX_PAGE.test(reading));
  if (page !== undefined) return unusable(/[?&#]error(?:_code)?=/.test(page) ? 'box_error' : 'box_page');
  const code = readings
    .slice(0, 2)
    .map(bareCodeIn)
    .find((each) => each !== undefined);
  if (code !== undefined && !code.includes(nonce)) return { kind: 'bareCode', code };
  return unusable(readings.flatMap(wordsIn).some((word) => ADDRESS.test(word)) ? 'no_code' : 'not_an_answer');
}

interface PastedQuery {
  readonly query: string;
  /** What stands before it in its address. */
  readonly before: string;
}

/** The queries of the text as a whole, of its words, and of all words together, which a mail program wrapped. */
function queriesIn(text: string): readonly PastedQuery[] {
  const joined = text.split(SEPARATORS).join('').replace(PUNCTUATION, '');
  return [...new Set([text.trim(), joined, ...wordsIn(text)])].flatMap((address) => {
    const starts = [...address.matchAll(QUERY_START)].slice(0, MAX_QUERIES);
    const places = [
      ...(/^[^=]*\?/.test(address) ? [] : [0]),
      ...starts.map(({ 0: mark, index }) => index + mark.length),
    ];
    return places.map((at) => ({
      query: address.slice(at).split('#', 1)[0] ?? '',
      before: address.slice(0, at),
    }));
  });
}

function callbackIn({ query, before }: PastedQuery, text: string): readonly Callback[] {
  const callback = REQUEST.test(query) ? undefined : parseCallback(query);
  if (callback === undefined) return [];
  // Box's own page names errors too, and there the person has to do something.
  const [textBefore = ''] = text.includes(query) ? text.split(query, 1) : [before];
  return 'error' in callback.response && BOX_PAGE.test(textBefore) ? [] : [callback];
}

/** Whether the state is the nonce or, as the redirect page gets it, a callback URI with the nonce in its query. */
function carries(state: string, nonce: string): boolean {
  const [found, ...more] = [...decoded(decoded(state)).matchAll(NONCE_WITHIN)];
  return sameNonce(state, nonce) || (more.length === 0 && sameNonce(found?.[1] ?? '', nonce));
}

const NONCE_WITHIN = new RegExp(`[?&=]${NONCE_PARAMETER}=([^&#]+)`, 'g');

/** The answer, if it is one. Where a line ends within the code, a part of it can be read too: the usual form is preferred. */
function answerOf(callbacks: readonly Callback[], nonce: string): PastedAnswer {
  const responses = callbacks.map(({ response }) => response);
  const usual = responses.filter((each) => 'code' in each && USUAL_CODE.test(each.code));
  const [first, ...others] = usual.length > 0 ? usual : responses;
  const keyOf = (each: AuthorizationResponse | undefined): string => JSON.stringify(each);
  if (first === undefined || others.some((each) => keyOf(each) !== keyOf(first)))
    return unusable('not_an_answer');
  const response = 'error' in first && keyOf(first).includes(nonce) ? { error: first.error } : first;
  return keyOf(response).includes(nonce) ? unusable('not_an_answer') : { kind: 'answer', response };
}

/** Whether a query of an address has a code that names no sign-in. */
function isCodeAlone({ query, before }: PastedQuery): boolean {
  return (before.length > 1 || query.includes('&')) && CODE_ALONE.test(query) && !REQUEST.test(query);
}

function bareCodeIn(text: string): string | undefined {
  const [code = '', ...more] = wordsIn(text.trim().replace(/^\??code\s*[:=]/i, ''));
  return more.length === 0 && BARE_CODE.test(code) && !ADDRESS.test(code) ? code : undefined;
}

function wordsIn(text: string): readonly string[] {
  const words = text.split(SEPARATORS);
  return words.map((word) => word.replace(PUNCTUATION, '')).filter((word) => word !== '');
}

/** Without invisible characters (\p{Cf}: zero-width ones, soft hyphens, directions) and HTML's escape. */
function visible(text: string): string {
  return text.replaceAll(/\p{Cf}/gu, '').replaceAll('&amp;', '&');
}

/** Percent-decodes what can be. */
function decoded(text: string): string {
  return text.replaceAll(/(?:%[\da-f]{2})+/gi, (triplets) => {
    try {
      return decodeURIComponent(triplets);
    } catch {
      return triplets;
    }
  });
}

function unusable(reason: PastedProblem): PastedAnswer {
  return { kind: 'unusable', reason };
}
