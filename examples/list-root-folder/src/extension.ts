import { BoxClient } from 'box-node-sdk';
import { BoxApiError } from 'box-node-sdk/box';
import { BaseUrls, NetworkSession } from 'box-node-sdk/networking';
import type { Items } from 'box-node-sdk/schemas';
import * as vscode from 'vscode';
import { VSCodeBoxAuthentication } from './boxAuthentication';
import type { BoxAuthenticationApi } from './boxAuthenticationApi';

const ICONS: Readonly<Record<string, string>> = { folder: 'folder', file: 'file', web_link: 'link' };

/** Registers the command. */
export function activate(context: vscode.ExtensionContext): void {
  context.subscriptions.push(vscode.commands.registerCommand('boxExample.listRootFolder', listRootFolder));
}

async function listRootFolder(): Promise<void> {
  const api = await boxAuthenticationApi();
  try {
    const items = await rootFolder(new VSCodeBoxAuthentication(api));
    await vscode.window.showQuickPick((items.entries ?? []).map(asPick), { title: 'Box: All Files' });
  } catch (error) {
    void vscode.window.showErrorMessage(await explain(error, api));
  }
}

/** What Box Authentication exports; it is active, because the manifest names it under `extensionDependencies`. */
async function boxAuthenticationApi(): Promise<BoxAuthenticationApi> {
  const extension = vscode.extensions.getExtension<BoxAuthenticationApi>('vscode-box.box-authentication');
  if (extension === undefined) throw new Error('The extension Box Authentication is not installed.');
  return extension.activate();
}

function rootFolder(auth: VSCodeBoxAuthentication): Thenable<Items> {
  const baseUrl = vscode.workspace.getConfiguration('box-authentication').get<string>('apiBaseUrl');
  const baseUrls = new BaseUrls(baseUrl === undefined ? {} : { baseUrl });
  const networkSession = new NetworkSession({ baseUrls });
  const client = new BoxClient({ auth, networkSession }).withInterceptors([auth]);
  const location = vscode.ProgressLocation.Window;
  return vscode.window.withProgress({ location, title: 'Listing Box…' }, () =>
    client.folders.getFolderItems('0', { queryParams: { limit: 100 } }),
  );
}

function asPick(entry: NonNullable<Items['entries']>[number]): vscode.QuickPickItem {
  return { label: `$(${ICONS[entry.type] ?? 'circle'}) ${entry.name ?? entry.id}`, description: entry.id };
}

/** What Box refused, in words; anything else, such as a sign-in that was denied, comes with its own. */
async function explain(error: unknown, api: BoxAuthenticationApi): Promise<string> {
  if (!(error instanceof BoxApiError)) return error instanceof Error ? error.message : String(error);
  const { requestInfo, responseInfo } = error;
  const { message } = await api.explain({
    status: responseInfo.statusCode,
    wwwAuthenticate: responseInfo.headers['www-authenticate'],
    retryAfter: responseInfo.headers['retry-after'],
    code: responseInfo.code,
    request: { method: requestInfo.method, url: requestInfo.url },
  });
  return message;
}
