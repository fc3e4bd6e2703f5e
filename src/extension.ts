import * as vscode from 'vscode';
import type { BoxAuthenticationApi, BoxTokenChange } from './api/boxAuthenticationApi';
import { createApi } from './api/module';
import { createApps } from './apps/module';
import { createBox } from './box/module';
import { systemClock } from './common/clock';
import { createMcp } from './mcp/module';
import { createProvider } from './provider/module';
import { PROVIDER_ID, registerProvider } from './provider/registration';
import { createSessions } from './sessions/module';
import { survivesEnd } from './sessions/store/sessionRecord';
import { createStorage } from './storage/module';
import { createTerminal } from './terminal/module';
import { createUi } from './ui/module';
import * as environment from './ui/vscodeEnvironment';

let finishWork = (): Promise<void> => Promise.resolve();

/** Builds the parts, registers them, and returns. No request is sent before somebody wants something. */
export function activate(context: vscode.ExtensionContext): BoxAuthenticationApi {
  const log = vscode.window.createOutputChannel('Box Authentication', { log: true });
  const shared = { clock: systemClock, random: Math.random, log };
  const { onDidFocus, onDidChangeSettings, readSetting, isWindowActive, sharesSecretsLive } = environment;

  const storage = createStorage({
    ...shared,
    secrets: context.secrets,
    folder: context.globalStorageUri.fsPath,
    pages: sharesSecretsLive() ? undefined : context.globalState,
    survives: survivesEnd,
  });
  const box = createBox({ ...shared, userAgent: environment.userAgent(context.extension) });
  const { settings, appSecrets } = createApps({ readSetting, onDidChangeSettings, storage, log });
  const sessions = createSessions({
    ...shared,
    storage,
    box,
    appSecrets,
    settings,
    isInUse: isWindowActive,
    onDidFocus,
    memory: context.globalState,
  });
  const loadCallbacks = async () => (await import('./signIn/module')).createCallbacks({ ...shared, storage });
  const terminal = createTerminal({ ...shared, editor: vscode, context, storage, settings, sessions });
  const forUi = { storage, box, settings, appSecrets, sessions, terminal, loadCallbacks };
  const ui = createUi({ ...shared, ...forUi, context });
  const { describeError, reportFailure, describeAdvice, signIn, tellSignedOut } = ui;
  const mcp = createMcp({ ...shared, editor: vscode, settings, sessions, box, describeError });
  const tokenChanged = new vscode.EventEmitter<BoxTokenChange>();
  const api = createApi({ ...shared, sessions, tokenChanged, message: describeAdvice });
  const forProvider = { signIn, describeError, reportFailure, onDidSignOut: tellSignedOut };
  const provider = createProvider({ ...shared, sessions, settings, ...forProvider });

  context.subscriptions.push(
    log,
    storage,
    sessions,
    ui,
    mcp,
    terminal,
    tokenChanged,
    registerProvider(provider),
  );
  void ui.begin();
  void ui.checkProvider(provider, PROVIDER_ID);
  finishWork = () => sessions.idle();
  return api;
}

/** Waits for what goes on: a new pair that is not stored would be lost with this host. */
export async function deactivate(): Promise<void> {
  await finishWork();
}
