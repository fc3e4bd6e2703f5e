import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { SEED } from '../../emulator/src';
import { documents } from './documents';

/** What looks like a token, code, secret, verifier or key, and like nothing that people write. */
const SUSPICIOUS: Readonly<Record<string, RegExp>> = {
  'letters and digits of a client ID, code or secret':
    /(?<![\w/.-])(?=[a-z]*\d)(?=\d*[a-z])[a-z\d]{28,}(?![\w.-])/,
  'hexadecimal digits': /(?<![\w-])[\da-f]{32,}(?![\w-])/i,
  'base64url with small and capital letters and digits':
    /(?<![\w/.-])(?=[\w-]*[a-z])(?=[\w-]*[A-Z])(?=[\w-]*\d)[\w-]{28,}(?![/.])/,
  'a token of Box': /\b1![\w-]{8,}/,
  'a JSON Web Token': /\beyJ[\w-]{8,}/,
  'a private key': /-----BEGIN [A-Z ]*KEY-----/,
  'a bearer token': /Bearer (?![<{$…])\S/,
};

function findings(text: string): readonly string[] {
  return Object.entries(SUSPICIOUS)
    .filter(([, pattern]) => pattern.test(text))
    .map(([what, pattern]) => `${what}: ${pattern.exec(text)?.[0]}`);
}

describe('A token-like value', () => {
  const samples: Readonly<Record<string, () => string>> = {
    'base64url of 32 bytes': () => `A1b${randomBytes(32).toString('base64url')}`,
    'hexadecimal digits': () => randomBytes(16).toString('hex'),
    'a client ID': () => SEED.clientId,
    'a client secret': () => SEED.clientSecret,
    'a server-side token': () => ['1', randomBytes(12).toString('base64url')].join('!'),
    'a JSON Web Token': () => Buffer.from('{"alg":"RS256"}').toString('base64url'),
    'a private key': () => ['-----BEGIN', 'ENCRYPTED PRIVATE KEY-----'].join(' '),
    'a header': () => ['Authorization: Bearer', 'abc'].join(' '),
  };
  for (const [name, sample] of Object.entries(samples)) {
    it(`is known by its form: ${name}`, () => {
      assert.notDeepEqual(findings(`Take ${sample()} for it.`), []);
    });
  }

  for (const { path, text } of documents()) {
    it(`is not in ${path}`, () => {
      assert.deepEqual(findings(text), []);
    });
  }
});
