import assert from 'node:assert/strict';
import {
  ApiRefusedError,
  OAuthError,
  UnexpectedResponseError,
  UnreachableError,
} from '../../../src/box/errors';
import {
  appRefusal,
  exchangeRefusal,
  type AppRefusal,
  type ExchangeRefusal,
} from '../../../src/box/refusals';

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
  ['a claim', new OAuthError('invalid_grant', "Please check the 'exp' claim.", 400), 'assertion'],
  ['a key', new OAuthError('invalid_grant', '"kid" invalid, unable to lookup correct key', 400), 'assertion'],
  [
    'another type of app',
    new OAuthError('invalid_request', 'The grant type is unauthorized', 400),
    'app_type',
  ],
  ['an app that is not authorized', new OAuthError('unauthorized_client', undefined, 400), undefined],
  ['an item that is not there', new ApiRefusedError(404, 'not_found'), 'resource'],
  ['an item for others', new OAuthError('access_denied_insufficient_permissions', '', 403), 'resource'],
  ['an item for others in a challenge', new ApiRefusedError(403, 'forbidden'), 'resource'],
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

const ofApps: [code: string, description: string | undefined, refusal: AppRefusal][] = [
  ['invalid_client', 'The client credentials are invalid', 'credentials'],
  ['invalid_request', 'The grant type is unauthorized for this client_id', 'type'],
  ['unauthorized_client', 'This app is not authorized by the enterprise admin', 'authorization'],
  ['unauthorized_client', 'The "box_subject_type" value is unauthorized for this client_id', 'subject_type'],
  ['invalid_request', 'Invalid "box_subject_type" parameter or parameter missing', 'unclear'],
  ['invalid_request', 'Cannot obtain user token based on the enterprise configuration', 'user_tokens'],
  ['invalid_grant', 'Grant credentials are invalid', 'grant'],
  ['invalid_grant', undefined, 'grant'],
  ['invalid_grant', '"kid" invalid, unable to lookup correct key', 'key_id'],
  ['invalid_grant', 'Signature verification error.', 'signature'],
  ['invalid_grant', "Please check the 'sub' claim.", 'subject'],
  ['invalid_grant', "Please check the 'exp' claim.", 'time'],
  ['invalid_grant', "Please check the 'jti' claim.", 'assertion'],
  ['invalid_request', undefined, 'unclear'],
];

describe('appRefusal', () => {
  for (const [code, description, refusal] of ofApps) {
    it(`is ${refusal} for ${code}${description === undefined ? '' : ` (${description})`}`, () => {
      assert.equal(appRefusal(new OAuthError(code, description, 400)), refusal);
    });
  }

  it('is unclear for what Box was not asked at all', () => {
    assert.equal(appRefusal(new OAuthError('invalid_grant')), 'unclear');
  });
});
