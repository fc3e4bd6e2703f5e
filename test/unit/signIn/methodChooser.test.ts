import assert from 'node:assert/strict';
import { usableMethods, type SignInEnvironment } from '../../../src/signIn/methodChooser';
import type { SignInMethodName } from '../../../src/signIn/signInMethod';

const desktop: SignInEnvironment = {
  isDesktop: true,
  isHostLocal: true,
  uriScheme: 'vscode',
  hasOwnPage: false,
  setting: 'auto',
};
const served: SignInEnvironment = {
  ...desktop,
  isDesktop: false,
  isHostLocal: false,
  uriScheme: 'code-oss',
  callbackHost: 'code.example.com',
};
const page = 'redirectPage';
const server = 'localServer';
const paste = 'pasteCode';

const table: readonly (readonly [
  name: string,
  environment: Partial<SignInEnvironment> & Pick<SignInEnvironment, 'isDesktop'>,
  methods: readonly SignInMethodName[],
])[] = [
  ['VS Code', { ...desktop }, [page, server, paste]],
  ['VS Code Insiders', { ...desktop, uriScheme: 'vscode-insiders' }, [page, server, paste]],
  ['VS Code Exploration', { ...desktop, uriScheme: 'vscode-exploration' }, [page, server, paste]],
  ['VS Code with WSL', { ...desktop, uriScheme: 'vscode-wsl' }, [page, server, paste]],
  ['VS Code, the extension on a remote host', { ...desktop, isHostLocal: false }, [page, paste]],
  ['VSCodium', { ...desktop, uriScheme: 'vscodium' }, [server, 'uriScheme', paste]],
  ['Cursor', { ...desktop, uriScheme: 'cursor' }, [server, 'uriScheme', paste]],
  ['Windsurf', { ...desktop, uriScheme: 'windsurf' }, [server, 'uriScheme', paste]],
  [
    'Cursor, the extension on a remote host',
    { ...desktop, uriScheme: 'cursor', isHostLocal: false },
    [paste],
  ],
  [
    'Cursor with a page of one’s own',
    { ...desktop, uriScheme: 'cursor', hasOwnPage: true },
    [page, server, paste],
  ],
  ['vscode.dev', { ...served, callbackHost: 'vscode.dev' }, [page, paste]],
  ['a host below vscode.dev', { ...served, callbackHost: 'abc.vscode.dev' }, [page, paste]],
  ['Codespaces', { ...served, callbackHost: 'name-xyz.github.dev' }, [page, paste]],
  ['a host that only looks like it', { ...served, callbackHost: 'evilvscode.dev' }, [paste]],
  ['a host that ends otherwise', { ...served, callbackHost: 'vscode.dev.example.com' }, [paste]],
  ['a served editor', { ...served }, [paste]],
  ['a served editor on this computer', { ...served, isHostLocal: true, callbackHost: '127.0.0.1' }, [paste]],
  ['a served editor with a page of one’s own', { ...served, hasOwnPage: true }, [page, paste]],
  ['redirectPage set', { ...served, setting: page }, [page, paste]],
  ['uriScheme set', { ...desktop, setting: 'uriScheme' }, ['uriScheme', paste]],
  ['localServer set', { ...desktop, setting: server }, [server, paste]],
  ['localServer set on a remote host', { ...desktop, isHostLocal: false, setting: server }, [paste]],
  [
    'localServer set, served from this computer',
    { ...served, isHostLocal: true, setting: server },
    [server, paste],
  ],
  ['localServer set, served from elsewhere', { ...served, setting: server }, [paste]],
  ['pasteCode set', { ...desktop, setting: paste }, [paste]],
  ['what worked last time', { ...desktop, worked: server }, [server, page, paste]],
  ['what worked last time, impossible now', { ...served, worked: server }, [paste]],
  ['what worked last time, another one set', { ...desktop, worked: server, setting: page }, [page, paste]],
];

describe('usableMethods', () => {
  for (const [name, environment, methods] of table) {
    it(`${name}: ${methods.join(', ')}`, () => {
      assert.deepEqual(usableMethods({ ...desktop, ...environment }), methods);
    });
  }

  it('leaves out what has failed', () => {
    assert.deepEqual(usableMethods(desktop, [page]), [server, paste]);
    assert.deepEqual(usableMethods(desktop, [page, server, paste]), []);
  });

  it('always ends with the method that works anywhere', () => {
    for (const [, environment] of table) {
      assert.equal(usableMethods({ ...desktop, ...environment }).at(-1), paste);
    }
  });
});
