import * as vscode from 'vscode';
import { itemOf, readResource, type BoxResource, type ItemKind } from '../../box/resources';
import { resourceMessage } from '../messages/resourceMessages';
import { EXCHANGEABLE_SCOPES, scopeDescription, type ExchangeableScope } from './scopeDescriptions';

/** Lets the person choose scopes. Undefined when they give up; never none. */
export async function pickScopes(
  title: string,
  chosenBefore: readonly ExchangeableScope[] = [],
): Promise<readonly string[] | undefined> {
  const items = EXCHANGEABLE_SCOPES.map((scope) => ({
    label: scope,
    description: scopeDescription(scope),
    picked: chosenBefore.includes(scope),
  }));
  for (;;) {
    const chosen = await vscode.window.showQuickPick(items, {
      title,
      placeHolder: vscode.l10n.t('Choose what the token can do; fewer scopes are safer'),
      canPickMany: true,
      matchOnDescription: true,
      ignoreFocusOut: true,
    });
    if (chosen === undefined) return undefined;
    if (chosen.length > 0) return chosen.map(({ label }) => label);
  }
}

/** What the person confined a token to: nothing in particular is an answer too. */
export interface ChosenResource {
  readonly resource?: BoxResource;
}

/** Asks for the only file, folder or shared link that a token should be for. Undefined when the person gives up. */
export async function askResource(title: string): Promise<ChosenResource | undefined> {
  const text = await vscode.window.showInputBox({
    title,
    prompt: vscode.l10n.t(
      'The file or folder to limit the token to: an ID, its address in Box, or a shared link. Leave empty for everything the session can access.',
    ),
    placeHolder: 'https://app.box.com/file/123456789',
    ignoreFocusOut: true,
    validateInput: (entered) => {
      const read = readResource(entered);
      return read.kind === 'problem' ? resourceMessage(read.problem) : undefined;
    },
  });
  if (text === undefined) return undefined;
  const read = readResource(text);
  if (read.kind === 'problem') return {};
  if (read.kind !== 'bareId') return { resource: read };
  const kind = await askKind(read.id);
  return kind && { resource: itemOf(kind, read.id) };
}

async function askKind(id: string): Promise<ItemKind | undefined> {
  const items = [
    { label: vscode.l10n.t('$(file) File {0}', id), item: 'file' as const },
    { label: vscode.l10n.t('$(folder) Folder {0}', id), item: 'folder' as const },
  ];
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Is This ID a File or a Folder?'),
    ignoreFocusOut: true,
  });
  return chosen?.item;
}
