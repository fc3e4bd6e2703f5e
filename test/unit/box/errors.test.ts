import assert from 'node:assert/strict';
import { assertHoldsNoSecret } from '../support/secrecy';
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

describe('OAuthError', () => {
  it('keeps nothing that could be a token of what the server echoed', () => {
    const token = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ01';
    for (const error of [
      new OAuthError('invalid_grant', `The token ${token} is invalid`, 400),
      new OAuthError(token, undefined, 400),
    ]) {
      assertHoldsNoSecret(error, [token]);
    }
  });

  it('keeps the longest code that Box has', () => {
    assert.equal(
      new OAuthError('error_access_from_ip_not_allowed').error,
      'error_access_from_ip_not_allowed',
    );
  });
});
