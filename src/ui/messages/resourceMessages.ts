import * as vscode from 'vscode';
import type { ResourceProblem } from '../../box/resources';

/** Why a text names no resource, and what to enter instead. None for an empty one. */
export function resourceMessage(problem: ResourceProblem | 'bare_id'): string | undefined {
  switch (problem) {
    case 'empty':
      return undefined;
    case 'bare_id':
      return vscode.l10n.t(
        'An ID alone does not say whether it is of a file or a folder. Give its address, such as https://api.box.com/2.0/files/123.',
      );
    case 'unreadable':
      return vscode.l10n.t('Enter an ID, the address of a file or folder in Box, or a shared link.');
    case 'other_site':
      return vscode.l10n.t('This is not an address of Box. Copy it from the Box web app.');
    case 'no_item':
      return vscode.l10n.t(
        'This address of Box names no file, folder or shared link. Copy the address of one.',
      );
    case 'web_link':
      return vscode.l10n.t('This is a bookmark. Tokens can be confined to files and folders only.');
  }
}
