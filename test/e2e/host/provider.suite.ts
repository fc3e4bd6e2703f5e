import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { boxRequests, extension } from './box';

describe('The authentication provider', () => {
  before(async () => {
    await extension().activate();
  });

  it('has no accounts before a sign-in', async () => {
    assert.deepEqual(await vscode.authentication.getAccounts('box'), []);
  });

  it('gives no session silently before a sign-in', async () => {
    assert.equal(await vscode.authentication.getSession('box', [], { silent: true }), undefined);
    assert.equal(
      await vscode.authentication.getSession('box', ['root_readwrite'], { silent: true }),
      undefined,
    );
  });

  it('rejects when nobody can be asked, and sends nothing', async () => {
    await assert.rejects(async () => vscode.authentication.getSession('box', [], { createIfNone: true }));
    assert.deepEqual(await boxRequests(), []);
  });
});
