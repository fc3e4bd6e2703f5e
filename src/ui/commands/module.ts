import type { Settings } from '../../apps/settings';
import type { Clock } from '../../common/clock';
import type { Disposable } from '../../common/emitter';
import type { Lifecycle } from '../../sessions/lifecycle/module';
import type { Terminal } from '../../terminal/module';
import type { Sessions } from '../../sessions/module';
import { AccountActions } from '../accounts/accountActions';
import { AccountChooser } from '../accounts/accountChooser';
import type { Notifications } from '../messages/notifications';
import { GetStarted } from '../signIn/getStarted';
import type { SignInParts } from '../signIn/module';
import type { SharedSignIn } from '../signIn/sharedSignIn';
import { DeveloperTokenPrompt } from '../tokens/developerTokenPrompt';
import type { DownscopedTokenCommands } from '../tokens/downscopedTokenCommands';
import { BoxTerminals } from '../terminal/boxTerminals';
import { TokenActions } from '../tokens/tokenActions';
import { TokenClipboard } from '../tokens/tokenClipboard';
import { pastesOnWindows } from '../vscodeEnvironment';

/** Dependencies of {@link createActions}. */
export interface ActionsDependencies {
  readonly sessions: Sessions;
  readonly lifecycle: Lifecycle;
  readonly settings: Settings;
  readonly terminal: Terminal;
  /** Loads what it takes to sign in. */
  readonly loadSignIn: () => Promise<SignInParts>;
  /** Sign-ins, shared with extensions that ask. */
  readonly signIns: SharedSignIn;
  readonly notifications: Notifications;
  readonly clock: Clock;
}

/** What the commands do: loaded when one is first run. */
export interface Actions extends Disposable {
  readonly accounts: AccountActions;
  readonly tokens: TokenActions;
  readonly terminals: BoxTerminals;
  readonly getStarted: GetStarted;
}

/** Builds what the commands do. */
export function createActions(dependencies: ActionsDependencies): Actions {
  const { sessions, lifecycle, settings, terminal, loadSignIn, signIns, notifications, clock } = dependencies;
  const { store, refresher, revocations, preferred } = sessions;
  const { signOut, downscoped, annotators } = lifecycle;
  const clipboard = new TokenClipboard(settings, clock, pastesOnWindows(), notifications);
  const chooser = new AccountChooser(store, preferred);
  const developerTokens = new DeveloperTokenPrompt(lifecycle.developerTokens, settings, notifications);
  const loadDownscoped = async (): Promise<DownscopedTokenCommands> => {
    const { DownscopedTokenCommands } = await import('../tokens/downscopedTokenCommands');
    return new DownscopedTokenCommands({ downscoped, annotators, clipboard });
  };
  const forTokens = {
    store,
    refresher,
    accounts: chooser,
    clipboard,
    developerTokens,
    loadDownscoped,
    clock,
  };
  const tokens = new TokenActions(forTokens);
  const terminals = new BoxTerminals(terminal, chooser);
  const forAccounts = { store, signOut, revocations, loadSignIn, signIns, preferred, accounts: chooser };
  return {
    tokens,
    terminals,
    accounts: new AccountActions({ ...forAccounts, tokens, terminal, terminals, notifications, clock }),
    getStarted: new GetStarted({
      loadMethods: async () => (await loadSignIn()).methods,
      loadRedirectUris: async () => (await loadSignIn()).redirectUris,
    }),
    dispose: () => {
      clipboard.dispose();
    },
  };
}
