import * as vscode from 'vscode';
import { fullName, SECTION, type SettingName, type SettingsChange } from '../apps/settings';
import type { Event } from '../common/emitter';

// The few places where this extension takes something from the editor as it is.

/** Reads a setting, defaults included. */
export function readSetting(name: SettingName): unknown {
  return vscode.workspace.getConfiguration(SECTION).get(name);
}

/** Fires when settings of this extension changed. */
export const onDidChangeSettings: Event<SettingsChange> = (listener) =>
  vscode.workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration(SECTION)) listener((name) => event.affectsConfiguration(fullName(name)));
  });

/** Fires when somebody comes back to this window. */
export const onDidFocus: Event<undefined> = (listener) =>
  vscode.window.onDidChangeWindowState(({ focused }) => {
    if (focused) listener(undefined);
  });

/** Whether somebody works in this window. */
export function isWindowActive(): boolean {
  return vscode.window.state.active;
}

/** Path of the address that only brings the editor to the front. */
export const RETURN_PATH = '/return';

/** What this extension calls itself toward Box. Nothing of the user is in it. */
export function userAgent({ packageJSON }: vscode.Extension<unknown>): string {
  const { name, version } = packageJSON as { name: string; version: string };
  return `${name}/${version} (VS Code ${vscode.version})`;
}

/** Whether the terminals of this window are those of Windows, as far as that can be told. */
export function pastesOnWindows(): boolean {
  return process.platform === 'win32' && vscode.env.remoteName === undefined;
}

/** Whether windows see each other's secrets as they are stored: on a desktop they do, in a browser they do not. */
export function sharesSecretsLive(): boolean {
  return vscode.env.uiKind === vscode.UIKind.Desktop;
}
