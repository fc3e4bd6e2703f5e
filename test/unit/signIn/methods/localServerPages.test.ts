import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import type { AuthorizationResponse } from '../../../../src/signIn/callback/callback';
import {
  answerPage,
  escapeHtml,
  PAGE_HEADERS,
  type AnswerPageWords,
} from '../../../../src/signIn/methods/localServer/pages';
import { PAGE_STYLE } from '../../../../src/signIn/methods/localServer/style';
import { anyText, SAME_VALUES } from '../../support/property';
import { assertHoldsNoSecret } from '../../support/secrecy';
import { EDITOR_URI, WORDS } from './localServerClient';

const CODE = 'K4hhJ2bL8c0dE6fG9iJ1kL3mN5oP7qR9';
const RESPONSES: readonly (AuthorizationResponse | undefined)[] = [
  { code: CODE },
  { error: 'access_denied' },
  undefined,
];

const every = (words: AnswerPageWords = WORDS, uri: string | undefined = EDITOR_URI): string[] =>
  RESPONSES.map((response) => answerPage(response, words, uri));

const one = (html: string, pattern: RegExp): string => {
  const [match, ...more] = [...html.matchAll(new RegExp(pattern, 'gs'))];
  assert.ok(match !== undefined && more.length === 0, `one ${pattern.source} in ${html}`);
  return match[1] ?? '';
};

describe('answerPage', () => {
  const cases: [string, AuthorizationResponse | undefined, string[]][] = [
    ['a code', { code: CODE }, ['Granted', 'Box granted it', 'The editor finishes it.']],
    ['a denial', { error: 'access_denied' }, ['Refused', 'Box refused it', 'Box says: access_denied.']],
    ['no answer', undefined, ['Unknown', 'Nobody waits for it', 'The sign-in goes on.']],
  ];
  for (const [name, response, expected] of cases) {
    it(`says what happened, for ${name}`, () => {
      const html = answerPage(response, WORDS, EDITOR_URI);
      const said = [/<title>(.*?)<\/title>/, /<h1>(.*?)<\/h1>/, /<p>(.*?)<\/p>/].map((p) => one(html, p));
      assert.deepEqual(said, expected);
    });
  }

  it('offers one link, into the editor', () => {
    for (const html of every()) {
      assert.equal(one(html, /<a href="([^"]*)">Return to the editor<\/a>/), EDITOR_URI);
      assert.equal(one(html, /(<a\b)/), '<a');
    }
  });

  it('offers no link where there is no address', () => {
    for (const response of RESPONSES) assert.doesNotMatch(answerPage(response, WORDS, undefined), /<a\b/);
  });

  it('names its language and direction, and takes to light and dark', () => {
    const words = { ...WORDS, lang: 'ar-EG', dir: 'rtl' } as const;
    for (const html of every(words)) {
      assert.match(html, /^<!doctype html>\n<html lang="ar-EG" dir="rtl">/);
      assert.match(html, /<meta name="color-scheme" content="light dark">/);
      assert.match(html, /<meta name="viewport" content="width=device-width/);
    }
    assert.match(PAGE_STYLE, /prefers-color-scheme: dark/);
  });

  it('has no script, no inline style, and nothing to load', () => {
    for (const html of every()) {
      assert.doesNotMatch(html, /<(?:script|link|img|iframe|object|embed|form|base|use|image)\b/i);
      assert.doesNotMatch(html, /\s(?:style|src|srcset|on\w+|http-equiv)=/i);
      assert.doesNotMatch(html, /url\(|@import|https?:/i);
    }
  });

  it('never shows the code or the description', () => {
    const denial = { error: 'server_error', errorDescription: 'the description of the denial' };
    const pages = [answerPage({ code: CODE }, WORDS, EDITOR_URI), answerPage(denial, WORDS, EDITOR_URI)];
    assertHoldsNoSecret(pages, [CODE, denial.errorDescription]);
  });

  it('shows an error code that has the form of one, and nothing else', () => {
    const shown = (error: string): string => one(answerPage({ error }, WORDS, undefined), /<p>(.*?)<\/p>/);
    assert.equal(shown('a_code_of_the_future'), 'Box says: a_code_of_the_future.');
    assert.equal(shown('x'.repeat(64)), `Box says: ${'x'.repeat(64)}.`);
    for (const error of ['', 'Access_denied', 'call 555', '<b>x</b>', 'x'.repeat(65), 'a\n', 'a-b', CODE])
      assert.equal(shown(error), 'Box says: something.', error);
  });

  it('escapes whatever the words and the address hold', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, fc.constant(`"'><script>alert(1)</script>&amp;`)), (hostile) => {
        const page = { title: hostile, heading: hostile, text: hostile };
        const words: AnswerPageWords = {
          lang: hostile,
          dir: 'ltr',
          granted: page,
          refused: () => page,
          notExpected: page,
          returnToEditor: hostile,
          footer: hostile,
        };
        const plain = { title: '', heading: '', text: '' };
        const empty = { ...words, lang: '', granted: plain, refused: () => plain, notExpected: plain };
        const safe = escapeHtml(hostile);
        every(words, hostile).forEach((html, index) => {
          assert.equal(
            html.split('<').length,
            every({ ...empty, returnToEditor: '', footer: '' })[index]?.split('<').length,
          );
          for (const place of [
            `lang="${safe}"`,
            `href="${safe}"`,
            `<title>${safe}<`,
            `<h1>${safe}<`,
            `<p>${safe}<`,
          ])
            assert.ok(html.includes(place), place);
        });
      }),
      { ...SAME_VALUES, numRuns: 50 },
    );
  });
});

describe('escapeHtml', () => {
  it('leaves nothing with which markup or an attribute could begin or end', () => {
    assert.equal(escapeHtml(`<a href="x" b='y'>&lt;`), '&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;lt;');
  });
});

describe('PAGE_HEADERS', () => {
  it('allow the style of every page by its hash, and nothing else', () => {
    for (const html of every()) {
      const style = one(html, /<style>(.*?)<\/style>/);
      const hash = createHash('sha256').update(style).digest('base64');
      assert.equal(
        PAGE_HEADERS['Content-Security-Policy'],
        `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
      );
    }
  });

  it('keep the address to this page, and the page out of caches and frames', () => {
    assert.deepEqual(PAGE_HEADERS, {
      'Content-Security-Policy': PAGE_HEADERS['Content-Security-Policy'],
      'Content-Type': 'text/html; charset=utf-8',
      'Referrer-Policy': 'no-referrer',
      'X-Content-Type-Options': 'nosniff',
      'Cache-Control': 'no-store',
      'Cross-Origin-Resource-Policy': 'same-origin',
      'Cross-Origin-Opener-Policy': 'same-origin',
    });
  });
});

describe('PAGE_STYLE', () => {
  const [light = '', dark = ''] = PAGE_STYLE.split('@media (prefers-color-scheme: dark)');
  /** Relative luminance (WCAG 2.2). */
  const luminance = (colour: string): number => {
    const channels = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255);
    const [r = 0, g = 0, b = 0] = channels.map((c) =>
      c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4,
    );
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const pairs: [string, string, number][] = [
    ['heading', 'card', 4.5],
    ['text', 'card', 4.5],
    ['quiet', 'ground', 4.5],
    ['quiet', 'glow', 4.5],
    ['action-text', 'action', 4.5],
    ['action-text', 'action-over', 4.5],
    ['action', 'card', 3],
    ['badge', 'granted', 3],
    ['badge', 'refused', 3],
    ['badge', 'notExpected', 3],
  ];
  for (const [name, style] of [
    ['light', light],
    ['dark', dark],
  ] as const) {
    it(`has enough contrast (WCAG AA) in ${name}`, () => {
      const colour = (variable: string): number =>
        luminance(one(style.slice(0, style.indexOf('}')), new RegExp(`--${variable}: (#[0-9a-f]{6});`)));
      for (const [front, back, least] of pairs) {
        const [high = 0, low = 0] = [colour(front), colour(back)].sort((a, b) => b - a);
        const contrast = (high + 0.05) / (low + 0.05);
        assert.ok(contrast >= least, `${front} on ${back}: ${contrast.toFixed(2)}`);
      }
    });
  }
});
