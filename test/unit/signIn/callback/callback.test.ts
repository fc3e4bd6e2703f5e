import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseCallback } from '../../../../src/signIn/callback/callback';
import { anyText, SAME_VALUES } from '../../support/property';

const NONCE = 'n0nce-of_this-sign-in';
const CODE = 'K4hhJ2bL8c0dE6fG9iJ1kL3mN5oP7qR9';

describe('parseCallback', () => {
  const answers: [string, string, ReturnType<typeof parseCallback>][] = [
    ['a code', `code=${CODE}&nonce=${NONCE}`, { nonce: NONCE, response: { code: CODE } }],
    [
      'a code with the nonce in state',
      `state=${NONCE}&code=${CODE}`,
      { nonce: NONCE, response: { code: CODE } },
    ],
    [
      'a code with the nonce beside another state',
      `nonce=${NONCE}&code=${CODE}&state=vscode%3A%2F%2Fx%2Fcallback%3Fnonce%3Dother`,
      { nonce: NONCE, response: { code: CODE } },
    ],
    [
      'a code among parameters that nobody asked for',
      `windowId=3&code=${CODE}&base_domain=evil.com&nonce=${NONCE}&scope=&scope=`,
      { nonce: NONCE, response: { code: CODE } },
    ],
    [
      'a code that is percent-encoded',
      `code=a%2Fb%2Bc&nonce=${NONCE}`,
      { nonce: NONCE, response: { code: 'a/b+c' } },
    ],
    [
      'a code that was decoded already',
      `code=a/b+c=&nonce=${NONCE}`,
      { nonce: NONCE, response: { code: 'a/b+c=' } },
    ],
    [
      'a code with a stray percent sign',
      `code=100%&nonce=${NONCE}`,
      { nonce: NONCE, response: { code: '100%' } },
    ],
    [
      'a denial',
      `error=access_denied&error_description=The+user+denied+access+to+your+application&state=${NONCE}`,
      {
        nonce: NONCE,
        response: { error: 'access_denied', errorDescription: 'The user denied access to your application' },
      },
    ],
    [
      'a denial without a description',
      `error=access_denied&nonce=${NONCE}`,
      { nonce: NONCE, response: { error: 'access_denied' } },
    ],
  ];
  for (const [name, query, callback] of answers) {
    it(`reads ${name}`, () => {
      assert.deepEqual(parseCallback(query), callback);
    });
  }

  const huge = 'x'.repeat(100_000);
  const voids: [string, string][] = [
    ['nothing', ''],
    ['no parameter', '&&=&=='],
    ['no nonce', `code=${CODE}`],
    ['an empty nonce', `code=${CODE}&nonce=`],
    ['neither code nor error', `nonce=${NONCE}`],
    ['an empty code', `nonce=${NONCE}&code=`],
    ['a code and an error', `nonce=${NONCE}&code=${CODE}&error=access_denied`],
    ['two codes', `nonce=${NONCE}&code=${CODE}&code=other`],
    ['the same code twice', `nonce=${NONCE}&code=${CODE}&code=${CODE}`],
    ['two codes, one in disguise', `nonce=${NONCE}&code=${CODE}&c%6Fde=other`],
    ['two nonces', `nonce=${NONCE}&nonce=other&code=${CODE}`],
    ['two errors', `nonce=${NONCE}&error=access_denied&error=server_error`],
    ['a huge code', `nonce=${NONCE}&code=${huge}`],
    ['a huge nonce', `nonce=${huge}&code=${CODE}`],
    ['a huge parameter that nobody reads', `nonce=${NONCE}&code=${CODE}&x=${huge}`],
    ['a line break in the code', `nonce=${NONCE}&code=a%0D%0Ab`],
    ['a null character in the code', `nonce=${NONCE}&code=a%00b`],
    ['Unicode in the code', `nonce=${NONCE}&code=%E7%95%8C`],
    ['Unicode in the nonce', `nonce=%E7%95%8C&code=${CODE}`],
    ['Unicode in the error', `nonce=${NONCE}&error=%E7%95%8C`],
    ['names in another case', `Nonce=${NONCE}&CODE=${CODE}`],
  ];
  for (const [name, query] of voids) {
    it(`finds no answer in a query with ${name}`, () => {
      assert.equal(parseCallback(query), undefined);
    });
  }

  // Only `error` is ever branched on, so a description that cannot be shown must not swallow the denial.
  for (const description of ['%E7%95%8C', 'x'.repeat(4000), '%00', '', 'a&error_description=b']) {
    it(`reads a denial whose description is ${description.slice(0, 30)}`, () => {
      const callback = parseCallback(`nonce=${NONCE}&error=access_denied&error_description=${description}`);
      assert.deepEqual(callback, { nonce: NONCE, response: { error: 'access_denied' } });
    });
  }

  it('never throws, and gives printable texts of bounded length', () => {
    const parts = fc.oneof(
      fc.constantFrom('code', 'nonce', 'state', 'error', 'error_description', '=', '&', '%', '%E0%A4%A', '+'),
      anyText,
      anyText.map(encodeURIComponent),
    );
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 40 }), (query) => {
        const callback = parseCallback(query.join(''));
        if (callback === undefined) return;
        const texts: string[] = [callback.nonce, ...Object.values(callback.response)];
        for (const text of texts) {
          assert.match(text, /^[\x20-\x7e]{1,8192}$/);
        }
      }),
      { ...SAME_VALUES, numRuns: 300 },
    );
  });

  it('reads any printable code and description back as they were encoded', () => {
    const text = fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 100 });
    fc.assert(
      fc.property(text, text, (code, nonce) => {
        const query = `code=${encodeURIComponent(code)}&nonce=${encodeURIComponent(nonce)}`;
        assert.deepEqual(parseCallback(query), { nonce, response: { code } });
      }),
      SAME_VALUES,
    );
  });

  for (const query of [
    'nonce=a&nonce=b&state=c&code=x',
    'nonce=&state=c&code=x',
    'nonce=a&code=x&error=e&error=f',
    'nonce=a&code=x&code=y&error=e',
    'nonce=a&state=b&state=c&code=x',
  ]) {
    it(`takes nothing from ${query}`, () => {
      assert.equal(parseCallback(query), undefined);
    });
  }

  it('takes a query of more parameters than any answer has for none', () => {
    const many = (count: number): string => `code=abc&nonce=xyz${'&a=1'.repeat(count)}`;
    assert.notEqual(parseCallback(many(60)), undefined);
    assert.equal(parseCallback(many(63)), undefined);
  });
});
