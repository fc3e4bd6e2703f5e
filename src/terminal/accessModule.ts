import { join } from 'node:path';
import type { Emitter } from '../common/emitter';
import { AccessCounts } from './accessCounts';
import { takeAddress } from './address';
import { Consents } from './consents';
import type { TerminalDependencies, TerminalEditor, TerminalWords } from './module';
import { TerminalAccess } from './terminalAccess';
import { TerminalHost } from './terminalHost';
import { TerminalKeys } from './terminalKeys';
import { TokenGiver } from './tokenGiver';
import { TokenServer } from './tokenServer';

/** How long another window is waited for that looks for an address too, in ms. */
const LOCK_MS = 10_000;

/**
 * Builds what gives terminals access: the part of this folder that most windows do without.
 * @param change fires when a token was given, or access has changed.
 */
export function createAccess(
  { editor, context, storage, settings, sessions, clock, log }: TerminalDependencies,
  { askConsent, describeError, description }: TerminalWords,
  change: Emitter<undefined>,
): TerminalAccess {
  const { extension } = context;
  const programs = join(extension.extensionPath, 'bin');
  const { store, refresher, preferred, expiry } = sessions;
  const counts = new AccessCounts(change);
  const openHost = async (): Promise<TerminalHost> => {
    const { downscoped } = await sessions.loadLifecycle();
    const keys = new TerminalKeys();
    const consents = new Consents({ ask: askConsent, clock });
    const origins = (): ReturnType<typeof settings.origins> => settings.origins();
    const isTrusted = (): boolean => editor.workspace.isTrusted;
    const forGiver = { store, refresher, downscoped, preferred, expiry, consents, counts };
    const giver = new TokenGiver({ ...forGiver, origins, isTrusted, log });
    const server = new TokenServer({ keys, giver, describeError, clock, log });
    const workspace = JSON.stringify([storage.folder, workspaceOf(editor)]);
    const take = (): Promise<string> => takeAddress(workspace, (address) => server.listen(address));
    const listen = (): Promise<string> =>
      storage.lock.withLock('terminal-address', take, { waitMs: LOCK_MS });
    const host = new TerminalHost({ store, keys, consents, counts, server, listen, programs, log });
    await host.open();
    return host;
  };
  return new TerminalAccess({
    settings,
    environment: () => context.environmentVariableCollection,
    isElsewhere: editor.env.remoteName !== undefined && extension.extensionKind === editor.ExtensionKind.UI,
    programs,
    node: process.execPath,
    openHost,
    description,
    log,
  });
}

/** What tells the workspace from others; all windows without a folder have the same. */
function workspaceOf({ workspace }: TerminalEditor): readonly string[] {
  const { workspaceFile, workspaceFolders = [] } = workspace;
  const uris = workspaceFile === undefined ? workspaceFolders.map(({ uri }) => uri) : [workspaceFile];
  return uris.map((uri) => uri.toString());
}
