import type * as vscode from 'vscode';
import { fullName, type Settings } from '../apps/settings';
import type { Clock } from '../common/clock';
import { Emitter, type Disposable } from '../common/emitter';
import type { Attempt } from '../common/failureLog';
import type { Log } from '../common/log';
import type { McpServers } from './mcpServer';

/** Id of the provider in the manifest. */
export const MCP_PROVIDER_ID = 'box-authentication.mcpServers';

/** What is taken from the editor. One that is built on an older VS Code may have no MCP servers. */
export interface McpEditor {
  readonly lm?: Partial<Pick<typeof vscode.lm, 'registerMcpServerDefinitionProvider'>>;
  readonly McpHttpServerDefinition?: typeof vscode.McpHttpServerDefinition;
  readonly Uri: Pick<typeof vscode.Uri, 'parse'>;
  readonly workspace: Pick<typeof vscode.workspace, 'onDidChangeConfiguration'>;
}

/** Dependencies of {@link offerMcpServers}. */
export interface McpOfferDependencies {
  readonly editor: McpEditor;
  readonly settings: Settings;
  /** Loads and makes what is offered, when it is first asked for. */
  readonly servers: () => Promise<McpServers>;
  /** Turns an error into one whose message a person understands. */
  readonly describeError: (error: unknown, attempt: Attempt) => Promise<Error>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Offers Box's MCP server to VS Code for as long as the setting `mcpServer` is on. */
export function offerMcpServers(dependencies: McpOfferDependencies): Disposable {
  const { editor, settings } = dependencies;
  let offer: Disposable | undefined;
  const follow = (): void => {
    const isWanted = settings.mcpServer();
    if (!isWanted) offer?.dispose();
    offer = isWanted ? (offer ?? register(dependencies)) : undefined;
  };
  const subscription = editor.workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration(fullName('mcpServer'))) follow();
  });
  follow();
  return {
    dispose: () => {
      subscription.dispose();
      offer?.dispose();
    },
  };
}

function register({
  editor,
  servers,
  describeError,
  clock,
  log,
}: McpOfferDependencies): Disposable | undefined {
  const { lm, McpHttpServerDefinition: Definition, Uri } = editor;
  if (lm?.registerMcpServerDefinitionProvider === undefined || Definition === undefined) {
    log.warn('This editor takes no MCP servers from extensions, so Box’s is not offered');
    return undefined;
  }
  const change = new Emitter<void>();
  let loading: Promise<McpServers> | undefined;
  const load = async (): Promise<McpServers> => {
    const loaded = await servers();
    loaded.onDidChange(() => {
      change.fire();
    });
    return loaded;
  };
  const offered = (): Promise<McpServers> => (loading ??= load());
  const provider: vscode.McpServerDefinitionProvider<vscode.McpHttpServerDefinition> = {
    onDidChangeMcpServerDefinitions: change.event,
    provideMcpServerDefinitions: async () => {
      const listed = await (await offered()).list();
      return listed.map(({ label, url, version }) => new Definition(label, Uri.parse(url), {}, version));
    },
    // A new definition, because VS Code keeps the listed one, and no token shall be in it.
    resolveMcpServerDefinition: async ({ label }) => {
      const loaded = await offered();
      const startedAt = clock.monotonic();
      const resolved = await loaded.resolve(label).catch(async (error: unknown) => {
        throw await describeError(error, { what: `A request for the MCP server ${label}`, startedAt });
      });
      return resolved && new Definition(label, Uri.parse(resolved.url), resolved.headers, resolved.version);
    },
  };
  const registration = lm.registerMcpServerDefinitionProvider(MCP_PROVIDER_ID, provider);
  return {
    dispose: () => {
      registration.dispose();
      void loading?.then((loaded) => {
        loaded.dispose();
      });
    },
  };
}
