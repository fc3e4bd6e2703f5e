import assert from 'node:assert/strict';
import '../../support/vscodeStub';
import type { SignInMethod, SignInMethodName } from '../../../../src/signIn/signInMethod';
import { redirectUriList } from '../../../../src/ui/apps/redirectUriPicker';

const PAGE = 'https://vscode.dev/redirect';
const SCHEME = 'vscode://vscode-box.box-authentication/callback';
const [first, second, third] = [17160, 24160, 31160].map((port) => `http://127.0.0.1:${port}/callback`);

const method = (name: SignInMethodName, ...uris: (string | undefined)[]): SignInMethod => ({
  name,
  redirectUris: () => uris.filter((uri) => uri !== undefined),
  prepare: () => Promise.reject(new Error('not asked for')),
});

const methods = {
  redirectPage: method('redirectPage', PAGE),
  localServer: method('localServer', first, second, third),
  uriScheme: method('uriScheme', SCHEME),
  pasteCode: method('pasteCode', first),
};

const listed = (usable: readonly SignInMethodName[], sent?: string) => {
  const { needed, others } = redirectUriList(methods, usable, sent);
  return { needed: needed.map(({ uri }) => uri), others: others.map(({ uri }) => uri) };
};

describe('redirectUriList', () => {
  it('has the two that a desktop sends first, and the others apart', () => {
    assert.deepEqual(listed(['redirectPage', 'localServer', 'pasteCode']), {
      needed: [PAGE, first],
      others: [second, third, SCHEME],
    });
  });

  it('has one where every method sends the same', () => {
    assert.deepEqual(listed(['pasteCode']), { needed: [first], others: [PAGE, second, third, SCHEME] });
  });

  it('has another editor’s own first', () => {
    assert.deepEqual(listed(['localServer', 'uriScheme', 'pasteCode']).needed, [first, SCHEME]);
  });

  it('begins with the one that was sent, once', () => {
    const { needed, others } = listed(['redirectPage', 'localServer', 'pasteCode'], second);
    assert.deepEqual(needed, [second, PAGE, first]);
    assert.deepEqual(others, [third, SCHEME]);
    assert.deepEqual(listed(['redirectPage', 'localServer'], first).needed, [first, PAGE]);
  });

  it('names the first method that sends it', () => {
    const { needed } = redirectUriList(methods, ['pasteCode', 'localServer']);
    assert.deepEqual(
      needed.map(({ method: name }) => name),
      ['pasteCode'],
    );
  });
});
