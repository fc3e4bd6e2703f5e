import assert from 'node:assert/strict';
import { OAuthError } from '../../../src/box/errors';
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
