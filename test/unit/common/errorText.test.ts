import assert from 'node:assert/strict';
import { ApiRefusedError, OAuthError, UnreachableError } from '../../../src/box/errors';
import { errorText } from '../../../src/common/errorText';

const TOKEN = 'abcdefghijklmnopqrstuvwxyz0123456789';

describe('errorText', () => {
  it('says all that Box’s support asks for, in one line', () => {
    const error = new OAuthError('invalid_client', 'The client\ncredentials are invalid', 400, 'abc123');
    assert.equal(
      errorText(error),
      'OAuthError: Box answered invalid_client: The client credentials are invalid (HTTP status 400, request ID abc123)',
    );
  });

  const codes = [
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    'ERR_TLS_CERT_ALTNAME_INVALID',
  ];
  for (const code of codes) {
    it(`says ${code}, which is as long as a token`, () => {
      assert.match(errorText(new UnreachableError(code, 'api.box.com')), new RegExp(`\\(${code}\\)$`));
    });
  }

  it('says a long code of Box and the ID of a request, but no other word as long', () => {
    const code = 'access_denied_insufficient_permissions';
    const requestId = '0a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6';
    assert.equal(
      errorText(new OAuthError(code, `It ends with ${TOKEN}`, 403, requestId)),
      `OAuthError: Box answered ${code}: It ends with … (HTTP status 403, request ID ${requestId})`,
    );
    assert.ok(
      errorText(new ApiRefusedError(403, code, requestId)).endsWith(`(${code}) (request ID ${requestId})`),
    );
  });

  it('gives the stack of an error that nobody expected, with the names of files alone', () => {
    const [first = '', ...frames] = errorText(new TypeError('it is not a function')).split('\n');
    assert.equal(first, 'TypeError: it is not a function');
    assert.match(frames[0] ?? '', /^ {4}at .*\(?errorText\.test\.ts:\d+:\d+\)?$/);
    assert.ok(frames.every((frame) => !/[/\\]/.test(frame)));
  });

  it('gives the stack of an error of Node.js, too, with its cause', () => {
    const error = new Error('read failed', { cause: new Error('disk') });
    Object.assign(error, { code: 'EIO' });
    assert.match(errorText(error), /^Error: read failed \(caused by Error: disk\)\n {4}at /);
  });

  for (const thrown of [new Error(`Unexpected token in ${TOKEN}`), TOKEN, { toString: () => TOKEN }]) {
    it(`repeats nothing that could be a token (${typeof thrown})`, () => {
      assert.ok(!errorText(thrown).includes(TOKEN));
    });
  }
});
