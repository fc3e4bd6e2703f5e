import assert from 'node:assert/strict';
import {
  ApiRefusedError,
  OAuthError,
  UnexpectedResponseError,
  UnreachableError,
} from '../../../src/box/errors';
import { exchangeRefusal, type ExchangeRefusal } from '../../../src/box/exchangeRefusal';

const errors: [string, unknown, ExchangeRefusal | undefined][] = [
  ['insufficient_scope in the body', new OAuthError('insufficient_scope', 'Higher.', 401), 'scope'],
  ['insufficient_scope in a challenge', new ApiRefusedError(401, 'insufficient_scope'), 'scope'],
  ['insufficient_scope with 403', new ApiRefusedError(403, 'insufficient_scope'), 'scope'],
  ['invalid_scope', new OAuthError('invalid_scope', undefined, 400), 'scope'],
  ['invalid_token in the body', new OAuthError('invalid_token', undefined, 401), 'subject_token'],
  ['invalid_token in a challenge', new ApiRefusedError(401, 'invalid_token'), 'subject_token'],
  ['unauthorized', new OAuthError('unauthorized', undefined, 401), 'subject_token'],
  ['a 401 that says nothing', new ApiRefusedError(401, undefined), 'either'],
  ['a 403 that says nothing', new ApiRefusedError(403, undefined), 'resource'],
  ['a 404 that says nothing', new ApiRefusedError(404, undefined), 'resource'],
  ['a resource that is not there', new OAuthError('invalid_resource', 'Invalid.', 400), 'resource'],
  ['a grant', new OAuthError('invalid_grant', 'Grant credentials are invalid', 400), 'grant'],
  ['a request', new OAuthError('invalid_request', undefined, 400), 'request'],
  ['a claim', new OAuthError('invalid_grant', "Please check the 'exp' claim.", 400), undefined],
  ['another type of app', new OAuthError('unauthorized_client', undefined, 400), undefined],
  ['an item that is not there', new ApiRefusedError(404, 'not_found'), 'resource'],
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
