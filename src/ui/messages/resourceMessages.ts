import * as vscode from 'vscode';
import type { ResourceProblem } from '../../box/resources';

/** Why a text names no resource, and what to enter instead. None for an empty one. */
export function resourceMessage(problem: ResourceProblem | 'bare_id'): string | undefined {
  switch (problem) {
    case 'empty':
      return undefined;
    case 'bare_id':
      return vscode.l10n.t(
        'An ID alone doesn’t say whether it’s a file or a folder. Enter an address, such as https://api.box.com/2.0/files/123.',
      );
    case 'unreadable':
      return vscode.l10n.t('Enter an ID, the address of a file or folder in Box, or a shared link.');
    case 'other_site':
      return vscode.l10n.t('This isn’t a Box address. Copy it from the Box web app.');
    case 'no_item':
      return vscode.l10n.t('This Box address isn’t a file, folder, or shared link. Copy the address of one.');
    case 'web_link':
      return vscode.l10n.t('This is a bookmark. Tokens can only be limited to files and folders.');
  }
}
