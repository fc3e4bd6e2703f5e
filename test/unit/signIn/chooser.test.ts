import assert from 'node:assert/strict';
import { chooseMethod } from '../../../src/signIn/chooser';
import { SignInError } from '../../../src/signIn/errors';
import { type SignInMethod, type SignInMethodName } from '../../../src/signIn/signInMethod';

const method = (name: SignInMethodName): SignInMethod => ({
  name,
  redirectUris: () => [],
  prepare: () => Promise.reject(new Error('not wanted')),
});

describe('chooseMethod', () => {
  const methods = [method('localServer'), method('redirectPage'), method('pasteCode')];

  for (const [setting, chosen] of [
    ['auto', 'localServer'],
    ['localServer', 'localServer'],
    ['redirectPage', 'redirectPage'],
    ['pasteCode', 'pasteCode'],
  ] as const) {
    it(`${setting} chooses ${chosen}`, () => {
      assert.equal(chooseMethod(methods, setting).name, chosen);
    });
  }

  it('throws method_unavailable for a method that there is not, rather than choose another', () => {
    assert.throws(() => chooseMethod(methods, 'uriScheme'), new SignInError('method_unavailable'));
  });

  it('throws method_unavailable where there is none at all', () => {
    assert.throws(() => chooseMethod([], 'auto'), new SignInError('method_unavailable'));
  });
});
