import assert from 'node:assert/strict';
import { SEED } from '../../emulator/src';
import { BoxWithMcp } from '../../fixtures/mcp/server';
import { searchFiles } from '../../vscode/files';
import { McpServers, mcpSettings } from '../../vscode/mcpServers';
import { eventually } from '../../vscode/poll';
import type { Settings } from '../../vscode/settings';
import { harness } from '../harness';
import { expectDead, type Scene } from './scene';
import { shareSignedIn } from './sharedScene';

const SERVER = `Box (${SEED.userLogin})`;
const RUNNING = `${SERVER}, Running`;
const STOPPED = `${SERVER}, Stopped`;
/** The resource of the server in the tests. */
const RESOURCE = 'me';

describe('Box’s MCP server', () => {
  let box: BoxWithMcp;
  let scene: Scene;
  let servers: McpServers;

  const shared = shareSignedIn({ settings: () => settings(true) });

  before(async () => {
    box = await BoxWithMcp.start((await harness().bed(['consumer'])).emulator);
  });

  after(async () => {
    await box.stop();
  });

  const look = async (opened: Scene): Promise<void> => {
    scene = opened;
    servers = new McpServers(opened.workbench);
    await stopServer();
    box.requests.splice(0);
  };
  const stopServer = async (): Promise<void> => {
    const [server = ''] = await servers.list();
    if (!server.includes(RUNNING)) return;
    await servers.choose(SERVER, 'Stop Server');
    await servers.expect(STOPPED);
  };

  const settings = (mcpServer: boolean): Settings => ({
    ...mcpSettings,
    'box-authentication.mcpServer': mcpServer,
    'box-authentication.apiBaseUrl': box.origin,
  });
  const change = async (mcpServer: boolean): Promise<void> => {
    await scene.changeSettings(settings(mcpServer));
  };
  const answered = (asked: string, status: number): number =>
    box.requests.filter((request) => request.asked === asked && request.status === status).length;
  const start = async (): Promise<void> => {
    await servers.choose(SERVER, 'Start Server');
    await eventually('the tools to be listed', () => answered('POST tools/list', 200) === 1);
  };
  /** The tokens that reached the server since the last look. */
  const tokens = (): (string | undefined)[] => [...new Set(box.requests.splice(0).map(({ token }) => token))];

  it('runs on when its start had to refresh the token', async () => {
    // A session that was used before is refreshed ahead of its token's end.
    await look(await shared.use());
    await scene.box.set({ accessTtl: 2 });
    const { refreshes } = await scene.box.counters();
    await scene.workbench.runCommand('Box: Refresh Access Token');
    await eventually('the refresh', async () => (await scene.box.counters()).refreshes > refreshes);
    await expectDead(scene.box, await scene.copyToken());
    await scene.box.set({ accessTtl: 3600 });

    await start();
    await servers.expect(RUNNING);
    await servers.browse(RESOURCE);

    assert.equal(answered('POST initialize', 200), 1);
    assert.deepEqual(tokens(), [await scene.copyToken()]);
  });

  it('is offered while the setting is on and somebody is signed in, and listing it asks nothing', async () => {
    await look(await shared.use());
    await change(false);
    const requests = await scene.sentRequests();
    assert.deepEqual(await servers.list(), []);

    await change(true);
    await servers.expect(STOPPED);
    await change(false);
    await servers.expect([]);

    assert.deepEqual(await scene.sentRequests(), requests);
    assert.deepEqual(box.requests, []);
    assert.equal(await scene.workbench.dialog.isShown(), false);
    await change(true);
    await servers.expect(STOPPED);
  });

  it('is started with the token of the account, which VS Code keeps out of its files', async () => {
    await look(await shared.use());
    await scene.workbench.runCommand('Developer: Set Log Level...');
    await scene.workbench.quickInput.pick('Trace');
    await start();
    await servers.expect(RUNNING);
    const token = await scene.copyToken();
    assert.deepEqual(tokens(), [token]);
    const { root } = scene.bed.server.directories;
    // What the settings and a log have: the search misses neither.
    for (const known of [box.origin, 'Signed in']) {
      await eventually(`${known}, which the search must find`, async () => {
        return (await searchFiles(root, [known])).length > 0;
      });
    }
    assert.deepEqual(await searchFiles(root, [token]), []);
  });

  it('is stopped when the token changes, and started with the new one when it is next used', async () => {
    await look(await shared.use());
    await start();
    const [old] = tokens();

    await scene.workbench.runCommand('Box: Refresh Access Token');
    await servers.expect(STOPPED);
    await servers.browse(RESOURCE);

    const token = await scene.copyToken();
    assert.notEqual(token, old);
    assert.deepEqual(tokens(), [token]);
    await servers.expect(RUNNING);
  });

  it('that refuses a token makes VS Code ask for a client ID; given up, the next use has another token', async () => {
    await look(await shared.use());
    await start();
    const [old] = tokens();
    await scene.box.expireAccessTokens();

    await servers.askForResources();
    const { message, detail } = await scene.workbench.dialog.read(
      'Dynamic Client Registration not supported',
    );
    assert.match(`${message} ${detail}`, /manually providing a client registration/);
    assert.ok(detail.includes(scene.bed.emulator.origin), 'it names Box');
    await servers.giveUpSignIn(() => answered('POST resources/list', 401) === 3);
    await servers.expect(`${SERVER}, Error 401`);
    assert.deepEqual(tokens(), [old]);

    await servers.browse(RESOURCE);

    const token = await scene.copyToken();
    assert.notEqual(token, old);
    assert.deepEqual(tokens(), [token]);
    await servers.expect(RUNNING);
  });

  it('whose account Box no longer knows says so at its start, and is gone', async () => {
    await look(await shared.useUp());
    await start();
    await servers.choose(SERVER, 'Stop Server');
    await servers.expect(STOPPED);
    await scene.box.revokeUser(SEED.userId);
    tokens();

    await servers.choose(SERVER, 'Start Server');

    await scene.workbench.notifications.expect(/The Box session of .* has ended/);
    await servers.expect([]);
    assert.deepEqual(tokens(), []);
  });

  it('goes with the account', async () => {
    await look(await shared.useUp());
    await start();
    await scene.signOut();
    await scene.status.expectText('Box: Sign In');
    await servers.expect([]);
  });
});
