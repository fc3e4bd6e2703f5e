import { createHash } from 'node:crypto';
import type { AuthorizationResponse } from '../../callback/callback';
import { PAGE_STYLE, statusMark, type PageKind } from './style';

/** What one page says, as plain text. */
export interface PageWords {
  /** Of the browser's tab. */
  readonly title: string;
  readonly heading: string;
  /** What happened and what to do next. */
  readonly text: string;
}

/** What the pages of the local server say, as plain text in one language. */
export interface AnswerPageWords {
  /** Language of the words (BCP 47). */
  readonly lang: string;
  /** Direction in which that language is written. */
  readonly dir: 'ltr' | 'rtl';
  /** Box sent a code. It is not exchanged yet, so nobody is signed in yet. */
  readonly granted: PageWords;
  /** Box sent an error. @param error its code; undefined where what came has not the form of one. */
  readonly refused: (error: string | undefined) => PageWords;
  /** What came is no answer to the sign-in that waits, which goes on waiting. */
  readonly notExpected: PageWords;
  /** Words of the link back into the editor. */
  readonly returnToEditor: string;
  /** Where the page comes from. */
  readonly footer: string;
}

/** What an error code of OAuth looks like. Anything else is never shown. */
const ERROR_CODE = /^[a-z_]{1,64}$/;

const styleHash = createHash('sha256').update(PAGE_STYLE).digest('base64');

/** Sent with every answer of the local server: nothing is loaded, framed, kept, or told to another site. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-store',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
};

/**
 * The page that the browser shows, in HTML.
 * @param response what Box answered; undefined where what came is no answer to the sign-in that waits.
 * @param editorUri the address that leads back into the editor; undefined where there is none.
 */
export function answerPage(
  response: AuthorizationResponse | undefined,
  words: AnswerPageWords,
  editorUri: string | undefined,
): string {
  const kind = kindOf(response);
  const { title, heading, text } = wordsFor(response, words);
  const link =
    editorUri === undefined
      ? ''
      : `<a href="${escapeHtml(editorUri)}">${escapeHtml(words.returnToEditor)}</a>\n`;
  return `<!doctype html>
<html lang="${escapeHtml(words.lang)}" dir="${words.dir}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<style>${PAGE_STYLE}</style>
</head>
<body class="${kind}">
<main>
${statusMark(kind)}
<h1>${escapeHtml(heading)}</h1>
<p>${escapeHtml(text)}</p>
${link}</main>
<footer>${escapeHtml(words.footer)}</footer>
</body>
</html>
`;
}

/** Makes a text safe between tags and in a quoted attribute. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

function kindOf(response: AuthorizationResponse | undefined): PageKind {
  if (response === undefined) return 'notExpected';
  return 'error' in response ? 'refused' : 'granted';
}

function wordsFor(response: AuthorizationResponse | undefined, words: AnswerPageWords): PageWords {
  if (response === undefined) return words.notExpected;
  if (!('error' in response)) return words.granted;
  return words.refused(ERROR_CODE.test(response.error) ? response.error : undefined);
}
