import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  ApiRefusedError,
  OAuthError,
  UnexpectedResponseError,
  UnreachableError,
} from '../../../src/box/errors';
import { exchangeRefusal, lackingScopes, type ExchangeRefusal } from '../../../src/box/exchangeRefusal';
import { DOWNSCOPE_SCOPES } from '../../../src/box/scopes';
import { SAME_VALUES } from '../support/property';

const errors: [string, unknown, ExchangeRefusal | undefined][] = [
  ['insufficient_scope in the body', new OAuthError('insufficient_scope', 'Higher.', 401), 'scope'],
  ['insufficient_scope in a challenge', new ApiRefusedError(401, 'insufficient_scope'), 'scope'],
  ['insufficient_scope with 403', new ApiRefusedError(403, 'insufficient_scope'), 'scope'],
  ['invalid_scope', new OAuthError('invalid_scope', undefined, 400), 'scope'],
  ['invalid_token in the body', new OAuthError('invalid_token', undefined, 401), 'subject_token'],
  ['invalid_token in a challenge', new ApiRefusedError(401, 'invalid_token'), 'subject_token'],
  ['unauthorized', new OAuthError('unauthorized', undefined, 401), 'subject_token'],
  ['a 401 that says nothing', new ApiRefusedError(401, undefined), 'either'],
  ['a 403 that says nothing', new ApiRefusedError(403, undefined), undefined],
  ['a claim', new OAuthError('invalid_grant', "Please check the 'exp' claim.", 400), undefined],
  ['another type of app', new OAuthError('unauthorized_client', undefined, 400), undefined],
  ['an item that is not there', new ApiRefusedError(404, 'not_found'), undefined],
  ['no answer', new UnreachableError('ECONNRESET', 'api.box.com'), undefined],
  ['a damaged answer', new UnexpectedResponseError(401, 'no JSON'), undefined],
  ['something else', new Error('insufficient_scope'), undefined],
  ['nothing', undefined, undefined],
];

describe('exchangeRefusal', () => {
  for (const [name, error, refusal] of errors) {
    it(`is ${String(refusal)} for ${name}`, () => {
      assert.equal(exchangeRefusal(error), refusal);
    });
  }
});

describe('lackingScopes', () => {
  const asked = ['item_preview', 'item_download', 'ai.readwrite'];

  for (const [name, error, refusal] of errors) {
    const expected = refusal === 'scope' || refusal === 'either' ? asked : [];
    it(`names ${expected.length === 0 ? 'none' : 'all that were asked for'} for ${name}`, () => {
      assert.deepEqual(lackingScopes(error, asked), expected);
    });
  }

  for (const description of [
    'The scope ai.readwrite is not available.',
    'Missing scopes: "ai.readwrite", root_readonly',
    'ai.readwrite',
  ]) {
    it(`names the one in ${JSON.stringify(description)}`, () => {
      const error = new OAuthError('invalid_scope', description, 400);
      assert.deepEqual(lackingScopes(error, asked), ['ai.readwrite']);
    });
  }

  it('takes no scope for another one that begins alike', () => {
    const error = new OAuthError('invalid_scope', 'No such scope: item_download_all', 400);
    assert.deepEqual(lackingScopes(error, asked), asked);
  });

  it('never names a scope that was not asked for, and names each that Box names', () => {
    const scopes = fc.uniqueArray(fc.constantFrom<string>(...DOWNSCOPE_SCOPES), { minLength: 1 });
    fc.assert(
      fc.property(scopes, scopes, fc.constantFrom(' ', ', ', '" "'), (wanted, named, between) => {
        const error = new OAuthError('insufficient_scope', `No "${named.join(between)}".`, 401);
        const common = wanted.filter((scope) => named.includes(scope));
        assert.deepEqual(lackingScopes(error, wanted), common.length > 0 ? common : wanted);
      }),
      SAME_VALUES,
    );
  });
});
