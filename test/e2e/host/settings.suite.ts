import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { extension } from './box';

const defaults: Readonly<Record<string, unknown>> = {
  apps: [],
  accountBaseUrl: 'https://account.box.com',
  apiBaseUrl: 'https://api.box.com',
  signInMethod: 'auto',
  redirectPage: 'https://vscode.dev/redirect',
  localServerPorts: [17160, 24160, 31160],
  keepSignedIn: true,
  showStatusBarItem: true,
  clearClipboardAfterSeconds: 90,
  mcpServer: false,
};

interface ContributedSetting {
  readonly scope?: string;
}

describe('The settings', () => {
  for (const [name, value] of Object.entries(defaults)) {
    it(`${name} has its documented default`, () => {
      const inspected = vscode.workspace.getConfiguration('box-authentication').inspect(name);
      assert.deepEqual(inspected?.defaultValue, value);
    });
  }

  it('can all be set for the whole application only', () => {
    interface Manifest {
      readonly contributes: {
        readonly configuration: { readonly properties: Record<string, ContributedSetting> };
      };
    }
    const { contributes } = extension().packageJSON as Manifest;
    const wrong = Object.entries(contributes.configuration.properties).filter(
      ([, { scope }]) => scope !== 'application',
    );
    assert.deepEqual(wrong, []);
  });
});
