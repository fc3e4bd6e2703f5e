import type * as vscode from 'vscode';
import type { Settings } from '../apps/settings';
import type { Clock } from '../common/clock';
import { Emitter, type Disposable, type Event } from '../common/emitter';
import { loadOnce } from '../common/loadOnce';
import type { Log } from '../common/log';
import type { Sessions } from '../sessions/module';
import type { Storage } from '../storage/module';
import type { ConsentAnswer, ConsentQuestion } from './consents';
import type { TerminalAccess } from './terminalAccess';
import type { AccountAccess } from './terminalHost';

/** What is taken from the editor. */
export interface TerminalEditor {
  readonly workspace: Pick<typeof vscode.workspace, 'isTrusted' | 'workspaceFile' | 'workspaceFolders'>;
  readonly env: Pick<typeof vscode.env, 'remoteName'>;
  readonly ExtensionKind: Pick<typeof vscode.ExtensionKind, 'UI'>;
}

/** Dependencies of {@link createTerminal}. */
export interface TerminalDependencies {
  readonly editor: TerminalEditor;
  readonly context: Pick<vscode.ExtensionContext, 'environmentVariableCollection' | 'extension'>;
  readonly storage: Pick<Storage, 'folder' | 'lock'>;
  readonly settings: Settings;
  readonly sessions: Sessions;
  readonly clock: Clock;
  readonly log: Log;
}

/** What the person sees of access in terminals. */
export interface TerminalWords {
  /** Asks whether a program may have a token. */
  readonly askConsent: (question: ConsentQuestion) => Promise<ConsentAnswer>;
  /** Turns an error into one whose message a person understands. */
  readonly describeError: (error: unknown) => Promise<Error>;
  /** What VS Code says of the environment of terminals, as Markdown. */
  readonly description: string;
}

/** Access of programs in terminals to Box. */
export interface Terminal extends Disposable {
  /** Fires when a token was given, or access has changed. */
  readonly onDidChange: Event<undefined>;
  /** Begins to follow the setting. Before, nothing is offered to terminals. */
  begin(words: TerminalWords): void;
  /** What programs may do with an account. */
  accessTo(accountId: string): AccountAccess;
  /** Loads what gives access. To be called after `begin`. */
  load(): Promise<TerminalAccess>;
}

const NO_ACCESS: AccountAccess = { given: 0, isAllowed: false, denials: [] };

/** Builds the access of terminals to Box. All of it is loaded when the setting is on, or a terminal is first opened. */
export function createTerminal(dependencies: TerminalDependencies): Terminal {
  const { settings } = dependencies;
  const change = new Emitter<undefined>();
  let words: TerminalWords | undefined;
  let access: TerminalAccess | undefined;
  const load = loadOnce(async (): Promise<TerminalAccess> => {
    const { createAccess } = await import('./accessModule');
    if (words === undefined) throw new Error('Terminals are not ready yet');
    return (access = createAccess(dependencies, words, change));
  });
  const follow = async (): Promise<void> => {
    if (settings.terminalAccess() || access !== undefined) await (await load()).follow();
  };
  const subscription = settings.onDidChange((isChanged) => {
    if (words !== undefined && isChanged('terminalAccess')) void follow();
  });
  return {
    onDidChange: change.event,
    begin: (given) => {
      words = given;
      void follow();
    },
    accessTo: (accountId) => access?.accessTo(accountId) ?? NO_ACCESS,
    load,
    dispose: () => {
      subscription.dispose();
      access?.dispose();
    },
  };
}
