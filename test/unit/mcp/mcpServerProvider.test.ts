import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import manifest from '../../../package.json';
import { Settings } from '../../../src/apps/settings';
import { Emitter } from '../../../src/common/emitter';
import { McpServers } from '../../../src/mcp/mcpServer';
import { MCP_PROVIDER_ID, offerMcpServers, type McpEditor } from '../../../src/mcp/mcpServerProvider';
import { SEED } from '../../emulator/src';
import { SessionWindow, useMachine } from '../support/sessionWindow';
import { useEmulatedBox } from '../support/emulatedBox';
import { assertHoldsNoSecret } from '../support/secrecy';

type Definition = vscode.McpHttpServerDefinition;
type Provider = vscode.McpServerDefinitionProvider<Definition>;

/** VS Code's class, as far as it is documented. */
class HttpServerDefinition implements Definition {
  constructor(
    readonly label: string,
    public uri: vscode.Uri,
    public headers: Record<string, string> = {},
    public version = '',
  ) {}
}

/** An editor as far as MCP servers go: what is registered, and a setting that can be changed. */
class FakeEditor implements McpEditor {
  private readonly configuration = new Emitter<vscode.ConfigurationChangeEvent>();
  readonly registered = new Map<string, Provider>();
  mcpServer: unknown = false;

  readonly McpHttpServerDefinition = HttpServerDefinition;
  readonly Uri = { parse: (value: string) => ({ toString: () => value }) as unknown as vscode.Uri };
  readonly workspace = { onDidChangeConfiguration: this.configuration.event };
  readonly lm: NonNullable<McpEditor['lm']> = {
    registerMcpServerDefinitionProvider: (id, provider) => {
      assert.ok(!this.registered.has(id), 'registered twice');
      this.registered.set(id, provider as Provider);
      const registration: unknown = { dispose: () => this.registered.delete(id) };
      return registration as vscode.Disposable;
    },
  };

  get provider(): Provider {
    const provider = this.registered.get(MCP_PROVIDER_ID);
    assert.ok(provider, 'nothing is registered');
    return provider;
  }

  /** Sets the setting as a person does. */
  change(value: unknown): void {
    this.mcpServer = value;
    this.configuration.fire({ affectsConfiguration: (name) => name === 'box-authentication.mcpServer' });
  }
}

const withoutHeaders = ({ label, uri, version }: Definition): unknown => [label, uri.toString(), version];

const TOKEN = undefined as unknown as vscode.CancellationToken;

describe('offerMcpServers', () => {
  const box = useEmulatedBox();
  const machine = useMachine();
  let window: SessionWindow;
  let editor: FakeEditor;
  let made: number;

  const offer = (to: McpEditor = editor): { dispose: () => void } =>
    offerMcpServers({
      editor: to,
      settings: new Settings((name) => (name === 'mcpServer' ? editor.mcpServer : undefined)),
      servers: () => {
        made += 1;
        const { store, refresher, expiry, clock } = window;
        const parts = { store, refresher, box: box.client(clock), expiry, clock };
        return Promise.resolve(new McpServers({ ...parts, onDidUse: () => undefined }));
      },
      describeError: (error) => Promise.resolve(new Error(`explained: ${String(error)}`)),
      clock: window.clock,
      log: window.log,
    });
  const list = async (): Promise<Definition[]> =>
    (await editor.provider.provideMcpServerDefinitions(TOKEN)) ?? [];

  beforeEach(() => {
    window = new SessionWindow(box, machine());
    editor = new FakeEditor();
    made = 0;
  });

  for (const value of [false, undefined, 'true', 1]) {
    it(`registers and makes nothing while the setting is ${JSON.stringify(value)}`, () => {
      editor.mcpServer = value;
      offer();
      assert.equal(editor.registered.size, 0);
      assert.equal(made, 0);
    });
  }

  it('registers at once under the id of the manifest when the setting is on, and makes nothing yet', () => {
    editor.mcpServer = true;
    offer();
    assert.deepEqual([...editor.registered.keys()], [MCP_PROVIDER_ID]);
    const [contributed] = manifest.contributes.mcpServerDefinitionProviders;
    assert.equal(contributed?.id, MCP_PROVIDER_ID);
    assert.equal(contributed.when, 'config.box-authentication.mcpServer');
    assert.equal(made, 0);
  });

  it('follows the setting, and takes everything away at the end', () => {
    const offered = offer();
    editor.change(true);
    assert.equal(editor.registered.size, 1);
    editor.change(true);
    editor.change(false);
    assert.equal(editor.registered.size, 0);
    editor.change(true);
    assert.equal(editor.registered.size, 1);
    offered.dispose();
    assert.equal(editor.registered.size, 0);
  });

  for (const [name, lm] of [
    ['language models', undefined],
    ['MCP servers', {}],
  ] as const) {
    it(`does nothing, and notes it, in an editor that knows no ${name}`, () => {
      const { workspace, Uri, McpHttpServerDefinition } = editor;
      const older = { workspace, Uri, McpHttpServerDefinition };
      editor.mcpServer = true;
      offer(lm === undefined ? older : { ...older, lm }).dispose();
      assert.equal(made, 0);
      assert.match(window.log.messages('warn').join(), /MCP/);
    });
  }

  describe('gives VS Code', () => {
    beforeEach(async () => {
      await window.configureApp();
      await window.signIn();
      editor.mcpServer = true;
      offer();
    });

    it('definitions without a header or a secret', async () => {
      const definitions = await list();
      assert.deepEqual(
        definitions.map(({ label, uri, headers }) => [label, uri.toString(), headers]),
        [[`Box (${SEED.userLogin})`, `${box.origin}/mcp`, {}]],
      );
      assertHoldsNoSecret(definitions, await box.control.issuedSecrets());
    });

    it('the token in the header of a definition of its own, and leaves the listed one as it was', async () => {
      const [listed] = await list();
      assert.ok(listed);
      const resolved = await editor.provider.resolveMcpServerDefinition?.(listed, TOKEN);
      const [{ pair } = {}] = window.store.known();
      assert.ok(resolved);
      assert.deepEqual(resolved.headers, { Authorization: `Bearer ${pair?.accessToken ?? ''}` });
      assert.deepEqual(withoutHeaders(resolved), withoutHeaders(listed));
      assertHoldsNoSecret(listed, await box.control.issuedSecrets());
    });

    it('a reason that a person understands when there is no token', async () => {
      const [listed] = await list();
      assert.ok(listed);
      await box.control.revokeUser(SEED.userId);
      await window.letTokensExpire();
      await assert.rejects(
        Promise.resolve(editor.provider.resolveMcpServerDefinition?.(listed, TOKEN)),
        /^Error: explained: SessionError/,
      );
    });

    it('news when the token changes', async () => {
      let news = 0;
      editor.provider.onDidChangeMcpServerDefinitions?.(() => (news += 1));
      const [before] = await list();
      const [session] = window.store.known();
      assert.ok(session?.pair);
      await window.refresher.refreshNow({ ...session, pair: session.pair });
      assert.equal(news, 1);
      assert.notEqual((await list())[0]?.version, before?.version);
    });
  });
});
