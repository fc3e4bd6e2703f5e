import assert from 'node:assert/strict';
import { appendQuery, isRegistered } from '../src/redirectUri';

describe('Emulator: redirect URI matching', () => {
  const registered = [
    'http://127.0.0.1:17160/callback',
    'http://localhost:3000/callback?tenant=a',
    'http://[::1]:5000',
    'https://example.com/back',
    'code-oss://vscode-box.box-authentication/callback',
  ];
  const table = [
    ['http://127.0.0.1:17160/callback', true, true],
    ['http://127.0.0.1:50000/callback', true, false],
    ['http://127.0.0.1/callback', true, false],
    ['http://127.0.0.1:17160/callback/', false, false],
    ['http://127.0.0.1:17160/', false, false],
    ['http://127.0.0.1:17160/callback?x=1', false, false],
    ['http://127.0.0.1:17160/Callback', false, false],
    ['http://127.0.0.2:17160/callback', false, false],
    ['http://localhost:17160/callback', false, false],
    ['https://127.0.0.1:17160/callback', false, false],
    ['HTTP://127.0.0.1:17160/callback', false, false],
    ['http://127.0.0.1:17160/callback#fragment', false, false],
    ['http://localhost:3000/callback?tenant=a', true, true],
    ['http://localhost:3001/callback?tenant=a', true, false],
    ['http://localhost:3000/callback', false, false],
    ['http://localhost:3000/callback?tenant=b', false, false],
    ['http://[::1]:6000', true, false],
    ['http://[::1]:5000/', false, false],
    ['https://example.com/back', true, true],
    ['https://example.com:8443/back', false, false],
    ['https://example.com/back/more', false, false],
    ['https://example.com/back?x=1', false, false],
    ['https://EXAMPLE.com/back', false, false],
    ['code-oss://vscode-box.box-authentication/callback', true, true],
    ['vscode://vscode-box.box-authentication/callback', false, false],
    ['code-oss://vscode-box.box-authentication/callback?x=1', false, false],
  ] as const;

  for (const [uri, any, exact] of table) {
    it(`${uri}: any ${any ? 'yes' : 'no'}, exact ${exact ? 'yes' : 'no'}`, () => {
      assert.deepEqual(
        [isRegistered(registered, uri, 'any'), isRegistered(registered, uri, 'exact')],
        [any, exact],
      );
    });
  }

  const appended = [
    ['https://a.example/b', 'https://a.example/b?code=1'],
    ['https://a.example/b?', 'https://a.example/b?code=1'],
    ['https://a.example/b?c', 'https://a.example/b?c&code=1'],
    ['https://a.example/b?c=%2F&', 'https://a.example/b?c=%2F&code=1'],
    ['vscode://a.b/c?d=e#f', 'vscode://a.b/c?d=e&code=1#f'],
  ] as const;
  for (const [uri, expected] of appended) {
    it(`adds a parameter to ${uri}`, () => {
      assert.equal(appendQuery(uri, { code: '1', state: undefined }), expected);
    });
  }
});
