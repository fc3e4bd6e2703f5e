import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import type { BoxAuthenticationApi, BoxTokenChange } from '../../../src/api/boxAuthenticationApi';
import { boxRequests, extension } from './box';

describe('The exported API', () => {
  let api: BoxAuthenticationApi;

  before(async () => {
    await extension().activate();
    api = extension().exports as BoxAuthenticationApi;
  });

  it('has version 1', () => {
    assert.equal(api.version, 1);
  });

  it('is nothing but functions that nothing can be read from', () => {
    const kinds = Object.entries(Object.getOwnPropertyDescriptors(api)).map(
      ([name, { value }]: [string, PropertyDescriptor]) => [name, typeof value],
    );
    assert.deepEqual(Object.fromEntries(kinds), {
      version: 'number',
      explain: 'function',
      lifetimeLeft: 'function',
      onDidChangeToken: 'function',
    });
    assert.deepEqual(Object.getOwnPropertySymbols(api), []);
    assert.equal(Object.getPrototypeOf(api), Object.prototype);
    assert.ok(Object.isFrozen(api));
    for (const member of [api.explain, api.lifetimeLeft, api.onDidChangeToken]) {
      const names = Object.getOwnPropertyNames(member).filter(
        (name) => !/^(length|name|prototype)$/.test(name),
      );
      assert.deepEqual(names, []);
    }
  });

  it('explains a refusal, and sends nothing', async () => {
    const wwwAuthenticate = 'Bearer realm="Service", error="invalid_token"';
    const session = { id: 'none', accessToken: 'none' };
    const { action, message } = await api.explain({ status: 401, wwwAuthenticate, session });
    assert.equal(action, 'refreshAndRetryOnce');
    assert.ok(message.length > 0);
    const { action: unnamed, message: why } = await api.explain({ status: 401, wwwAuthenticate });
    assert.equal(unnamed, 'none');
    assert.match(why, /session/);
    assert.deepEqual(await boxRequests(), []);
  });

  it('knows no life of a session that is not there', () => {
    assert.equal(api.lifetimeLeft('none'), undefined);
  });

  it('has an event that is subscribed to as VS Code’s are', () => {
    const disposables: vscode.Disposable[] = [];
    const changes: BoxTokenChange[] = [];
    const subscription = api.onDidChangeToken((change) => changes.push(change), undefined, disposables);
    assert.deepEqual(disposables, [subscription]);
    subscription.dispose();
  });
});
