import * as vscode from 'vscode';
import type { AppListSetting } from '../apps/appList';
import { SECTION } from '../apps/settings';
import { isLoopback, type BoxBaseUrls } from '../box/endpoints';
import { CALLBACK_PATH } from '../signIn/callback/callbackPath';
import { RETURN_PATH } from './vscodeEnvironment';
import type { SignInPlace } from './signIn/signIn';

// What a sign-in, or configuring an app, takes from the editor as it is: loaded with the first of them.

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
