import assert from 'node:assert/strict';
import {
  ApiRefusedError,
  isTransient,
  OAuthError,
  UnexpectedResponseError,
  UnreachableError,
} from '../../../src/box/errors';

describe('isTransient', () => {
  const transient: [string, Error][] = [
    ['no answer', new UnreachableError('ECONNRESET', 'api.box.com')],
    ['a timeout', new UnreachableError('TIMEOUT', 'api.box.com')],
    ...[409, 429, 500, 502, 503].map((status): [string, Error] => [
      `HTTP status ${status}`,
      new UnexpectedResponseError(status, 'try again later'),
    ]),
    ['a damaged answer', new UnexpectedResponseError(200, 'no JSON')],
    ['temporarily_unavailable', new OAuthError('temporarily_unavailable', undefined, 429)],
    ['server_error', new OAuthError('server_error')],
  ];
  for (const [name, error] of transient) {
    it(`is true for ${name}`, () => {
      assert.equal(isTransient(error), true);
    });
  }

  // What Box's own SDK counts as the end of a session, and what is wrong with the request or the app.
  const final = [
    'invalid_grant',
    'invalid_client',
    'invalid_request',
    'unauthorized_client',
    'access_denied',
    'no_credit_card_trial_ended',
    'service_blocked',
    'unauthorized_device',
    'grace_period_expired',
    'unauthorized',
  ];
  for (const code of final) {
    it(`is false for ${code}`, () => {
      assert.equal(isTransient(new OAuthError(code, undefined, 400)), false);
    });
  }

  it('is false for a call that the API refused, and for what is no failure of Box', () => {
    assert.equal(isTransient(new ApiRefusedError(401, 'invalid_token')), false);
    assert.equal(isTransient(new Error('temporarily_unavailable')), false);
    assert.equal(isTransient(undefined), false);
  });
});
