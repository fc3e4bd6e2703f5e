import { join } from 'node:path';
import type * as vscode from 'vscode';
import type { Settings } from '../apps/settings';
import type { Clock } from '../common/clock';
import type { Log } from '../common/log';
import type { Sessions } from '../sessions/module';
import type { Storage } from '../storage/module';
import { AccessCounts } from './accessCounts';
import { TerminalAccess, type TerminalWords } from './terminalAccess';
import type { TerminalHost } from './terminalHost';

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

/** Builds the access of terminals to Box. What answers programs is loaded when a terminal can first have access. */
export function createTerminal(dependencies: TerminalDependencies): TerminalAccess {
  const { editor, context, settings, log } = dependencies;
  const { extension } = context;
  const counts = new AccessCounts();
  const programs = join(extension.extensionPath, 'bin');
  return new TerminalAccess({
    settings,
    environment: () => context.environmentVariableCollection,
    isElsewhere: editor.env.remoteName !== undefined && extension.extensionKind === editor.ExtensionKind.UI,
    programs,
    node: process.execPath,
    counts,
    openHost: (words) => openHost(dependencies, counts, programs, words),
    log,
  });
}

async function openHost(
  { editor, storage, settings, sessions, clock, log }: TerminalDependencies,
  counts: AccessCounts,
  programs: string,
  { askConsent, describeError }: TerminalWords,
): Promise<TerminalHost> {
  const { Consents, TerminalHost, TerminalKeys, TokenGiver, TokenServer, takeAddress } =
    await import('./answering');
  const { store, refresher, downscoped, preferred, expiry } = sessions;
  const keys = new TerminalKeys();
  const consents = new Consents({ ask: askConsent, clock });
  const giver = new TokenGiver({
    store,
    refresher,
    downscoped,
    preferred,
    expiry,
    consents,
    counts,
    origins: () => settings.origins(),
    isTrusted: () => editor.workspace.isTrusted,
    log,
  });
  const server = new TokenServer({ keys, giver, describeError, clock, log });
  const workspace = JSON.stringify([storage.folder, workspaceOf(editor)]);
  const listen = (): Promise<string> =>
    storage.lock.withLock('terminal-address', () =>
      takeAddress(workspace, (address) => server.listen(address)),
    );
  const host = new TerminalHost({ store, keys, consents, counts, server, listen, programs, log });
  await host.open();
  return host;
}

/** What tells the workspace from others; all windows without a folder have the same. */
function workspaceOf({ workspace }: TerminalEditor): readonly string[] {
  const { workspaceFile, workspaceFolders = [] } = workspace;
  const uris = workspaceFile === undefined ? workspaceFolders.map(({ uri }) => uri) : [workspaceFile];
  return uris.map((uri) => uri.toString());
}
