import assert from 'node:assert/strict';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { McpServers, type ResolvedMcpServer } from '../../../src/mcp/mcpServer';
import { SEED } from '../../emulator/src';
import { BoxWithMcp } from '../../fixtures/mcp/server';
import { WHO_AM_I } from '../../fixtures/mcp/tools';
import { useEmulatedBox } from '../support/emulatedBox';
import { SessionWindow, useMachine } from '../support/sessionWindow';

const label = (login: string): string => `Box (${login})`;

describe('McpServers, used by a client of MCP', () => {
  const emulated = useEmulatedBox();
  const machine = useMachine();
  let box: BoxWithMcp;
  let window: SessionWindow;
  let servers: McpServers;

  beforeEach(async () => {
    box = await BoxWithMcp.start(emulated);
    window = new SessionWindow(emulated, machine());
    window.origins = { account: emulated.origin, api: box.origin };
    await window.configureApp();
    const { store, refresher, expiry, clock } = window;
    const parts = { store, refresher, box: emulated.client(clock), expiry, clock };
    servers = new McpServers({ ...parts, onDidUse: () => undefined });
  });

  afterEach(async () => {
    servers.dispose();
    await box.stop();
  });

  const resolve = async (login: string = SEED.userLogin): Promise<ResolvedMcpServer> => {
    await servers.list();
    const resolved = await servers.resolve(label(login));
    assert.ok(resolved, `${login} has a server`);
    return resolved;
  };
  const connect = async ({
    url,
    headers,
  }: Pick<ResolvedMcpServer, 'url'> & { headers: Record<string, string> }) => {
    const client = new Client({ name: 'test', version: '1.0.0' });
    await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }));
    return client;
  };
  const whoAmI = async (client: Client): Promise<unknown> =>
    (await client.callTool({ name: WHO_AM_I })).content;
  const text = (login: string): unknown => [{ type: 'text', text: login }];

  it('reaches the server as the account that it names', async () => {
    await window.signIn();
    await window.signIn({}, SEED.personalUserLogin);
    for (const login of [SEED.userLogin, SEED.personalUserLogin]) {
      const client = await connect(await resolve(login));
      assert.deepEqual(
        (await client.listTools()).tools.map(({ name }) => name),
        [WHO_AM_I],
      );
      assert.deepEqual(await whoAmI(client), text(login));
      await client.close();
    }
  });

  it('reaches it with a token that was refreshed for it', async () => {
    await window.signIn();
    await window.letTokensExpire();
    const client = await connect(await resolve());
    assert.deepEqual(await whoAmI(client), text(SEED.userLogin));
    await client.close();
  });

  it('is refused with an old token once the new one was used, and served again after resolving anew', async () => {
    const session = await window.signIn();
    const client = await connect(await resolve());
    await window.refresher.refreshNow(session);
    const anew = await connect(await resolve());

    await assert.rejects(whoAmI(client));

    assert.equal(box.requests.at(-1)?.status, 401);
    assert.deepEqual(await whoAmI(anew), text(SEED.userLogin));
    await client.close();
    await anew.close();
  });

  it('is served again after resolving anew when Box ended the token early', async () => {
    await window.signIn();
    const client = await connect(await resolve());
    await emulated.control.expireAccessTokens();
    await assert.rejects(whoAmI(client));

    const anew = await connect(await resolve());

    assert.deepEqual(await whoAmI(anew), text(SEED.userLogin));
    await client.close();
    await anew.close();
  });

  it('is not reached by what is listed, which has no token', async () => {
    await window.signIn();
    const [server] = await servers.list();
    assert.ok(server);
    await assert.rejects(connect({ url: server.url, headers: {} }));
    assert.deepEqual(
      box.requests.map(({ token, status }) => [token, status]),
      [[undefined, 401]],
    );
  });
});
