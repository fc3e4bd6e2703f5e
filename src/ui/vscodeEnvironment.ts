import * as vscode from 'vscode';
import type { AppListSetting } from '../apps/appList';
import { fullName, SECTION, type SettingName, type SettingsChange } from '../apps/settings';
import { isLoopback, type BoxBaseUrls } from '../box/endpoints';
import type { Event } from '../common/emitter';
import { CALLBACK_PATH } from '../signIn/callback/callbackPath';
import type { SignInPlace } from './signIn/signIn';

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

/** The user's own list of apps. */
export const appListSetting: AppListSetting = {
  read: () => {
    const value = vscode.workspace.getConfiguration(SECTION).inspect<unknown>('apps')?.globalValue;
    return Array.isArray(value) ? (value as readonly unknown[]) : [];
  },
  write: (entries) =>
    vscode.workspace.getConfiguration(SECTION).update('apps', entries, vscode.ConfigurationTarget.Global),
};

/**
 * The address that leads from the user's browser to this window's URI handler, with a query.
 *
 * A served VS Code numbers these addresses in each window from one, and windows that await the same number take each
 * other's callbacks: so a number that another window has is passed over.
 * @param extensionId publisher and name.
 * @param claim claims a name that no other window may have meanwhile, and gives whether it is ours.
 */
export async function externalCallbackUri(
  extensionId: string,
  query: string,
  claim: (name: string) => Promise<boolean>,
): Promise<string> {
  const scheme = vscode.env.uriScheme;
  const uri = vscode.Uri.from({ scheme, authority: extensionId, path: CALLBACK_PATH, query });
  for (let left = MOST_NUMBERS; ; left -= 1) {
    const external = (await vscode.env.asExternalUri(uri)).toString(true);
    const number = /[?&]vscode-reqid=(\d+)/.exec(external)?.[1];
    if (number === undefined || left === 0 || (await claim(`address-${number}`))) return external;
  }
}

const MOST_NUMBERS = 50;

/**
 * Where the editor is, as far as it matters for signing in.
 * @param callbackUri gives the address that leads back to an editor in a browser.
 */
export async function signInPlace(
  extension: vscode.Extension<unknown>,
  callbackUri: () => Promise<string>,
): Promise<SignInPlace> {
  const { uiKind, uriScheme, remoteName = '' } = vscode.env;
  if (uiKind === vscode.UIKind.Desktop) {
    const isHostLocal = remoteName === '' || extension.extensionKind === vscode.ExtensionKind.UI;
    const name = `desktop/${uriScheme}/${isHostLocal ? '' : remoteName}`;
    return { isDesktop: true, isHostLocal, uriScheme, name };
  }
  const url = new URL(await callbackUri());
  const name = `web/${url.host}`;
  return { isDesktop: false, isHostLocal: isLoopback(url), uriScheme, callbackHost: url.hostname, name };
}

/** The bare address of this editor's URI handler: nothing that varies is in it. */
export function bareCallbackUri(extensionId: string): string {
  return `${vscode.env.uriScheme}://${extensionId}${CALLBACK_PATH}`;
}

/** An address that only brings the editor to the front. */
export function returnUri(extensionId: string): string {
  return `${vscode.env.uriScheme}://${extensionId}${RETURN_PATH}`;
}

/** Path of the address that only brings the editor to the front. */
export const RETURN_PATH = '/return';

/** Set by the build for `npm start` alone; what is released has none. */
declare const EMULATOR_CLIENT_SECRET: string | undefined;

/**
 * The client secret of the emulator that `npm start` starts, so that trying the extension out needs no typing.
 * Wherever the settings name a real Box, and in every release, there is none.
 */
export function emulatorClientSecret({ account, api }: BoxBaseUrls): string | undefined {
  const isEmulator = [account, api].every((origin) => isLoopback(new URL(origin)));
  return isEmulator && typeof EMULATOR_CLIENT_SECRET === 'string' ? EMULATOR_CLIENT_SECRET : undefined;
}

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
