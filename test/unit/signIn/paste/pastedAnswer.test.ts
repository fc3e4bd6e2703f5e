import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { AuthorizationResponse } from '../../../../src/signIn/callback/callback';
import {
  MAX_PASTED_LENGTH,
  readPasted,
  type PastedAnswer,
  type PastedProblem,
} from '../../../../src/signIn/paste/pastedAnswer';
import { anyText, SAME_VALUES } from '../../support/property';
import { MANGLINGS, mangled, percentEncoded, wrapped } from './manglings';

const NONCE = 'q3Vb_0xTz-9LmNpRs7uW1yA2cD4eF6gH8iJ0kL5oQ_-';
const CODE = 'K4hhJ2bL8c0dE6fG9iJ1kL3mN5oP7qR9';
const ADDRESS = `http://127.0.0.1:17160/callback?code=${CODE}&state=${NONCE}`;
const ANSWER: PastedAnswer = { kind: 'answer', response: { code: CODE } };

/** The callback URIs that the redirect page gets in `state`: a desktop's, and a served VS Code's. */
const DESKTOP = `vscode://vscode-box.box-authentication/callback?nonce=${NONCE}`;
const SERVED = `http://127.0.0.1:8000/callback?vscode-reqid=1&vscode-scheme=code-oss&vscode-path=%2Fcallback&vscode-query=nonce%3D${NONCE}`;
const onRedirectPage = (callbackUri: string): string =>
  `https://vscode.dev/redirect?code=${CODE}&state=${encodeURIComponent(encodeURIComponent(callbackUri))}`;

const AUTHORIZE = `https://account.box.com/api/oauth2/authorize?response_type=code&client_id=abcdefghijklmnop&redirect_uri=${encodeURIComponent('http://127.0.0.1:17160/callback')}&state=${NONCE}&code_challenge=${'c'.repeat(43)}&code_challenge_method=S256`;

const problem = (reason: PastedProblem): PastedAnswer => ({ kind: 'unusable', reason });
const assertReads = (text: string, expected: PastedAnswer): void => {
  assert.deepEqual(readPasted(text, NONCE), expected, JSON.stringify(text.slice(0, 500)));
};

describe('readPasted', () => {
  describe('finds the code in', () => {
    const addresses: [string, string][] = [
      ['the address', ADDRESS],
      ['an address with the state first', `http://127.0.0.1:17160/callback?state=${NONCE}&code=${CODE}`],
      [
        'an address with parameters that nobody asked for',
        `${ADDRESS}&base_domain=evil.example&scope=&scope=`,
      ],
      ['an address with a fragment', `${ADDRESS}#_=_`],
      ['an address with an empty fragment', `${ADDRESS}#`],
      ['an address in capitals', ADDRESS.replace('http', 'HTTP').replace('127.0.0.1', 'LocalHost')],
      ['an address without scheme', ADDRESS.replace('http://', '')],
      ['an address of localhost', ADDRESS.replace('127.0.0.1', 'localhost')],
      ['an address of IPv6', ADDRESS.replace('127.0.0.1', '[::1]')],
      ['an address with another port', ADDRESS.replace('17160', '53917')],
      ['an address without port', ADDRESS.replace(':17160', '')],
      ['the query', `?code=${CODE}&state=${NONCE}`],
      ['the query without its question mark', `state=${NONCE}&code=${CODE}`],
      ['the end of the address', `back?code=${CODE}&state=${NONCE}`],
      ['the address of the redirect page', onRedirectPage(DESKTOP)],
      ['the address of the redirect page of a served editor', onRedirectPage(SERVED)],
      ['the address of another redirect page', onRedirectPage(DESKTOP).replace('vscode.dev', 'box.example')],
      [
        'the address of a redirect page whose state is encoded once less',
        `https://vscode.dev/redirect?code=${CODE}&state=${encodeURIComponent(DESKTOP)}`,
      ],
      [
        'the address of a redirect page whose state is not encoded',
        `https://vscode.dev/redirect?code=${CODE}&state=${DESKTOP}`,
      ],
      ['the callback URI of a desktop', `${DESKTOP}&code=${CODE}`],
      ['the callback URI with the state too', `${DESKTOP}&code=${CODE}&state=${encodeURIComponent(DESKTOP)}`],
      ['the callback URI of a served editor', `${SERVED}&code=${CODE}`],
      [
        'the link of a mail filter',
        `https://filter.example/?url=${encodeURIComponent(ADDRESS)}&data=05%7C01&reserved=0`,
      ],
      [
        'an address in capitals of its escapes',
        `${percentEncoded(ADDRESS).toUpperCase().slice(0, 7)}${ADDRESS}`,
      ],
      ['an HTML link', `<a href="${ADDRESS.replace('&', '&amp;')}">this &lt;page&gt;</a>`],
      ['an HTML link with the code last', `<a href="?state=${NONCE}&amp;code=${CODE}">page</a>`],
      ['a Markdown link', `[127.0.0.1](${ADDRESS})`],
      ['a Markdown link to itself', `[${ADDRESS}](${ADDRESS})`],
      ['a Markdown link with a title', `[page](${ADDRESS} "the page")`],
      ['a sentence', `I went to https://account.box.com, and landed on ${ADDRESS}, is that right?`],
      ['a sentence with a question before', `Is it this one? ${ADDRESS}`],
      ['the query, broken in its first name', `co\nde=${CODE}&state=${NONCE}`],
      ['the same address twice', `${ADDRESS}\n${ADDRESS}`],
      ['an address among others', `https://example.com/?a=b ${ADDRESS} https://example.com/?code=1#x`],
    ];
    for (const [name, text] of addresses) {
      it(name, () => {
        assertReads(text, ANSWER);
      });
    }

    for (const [name, mangle] of Object.entries(MANGLINGS)) {
      it(`an address that is ${name}`, () => {
        assertReads(mangle(ADDRESS), ANSWER);
        assertReads(mangle(onRedirectPage(SERVED)), ANSWER);
      });
    }

    for (const width of [5, 10, 30, 42, 61, 69, 72, 100])
      it(`an address that is wrapped at ${width} characters`, () => {
        const stateFirst = `http://127.0.0.1:17160/callback?state=${NONCE}&code=${CODE}`;
        for (const address of [ADDRESS, stateFirst]) {
          assertReads(wrapped(address, width, '\n'), ANSWER);
          assertReads(wrapped(percentEncoded(address), Math.max(width, 20), '\r\n  '), ANSWER);
        }
      });

    it('an address with any printable code that is percent-encoded', () => {
      // Quotes and brackets part words, and are in no code of Box.
      const code = fc.stringMatching(/^[ -~]{1,100}$/).filter((text) => !/['()*]/.test(text));
      fc.assert(
        fc.property(code, (text) => {
          const query = `code=${encodeURIComponent(text)}&state=${NONCE}`;
          assertReads(`http://127.0.0.1:17160/callback?${query}`, {
            kind: 'answer',
            response: { code: text },
          });
        }),
        SAME_VALUES,
      );
    });

    it('an address that is mangled in any way, and more than once', function () {
      this.timeout(30_000);
      fc.assert(
        fc.property(mangled(CODE, NONCE), (text) => {
          assertReads(text, ANSWER);
        }),
        { ...SAME_VALUES, numRuns: 3000 },
      );
    });
  });

  describe('finds the error in', () => {
    const denial = `http://127.0.0.1:17160/callback?error=access_denied&error_description=The+user+denied+access&state=${NONCE}`;
    const response = { error: 'access_denied', errorDescription: 'The user denied access' };
    const errors: [string, string, AuthorizationResponse][] = [
      ['an address', denial, response],
      ['an address without a description', `?error=access_denied&state=${NONCE}`, { error: 'access_denied' }],
      ['an encoded address', percentEncoded(denial), response],
      ['a wrapped address', wrapped(denial, 70, '\n'), response],
      [
        'an address with a link to Box in the description',
        denial.replace('The+user', 'See+https://support.box.com'),
        { ...response, errorDescription: 'See https://support.box.com denied access' },
      ],
      [
        'the redirect URI, though it is one that Box shows itself as a rule',
        `?error=redirect_uri_mismatch&state=${NONCE}`,
        { error: 'redirect_uri_mismatch' },
      ],
    ];
    for (const [name, text, expected] of errors) {
      it(name, () => {
        assertReads(text, { kind: 'answer', response: expected });
      });
    }
  });

  describe('takes for a bare code', () => {
    const codes: [string, string, string?][] = [
      ['a code', CODE],
      ['a code with space around', ` \u00a0${CODE}\r\n`],
      ['a code in quotes', `“${CODE}”.`],
      ['a code in backticks', `\`${CODE}\``],
      ['a bold code', `**${CODE}**,`],
      ['a code with zero-width characters', `\ufeff${CODE.slice(0, 9)}\u200b${CODE.slice(9)}`],
      ['a code with its label', `code=${CODE}`],
      ['a code with its label as in the query', `?code=${CODE}`],
      ['a code with its label in words', `Code: "${CODE}"`],
      ['a short code', 'a1b2c3d4', 'a1b2c3d4'],
      ['a long code', 'x'.repeat(512), 'x'.repeat(512)],
      ['a code with other characters', 'aB3~x.y-z_/+!$==', 'aB3~x.y-z_/+!$=='],
      ['a code that is percent-encoded', 'aB3%2Fx%2By%3D%3D', 'aB3/x+y=='],
    ];
    for (const [name, text, code = CODE] of codes) {
      it(name, () => {
        assertReads(text, { kind: 'bareCode', code });
      });
    }
  });

  describe('explains', () => {
    const problems: [string, string, PastedProblem][] = [
      ['nothing', '', 'empty'],
      ['space', ' \u00a0\r\n\t', 'empty'],
      ['zero-width characters', '\u200b\ufeff', 'empty'],
      ['quotes around nothing', '“”.', 'empty'],
      ['a huge text', 'x'.repeat(MAX_PASTED_LENGTH + 1), 'too_long'],
      ['a huge text with an answer in it', `${ADDRESS} ${'x '.repeat(MAX_PASTED_LENGTH)}`, 'too_long'],

      ['another nonce', ADDRESS.replace(NONCE, 'other'), 'other_sign_in'],
      ['no nonce', `http://127.0.0.1:17160/callback?code=${CODE}`, 'other_sign_in'],
      ['no nonce, and no scheme', `127.0.0.1:17160/callback?code=${CODE}`, 'other_sign_in'],
      ['no nonce among other parameters', `code=${CODE}&scope=x`, 'other_sign_in'],
      ['an address that was cut off', ADDRESS.slice(0, -60), 'other_sign_in'],
      ['an address that was cut off in its nonce', ADDRESS.slice(0, -1), 'other_sign_in'],
      ['a denial of another sign-in', '?error=access_denied&state=other', 'other_sign_in'],
      ['the redirect page of another sign-in', onRedirectPage(DESKTOP.replace(NONCE, 'x')), 'other_sign_in'],
      ['a callback URI of another sign-in', `${DESKTOP.replace(NONCE, 'x')}&code=${CODE}`, 'other_sign_in'],
      ['a nonce in a parameter of no meaning', `?code=${CODE}&x=${NONCE}`, 'other_sign_in'],
      ['another nonce beside ours', `?code=${CODE}&nonce=other&state=${NONCE}`, 'other_sign_in'],
      [
        'another nonce beside ours in the state',
        `?code=${CODE}&state=${encodeURIComponent(`vscode://x/callback?nonce=other&nonce=${NONCE}`)}`,
        'other_sign_in',
      ],
      [
        'another nonce behind ours in the state',
        `?code=${CODE}&state=${encodeURIComponent(`vscode://x/callback?nonce=${NONCE}&nonce=other`)}`,
        'other_sign_in',
      ],
      ['the web app of Box with a code', `https://app.box.com/?code=${CODE}`, 'other_sign_in'],

      ['Box’s page', AUTHORIZE, 'box_page'],
      ['Box’s page, percent-encoded', percentEncoded(AUTHORIZE), 'box_page'],
      ['Box’s page, wrapped', wrapped(AUTHORIZE, 70, '\n'), 'box_page'],
      ['Box’s page of a company', 'https://example.account.box.com/login', 'box_page'],
      ['Box’s page in a sentence', 'It says “Log in” on account.box.com.', 'box_page'],
      ['Box’s page of another host', 'http://127.0.0.1:4000/api/oauth2/authorize?client_id=x', 'box_page'],
      [
        'Box’s login page',
        `https://account.box.com/login?redirect_url=${encodeURIComponent(AUTHORIZE)}`,
        'box_page',
      ],
      ['Box’s web app', 'app.box.com', 'box_page'],
      ['a request on another host', AUTHORIZE.replace(/^.*\?/, 'https://id.example/?'), 'box_page'],
      ['a request with a code in it', `${AUTHORIZE}&code=${CODE}`, 'box_page'],
      ['Box’s page with an error', `${AUTHORIZE}&error=internal_server_error`, 'box_error'],
      [
        'Box’s page with an error, wrapped before it',
        `${AUTHORIZE.split('&state')[0] ?? ''}\n&state=${NONCE}&error=server_error`,
        'box_error',
      ],
      [
        'Box’s page with a wrong redirect URI',
        `${AUTHORIZE}&error=redirect_uri_mismatch`,
        'redirect_uri_mismatch',
      ],
      [
        'the text of Box’s page with a wrong redirect URI',
        `There is a problem with this app. Error: redirect_uri_mismatch Show Error Details response_type code state ${NONCE}`,
        'redirect_uri_mismatch',
      ],
      ['the code of a missing redirect URI', 'redirect_uri_missing', 'redirect_uri_mismatch'],
      ['the code of an insecure redirect URI', '“insecure_redirect_uri”', 'redirect_uri_mismatch'],

      ['the address without its query', 'http://127.0.0.1:17160/callback', 'no_code'],
      ['the address without scheme and query', '127.0.0.1:17160/callback', 'no_code'],
      ['the address without a code', `http://127.0.0.1:17160/callback?state=${NONCE}`, 'no_code'],
      ['the address with an empty code', `http://127.0.0.1:17160/callback?code=&state=${NONCE}`, 'no_code'],
      ['the address with a code twice', `${ADDRESS}&code=${CODE}`, 'no_code'],
      ['the address with a code twice in disguise', `${ADDRESS}&c%6Fde=${CODE}`, 'no_code'],
      ['the address with a code and an error', `${ADDRESS}&error=access_denied`, 'no_code'],
      ['the address with Unicode in the code', ADDRESS.replace(CODE, '%E7%95%8C'), 'no_code'],
      ['the address with a huge code', ADDRESS.replace(CODE, 'x'.repeat(3000)), 'no_code'],
      ['a denial that names no sign-in', 'http://127.0.0.1:17160/callback?error=access_denied', 'no_code'],
      ['an address of something else', 'https://example.com/', 'no_code'],
      ['an address of something else without scheme', 'vscode.dev/redirect', 'no_code'],
      ['a page of the browser', 'chrome-error://chromewebdata/', 'no_code'],
      ['a host that only looks like Box’s', 'https://account.box.com.evil.example/', 'no_code'],
      ['another host that only looks like Box’s', 'https://evil-box.com/', 'no_code'],

      ['a short word', 'a1b2c3d', 'not_an_answer'],
      ['a huge word', 'x'.repeat(513), 'not_an_answer'],
      ['words', 'This site can’t be reached', 'not_an_answer'],
      ['a code with words', `my code is ${CODE}`, 'not_an_answer'],
      ['two codes', `${CODE} ${CODE}`, 'not_an_answer'],
      ['an access token', `1!${'aB3-_'.repeat(20)}`, 'not_an_answer'],
      ['an e-mail address', 'dana.rivera@example.com', 'not_an_answer'],
      ['letters beyond ASCII', '界界界界界界界界界界', 'not_an_answer'],
      ['the nonce', NONCE, 'not_an_answer'],
      ['the nonce as a code', `?code=${NONCE}&state=${NONCE}`, 'not_an_answer'],
      ['the nonce as an error', `?error=${NONCE}&state=${NONCE}`, 'not_an_answer'],
      ['two answers', `${ADDRESS} ${ADDRESS.replace(CODE, CODE.toLowerCase())}`, 'not_an_answer'],
    ];
    for (const [name, text, reason] of problems) {
      it(`${reason}: ${name}`, () => {
        assertReads(text, problem(reason));
      });
    }
  });

  it('leaves out a description that holds the nonce', () => {
    const text = `?error=server_error&error_description=bad+state+${NONCE}&state=${NONCE}`;
    assertReads(text, { kind: 'answer', response: { error: 'server_error' } });
  });

  describe('takes nothing with another nonce', () => {
    const nearMisses = [
      NONCE.slice(0, -1),
      NONCE.slice(1),
      `${NONCE}a`,
      `a${NONCE}`,
      `${NONCE}${NONCE}`,
      NONCE.toLowerCase(),
      NONCE.toUpperCase(),
      NONCE.replace('_', '-'),
      NONCE.replaceAll('-', '+'),
      `nonce=${NONCE}`,
      `${NONCE}=`,
      `${NONCE}%00`,
      `${NONCE}%2C${NONCE}`,
    ];
    for (const foreign of nearMisses)
      it(`be it ${foreign}`, () => {
        const kinds = Object.values(MANGLINGS).map((mangle) =>
          [ADDRESS, onRedirectPage(DESKTOP)].map(
            (address) => readPasted(mangle(address.replaceAll(NONCE, foreign)), NONCE).kind,
          ),
        );
        assert.deepEqual([...new Set(kinds.flat())], ['unusable']);
      });

    it('however its address is mangled', function () {
      this.timeout(30_000);
      const foreign = fc.oneof(
        fc.stringMatching(/^[\w-]{43}$/),
        fc.constantFrom(NONCE.slice(0, -1), NONCE.toLowerCase(), NONCE.slice(3), 'null', '0'),
      );
      const text = foreign.chain((nonce) => mangled(CODE, nonce));
      fc.assert(
        fc.property(text, (pasted) => {
          assertReads(pasted, problem('other_sign_in'));
        }),
        { ...SAME_VALUES, numRuns: 1500 },
      );
    });
  });

  describe('whatever is pasted', () => {
    const parts = fc.oneof(
      fc.constantFrom('code=', 'state=', 'nonce=', 'error=', 'error_description=', '?', '&', '=', '#', '%3D'),
      fc.constantFrom(
        'http://',
        'vscode-query=',
        'account.box.com/',
        '127.0.0.1',
        ' ',
        '\n',
        '%0A',
        '%',
        '%2',
      ),
      fc.constantFrom('&amp;', '[x](', ')', '"', '“', '\u200b', '\ud800', '%FF', '%C3', '__proto__', CODE),
      anyText,
      anyText.map((text) => encodeURIComponent(text)),
    );
    const texts = (...more: fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
      fc.array(fc.oneof(parts, ...more), { maxLength: 30 }).map((some) => some.join(''));

    it('never throws, and takes nothing for an answer without the nonce', () => {
      fc.assert(
        fc.property(texts(), (text) => {
          const answer = readPasted(text, NONCE);
          assert.notEqual(answer.kind, 'answer');
          if (answer.kind === 'bareCode') assert.match(answer.code, /^[\x21-\x7e]{8,512}$/);
        }),
        { ...SAME_VALUES, numRuns: 1500 },
      );
    });

    it('gives nothing back that holds the nonce', () => {
      let answers = 0;
      const nonce = fc.constantFrom(NONCE, `state=${NONCE}&`, `code=${NONCE}&`, percentEncoded(NONCE));
      const answer = fc.constantFrom(`?code=${CODE}&state=${NONCE}&`, `error=x&error_description=${NONCE}&`);
      fc.assert(
        fc.property(texts(nonce, answer), (text) => {
          const read = readPasted(text, NONCE);
          if (read.kind === 'answer') answers += 1;
          assert.ok(!JSON.stringify(read).includes(NONCE));
        }),
        { ...SAME_VALUES, numRuns: 1500 },
      );
      assert.ok(answers > 100, `${answers} of them were answers`);
    });
  });

  describe('does not work long on', () => {
    for (const piece of [
      '?code=a&state=b ',
      'error=a&state=%25 ',
      'https://box.com.box.com/?error=a&state=b\n',
      '?',
      '&',
      '%25',
      '\n%\n2\n5',
      '&amp;',
      'a=b&',
      'a.',
      '\u200b',
      '(',
      '.',
      'http://',
      'vscode-query=',
    ])
      it(`many times ${JSON.stringify(piece)}`, () => {
        const text = piece.repeat(MAX_PASTED_LENGTH / piece.length);
        assert.equal(readPasted(text, NONCE).kind, 'unusable');
      });

    it('a megabyte, which is not even looked at', () => {
      for (const piece of ['?code=a&state=b ', '%25', 'x', '\n'])
        assertReads(piece.repeat(1_000_000 / piece.length), problem('too_long'));
    });
  });
});
