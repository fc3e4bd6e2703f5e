import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { boxRequests, extension } from './box';

const titles: Readonly<Record<string, string>> = {
  signIn: 'Sign In',
  signOut: 'Sign Out',
  copyAccessToken: 'Copy Access Token',
  copyAccessTokenAs: 'Copy Access Token As…',
  refreshAccessToken: 'Refresh Access Token',
  revokeTokens: 'Revoke Tokens',
  showAccount: 'Show Account',
  createDownscopedToken: 'Create Downscoped Token…',
  createAnnotatorToken: 'Create Annotator Token…',
  addDeveloperToken: 'Add Developer Token…',
  configureApp: 'Configure App',
  showLog: 'Show Log',
};

interface ContributedCommand {
  readonly command: string;
  readonly title: string;
  readonly category?: string;
}

describe('Activation', () => {
  before(async () => {
    await extension().activate();
  });

  it('makes no request', async () => {
    assert.deepEqual(await boxRequests(), []);
  });

  for (const [name, title] of Object.entries(titles)) {
    it(`brings the command Box: ${title}`, async () => {
      const id = `box-authentication.${name}`;
      const registered = await vscode.commands.getCommands(true);
      assert.ok(registered.includes(id), `${id} is not registered`);
      const { contributes } = extension().packageJSON as { contributes: { commands: ContributedCommand[] } };
      const contributed = contributes.commands.find(({ command }) => command === id);
      assert.deepEqual([contributed?.title, contributed?.category], [title, 'Box']);
    });
  }
});
