import type { Settings } from '../apps/settings';
import type { BoxClient } from '../box/client';
import type { Clock } from '../common/clock';
import type { Disposable } from '../common/emitter';
import type { Attempt } from '../common/failureLog';
import type { Log } from '../common/log';
import type { Sessions } from '../sessions/module';
import type { McpServers } from './mcpServer';
import type { McpEditor } from './mcpServerProvider';

/** Dependencies of {@link createMcp}. */
export interface McpDependencies {
  readonly editor: McpEditor;
  readonly settings: Settings;
  readonly sessions: Pick<Sessions, 'store' | 'refresher' | 'expiry' | 'proactive'>;
  readonly box: BoxClient;
  /** Turns an error into one whose message a person understands. */
  readonly describeError: (error: unknown, attempt: Attempt) => Promise<Error>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Offers Box’s MCP server while the settings want it. Nothing of it is loaded before they first do. */
export function createMcp(dependencies: McpDependencies): Disposable {
  const { settings } = dependencies;
  let isDisposed = false;
  let offered: Disposable | undefined;
  let loading: Promise<void> | undefined;
  const offer = async (): Promise<void> => {
    const { offerMcpServers } = await import('./mcpServerProvider');
    if (!isDisposed) offered = offerMcpServers({ ...dependencies, servers: () => loadServers(dependencies) });
  };
  const beginIfWanted = (): void => {
    if (settings.mcpServer()) loading ??= offer();
  };
  const subscription = settings.onDidChange((isChanged) => {
    if (isChanged('mcpServer')) beginIfWanted();
  });
  beginIfWanted();
  return {
    dispose: () => {
      isDisposed = true;
      subscription.dispose();
      offered?.dispose();
    },
  };
}

async function loadServers({ sessions, box, clock }: McpDependencies): Promise<McpServers> {
  const { McpServers } = await import('./mcpServer');
  const { store, refresher, expiry, proactive } = sessions;
  const onDidUse: typeof proactive.used = (session) => {
    proactive.used(session);
  };
  return new McpServers({ store, refresher, box, expiry, clock, onDidUse });
}
