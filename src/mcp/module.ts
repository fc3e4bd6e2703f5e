import type { Settings } from '../apps/settings';
import type { BoxClient } from '../box/client';
import type { Clock } from '../common/clock';
import type { Disposable } from '../common/emitter';
import type { Attempt } from '../common/failureLog';
import type { Log } from '../common/log';
import type { Sessions } from '../sessions/module';
import { offerMcpServers, type McpEditor } from './mcpServerProvider';

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

/** Offers Box's MCP server while the settings want it. What makes it is loaded when VS Code first asks. */
export function createMcp(dependencies: McpDependencies): Disposable {
  const { sessions, box, ...others } = dependencies;
  const { clock } = others;
  const { store, refresher, expiry, proactive } = sessions;
  return offerMcpServers({
    ...others,
    servers: async () => {
      const { McpServers } = await import('./mcpServer');
      const onDidUse: typeof proactive.used = (session) => {
        proactive.used(session);
      };
      return new McpServers({ store, refresher, box, expiry, clock, onDidUse });
    },
  });
}
